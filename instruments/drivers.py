# SPDX-License-Identifier: MIT
"""From an entry of a station file to its driver. Imported when a station is opened: it loads pymeasure."""

from collections.abc import Callable
from typing import Any

from instruments.clock import RealClock, SimulatedClock
from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import DMM6500
from instruments.errors import BenchError
from instruments.io import Door, open_session
from instruments.keithley2450 import Keithley2450
from instruments.prs200 import PRS200
from instruments.reference_source import ReferenceSource
from instruments.relay_card import Channels, RelayCard
from instruments.roles import Clock
from instruments.safety.recipe import library_of
from instruments.scpi import ScpiInstrument
from instruments.skin_module import SkinModule
from instruments.station_entries import LoadBoxEntry, SwitchEntry
from instruments.station_file import StationFile
from instruments.stimulator import ScpiStimulator
from instruments.thermometer import Thermometer

__all__ = ["Door", "ScpiInstrument", "build", "build_clock", "door"]

Beat = Callable[[float], None]
"""Takes how long the next answer may take, s."""


def door(role: str, resource: str, timeout: float, beat: Beat | None = None) -> Door:
    """Open the session of a role through the same VISA library that the guard would use.

    :param timeout: longest wait for an answer, s.
    :param beat: the harness's sign of life.
    :raises BenchError: when nothing answers there.
    """
    return open_session(resource, role=role, timeout=timeout, visa_library=library_of(resource), beat=beat)


def build_clock(
    file: StationFile, resource: str | None, beat: Beat | None = None
) -> tuple[Clock, ScpiInstrument | None]:
    """Return the clock, and its driver where bench time is the simulator's."""
    if file.clock.driver == "real" or resource is None:
        return RealClock(beat), None
    simulated = SimulatedClock(door("clock", resource, file.clock.timeout.si, beat))
    return simulated, simulated


def build(role: str, file: StationFile, adapter: Any, clock: Clock) -> ScpiInstrument:
    """Return the driver of a role.

    :param adapter: an open door.
    :raises BenchError: for a driver that cannot be run.
    """
    match file.instruments[role].driver:
        case "keithley2450" as driver:
            return Keithley2450(
                adapter, accuracy=load_accuracy(driver), line_frequency=file.line_frequency.si, clock=clock
            )
        case "dmm6500" as driver:
            return DMM6500(adapter, accuracy=load_accuracy(driver), clock=clock)
        case "prs200":
            return _load_box(file.load_box, adapter, clock)
        case "scpi_relay":
            return _relay_card(file, file.switch, adapter, clock)
        case "scpi_reference":
            return ReferenceSource(
                adapter,
                currents=[entry.value.si for entry in file.references],
                pulsed=[entry.current.si for entry in file.reference_pulses],
            )
        case "scpi_skin":
            return _skin_module(file, adapter, clock)
        case "scpi_stimulator":
            return ScpiStimulator(adapter)
        case "scpi_thermometer":
            return Thermometer(adapter)
        case other:
            raise BenchError(f'{role}: driver "{other}" cannot be run by this version; choose another in the file')


def _load_box(entry: LoadBoxEntry, adapter: Any, clock: Clock) -> PRS200:
    decades = [decade.si for decade in entry.decades]
    return PRS200(adapter, decades=decades, clock=clock, settle=entry.settle.si)


def _skin_module(file: StationFile, adapter: Any, clock: Clock) -> SkinModule:
    settle = file.skin.settle.si if file.skin else 0.0
    return SkinModule(adapter, networks=[network.name for network in file.networks], clock=clock, settle=settle)


def _relay_card(file: StationFile, entry: SwitchEntry, adapter: Any, clock: Clock) -> RelayCard:
    numbers = entry.channels.numbers() if entry.channels else {}
    missing = {"device", "short", "reference", "bypass", "tap_output"} - numbers.keys()
    if missing:
        raise BenchError(f"switch: driver {entry.driver} needs the channels of {', '.join(sorted(missing))} too")
    shunts = {shunt.value.si: shunt.channel for shunt in file.shunts if shunt.channel is not None}
    return RelayCard(adapter, channels=Channels(**numbers), shunts=shunts, clock=clock, settle=entry.settle.si)
