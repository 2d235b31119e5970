# SPDX-License-Identifier: MIT
"""What must hold between the tables of a station file. Each check survives tables that could not be read in full."""

import datetime
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from instruments.calibration import Calibration
from instruments.station_entries import EMBEDDED
from stimcert.strict_model import Misfit, Path
from stimcert.text_fields import duplicates

if TYPE_CHECKING:
    from instruments.station_file import StationFile

# The embedded bench moves its clock through the port that also steers the simulation.
_PORT_OF_ROLE = {"clock": "control"}


def station_checks(station: "StationFile") -> Iterable[Iterable[Misfit]]:
    """Return every check of a station as a generator of its own."""
    yield _resources_of_the_embedded_bench(station)
    yield _clock_of_the_bench(station)
    yield _days_of_a_real_bench(station)
    yield _shunts_once(station)
    yield _shunts_have_channels(station)
    yield _channels_once(station)
    yield _relays_for_what_is_there(station)
    yield _reference_has_currents(station)
    yield _pulses_need_a_reference(station)
    yield _skin_has_networks(station)


def _resources_of_the_embedded_bench(station: "StationFile") -> Iterator[Misfit]:
    for role, entry in station.instruments.items():
        resource = getattr(entry, "resource", None)
        wanted = EMBEDDED + _PORT_OF_ROLE.get(role, role)
        if resource is None:
            continue
        if station.embedded and resource != wanted:
            text = f'found "{resource}"; on the embedded simulated bench it must be "{wanted}"'
            yield Misfit(("instruments", role, "resource"), text)
        if not station.embedded and resource.startswith(EMBEDDED):
            text = f'found "{resource}"; that needs [simulator] embedded = true, or give a VISA resource'
            yield Misfit(("instruments", role, "resource"), text)


def _clock_of_the_bench(station: "StationFile") -> Iterator[Misfit]:
    wanted = "simulated" if station.embedded else None
    if wanted and station.clock.driver != wanted:
        text = f'found "{station.clock.driver}"; the embedded simulated bench keeps its own time: "simulated"'
        yield Misfit(("instruments", "clock", "driver"), text)


def _days_of_a_real_bench(station: "StationFile") -> Iterator[Misfit]:
    if station.embedded:
        return
    for path, calibration in _calibrations(station):
        for key in ("calibrated", "due"):
            day = getattr(calibration, key, None)
            if day is not None and day.relative:
                text = f'found "{day}"; only the simulated bench counts days: a date is needed, e.g. 2027-10-23'
                yield Misfit((*path, key), text)


def future_days(station: "StationFile", today: datetime.date) -> Iterator[Misfit]:
    """Yield the calibrations that are dated after ``today``."""
    for path, calibration in _calibrations(station):
        day = getattr(calibration, "calibrated", None)
        if day is not None and day.on(today) > today:
            text = f'found "{day}"; today is {today.isoformat()}, and a calibration cannot lie in the future'
            yield Misfit((*path, "calibrated"), text)


def _calibrations(station: "StationFile") -> Iterator[tuple[Path, Calibration]]:
    for role, entry in station.instruments.items():
        calibration = getattr(entry, "calibration", None)
        if calibration is not None:
            yield ("instruments", role, "calibration"), calibration
    for index, shunt in enumerate(getattr(station, "shunts", ())):
        yield ("shunt", index), shunt
    for index, reference in enumerate(getattr(station, "references", ())):
        yield ("reference", index), reference
    for index, pulse in enumerate(getattr(station, "reference_pulses", ())):
        yield ("reference_pulse", index), pulse
    for index, network in enumerate(getattr(station, "networks", ())):
        yield ("network", index), network


def _shunts_once(station: "StationFile") -> Iterator[Misfit]:
    values = [shunt.value.si if hasattr(shunt, "value") else None for shunt in station.shunts]
    for index in duplicates([*values]):
        text = f'found "{station.shunts[index].value}" twice; each shunt needs a value of its own'
        yield Misfit(("shunt", index, "value"), text)


def _shunts_have_channels(station: "StationFile") -> Iterator[Misfit]:
    for index, shunt in enumerate(station.shunts):
        if station.switch.connected and shunt.channel is None:
            yield Misfit(("shunt", index, "channel"), "missing; the relay that puts this shunt into the loop is needed")


def _channels_once(station: "StationFile") -> Iterator[Misfit]:
    if station.switch.channels is None:
        return
    numbered: list[tuple[Path, int]] = [
        (("instruments", "switch", "channels", name), channel)
        for name, channel in station.switch.channels.numbers().items()
    ]
    for index, shunt in enumerate(station.shunts):
        if getattr(shunt, "channel", None) is not None:
            numbered.append((("shunt", index, "channel"), shunt.channel or 0))
    for index in duplicates([channel for _, channel in numbered]):
        yield Misfit(numbered[index][0], f"found {numbered[index][1]} twice; each relay has a channel of its own")


def _relays_for_what_is_there(station: "StationFile") -> Iterator[Misfit]:
    if station.switch.channels is None:
        return
    numbers = station.switch.channels.numbers()
    path: Path = ("instruments", "switch", "channels")
    if station.digitizer is not None and "bypass" not in numbers:
        yield Misfit((*path, "bypass"), "missing; the digitizer needs a relay that bypasses the SMU")
    if station.reference is not None and "reference" not in numbers:
        yield Misfit((*path, "reference"), "missing; the reference source needs the relay of its port")


def _reference_has_currents(station: "StationFile") -> Iterator[Misfit]:
    if station.reference is not None and not station.references:
        yield Misfit(("reference",), "missing; a reference source needs its certified currents as [[reference]]")
    if station.reference is None and station.references:
        yield Misfit(("reference", 0), "found a certified current; [instruments.reference] is needed to apply it")
    values = [entry.value.si if hasattr(entry, "value") else None for entry in station.references]
    for index in duplicates([*values]):
        text = f'found "{station.references[index].value}" twice; once is allowed'
        yield Misfit(("reference", index, "value"), text)


def _pulses_need_a_reference(station: "StationFile") -> Iterator[Misfit]:
    if station.reference is None and station.reference_pulses:
        text = "found certified pulses; [instruments.reference] is needed to apply them"
        yield Misfit(("reference_pulse", 0), text)
    pulses = [entry.current.si if hasattr(entry, "current") else None for entry in station.reference_pulses]
    for index in duplicates([*pulses]):
        text = f'found "{station.reference_pulses[index].current}" twice; once is allowed'
        yield Misfit(("reference_pulse", index, "current"), text)


def _skin_has_networks(station: "StationFile") -> Iterator[Misfit]:
    if station.skin is not None and not station.networks:
        yield Misfit(("network",), "missing; a skin module needs the certified values of its networks as [[network]]")
    if station.skin is None and station.networks:
        yield Misfit(("network", 0), "found a network; [instruments.skin] is needed to put it into the loop")
    names = [getattr(entry, "name", None) for entry in station.networks]
    for index in duplicates([*names]):
        yield Misfit(("network", index, "name"), f'found "{names[index]}" twice; once is allowed')
