# SPDX-License-Identifier: MIT
"""What is between the device and the instruments: port, shunt, load and bypass, switched only while nothing flows."""

from bench.session.planner import Setup
from instruments.station import Station
from instruments.station_entries import LoadBoxEntry


class Wiring:
    """Relays, load box and skin module.

    :param box: what the station file says about the load box.
    """

    def __init__(self, station: Station, box: LoadBoxEntry) -> None:
        self._station = station
        self._box = box
        self._bypassed: bool | None = None
        self._network: str | None = None

    def open(self, setup: Setup) -> None:
        """Open the port, and put the shunt of a set-up into the loop with the digitizer across it."""
        switch = self._station.switch
        switch.set_port("open")
        switch.select_shunt(setup.shunt.value.si)
        switch.set_tap("shunt")

    def connect(self, setup: Setup, load: float, network: str | None) -> None:
        """Set the load with the port open, then connect the device, which must be stopped.

        :param load: total resistance, Ω, shunt included.
        :param network: skin network in the place of the box, or None.
        """
        station = self._station
        station.switch.set_port("open")
        if station.skin is not None and network != self._network:
            station.skin.select(network)
            self._network = network
        if network is None:
            station.load_box.set_resistance(self._box.setting(load, setup.shunt.value.si))
        self.bypass(station.digitizer is not None)
        station.switch.set_port("device")

    def bypass(self, bypassed: bool) -> None:
        """Take the SMU out of the loop (True), or put it in."""
        if self._bypassed is not bypassed:
            self._station.switch.set_bypass(bypassed)
            self._bypassed = bypassed
