# SPDX-License-Identifier: MIT
"""Whether a plan's loads and currents are within what the station's box, shunts, SMU and digitizer make and stand."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from bench.session.ranges import choose_shunt, worst_case
from bench.session.stress import Stress, stress_of
from instruments.skin_entries import Network
from instruments.station_file import Shunt, StationFile
from stimcert.plan import Case, Mode, Plan
from stimcert.quantity import Quantity, show
from stimcert.skin import SKIN_MODELS
from stimcert.strict_toml import Document, Problem

if TYPE_CHECKING:
    from bench.session.cross_checks import Documents


# How far a certified value may be from the nominal one: networks are made of parts of 1 to 2 %.
_MAKE = 0.02
_ROUNDING = 1 + 1e-9


def electrical_checks(
    documents: "Documents", plan: Document[Plan], station: Document[StationFile]
) -> Iterable[Iterable[Problem]]:
    """Return one generator per mode, and per case and mode."""
    rows = documents.rows()
    for index, mode in enumerate(getattr(plan.value, "modes", ())):
        if not hasattr(mode, "name") or not hasattr(mode, "worst_case"):
            continue
        try:
            worst = worst_case(plan.value, rows, mode)
        except AttributeError:  # a mode, case or row that could not be read has a problem of its own
            continue
        if worst is None:
            text = "missing; nothing tells the largest current to be ready for: declare it, or a value, or a limit"
            yield [plan.problem(("mode", index, "worst_case"), text)]
            continue
        yield _currents(documents, plan, station.value, index, mode, worst)
        for at, case in enumerate(getattr(plan.value, "cases", ())):
            if mode.name in getattr(case, "modes", ()) and getattr(case, "not_applicable", None) is None:
                yield _loads(plan, station.value, at, case, mode, worst)
                yield _networks(plan, station.value, at, case, mode, worst)


def _currents(
    documents: "Documents", plan: Document[Plan], station: StationFile, index: int, mode: Mode, worst: float
) -> Iterator[Problem]:
    """Yield what shunt, SMU and digitizer do not stand at a mode's worst case."""
    key = "worst_case" if mode.worst_case is not None else "name"
    shunt = choose_shunt(station.shunts, worst)
    for text in (
        _beyond_shunt(shunt, worst),
        _beyond_smu(documents, worst),
        _beyond_digitizer(documents, shunt, worst),
    ):
        if text is not None:
            yield plan.problem(("mode", index, key), f"found {show(worst, 'A')} as the worst case: {text}")


def _beyond_shunt(shunt: Shunt, worst: float) -> str | None:
    power = worst**2 * shunt.value.si
    if power <= shunt.max_power.si:
        return None
    return f"{show(power, 'W')} in the shunt of {shunt.value}, which stands {shunt.max_power}"


def _beyond_smu(documents: "Documents", worst: float) -> str | None:
    table = documents.tables.get("smu")
    ranges = table.value.current_ranges if table is not None else ()
    if not ranges or worst <= max(ranges):
        return None
    return f"beyond the SMU, whose largest range is {show(max(ranges), 'A')}"


def _beyond_digitizer(documents: "Documents", shunt: Shunt, worst: float) -> str | None:
    table = documents.tables.get("digitizer")
    ranges = table.value.digitize_ranges if table is not None else ()
    volts = worst * shunt.value.si
    if not ranges or volts <= max(ranges):
        return None
    return (
        f"{show(volts, 'V')} across the shunt of {shunt.value}; the digitizer's ranges end at {show(max(ranges), 'V')}"
    )


def _loads(
    plan: Document[Plan], station: StationFile, at: int, case: Case, mode: Mode, worst: float
) -> Iterator[Problem]:
    shunt, stress = choose_shunt(station.shunts, worst), stress_of(mode, worst)
    for index, load in enumerate(case.loads):
        for text in _load_texts(station, load, shunt, stress):
            yield plan.problem(("case", at, "loads", index), f'found "{load}"; {text}')


def _networks(
    plan: Document[Plan], station: StationFile, at: int, case: Case, mode: Mode, worst: float
) -> Iterator[Problem]:
    """Yield the skin networks that the station does not have, has with other values, or would overload."""
    stress = stress_of(mode, worst)
    known = {network.name: network for network in station.networks}
    for index, name in enumerate(case.skin):
        text = _network_text(station, known.get(name), name, stress)
        if text is not None:
            yield plan.problem(("case", at, "skin", index), f'found "{name}"; {text}')


def _network_text(station: StationFile, network: Network | None, name: str, stress: Stress) -> str | None:
    if station.skin is None or network is None:
        return f"station {station.name} has no such network"
    model, share = SKIN_MODELS[name], network.expanded_uncertainty.si
    wanted = (model.series, model.parallel, model.capacitance)
    found = (network.series.si, network.parallel.si, network.capacitance.si)
    if not all(abs(a - b) <= (share + _MAKE) * b for a, b in zip(found, wanted, strict=True)):
        return f"station {station.name} has other values under this name"
    volts, power = stress.volts(network.direct), stress.watts(network.direct, network.direct)
    current = show(stress.amperes(network.direct), "A")
    if volts > station.skin.max_voltage.si * _ROUNDING:
        return f"{current} would put {show(volts, 'V')} across it, which stands {station.skin.max_voltage}"
    if power > station.skin.max_power.si * _ROUNDING:
        return f"{current} would put {show(power, 'W')} into it, which stands {station.skin.max_power}"
    return None


def _load_texts(station: StationFile, load: Quantity, shunt: Shunt, stress: Stress) -> Iterator[str]:
    """Yield why a load cannot be set, or what it would overload at the worst case."""
    box = station.load_box
    if not box.can_make(load.si, shunt.value.si):
        yield f"the load box cannot set it (shunt {shunt.value} in series): {box.allowed_text()}"
        return
    ohms, total = box.setting(load.si, shunt.value.si), max(load.si, shunt.value.si)
    amperes, volts, watts = stress.amperes(total), stress.volts(total), stress.watts(total, ohms)
    current, smu, digitizer = show(amperes, "A"), station.smu, station.digitizer
    if watts > box.max_power.si * _ROUNDING:
        yield f"{current} would put {show(watts, 'W')} into the load box, which stands {box.max_power}"
    if amperes * ohms > box.max_voltage.si * _ROUNDING:
        yield f"{current} would put {show(amperes * ohms, 'V')} across the load box, which stands {box.max_voltage}"
    if volts > smu.max_voltage.si * _ROUNDING:
        yield f"{current} needs {show(volts, 'V')}, which reach the SMU when it limits; it stands {smu.max_voltage}"
    if amperes * volts > smu.max_power.si * _ROUNDING:
        yield f"{current} brings {show(amperes * volts, 'W')} to the SMU when it limits; it stands {smu.max_power}"
    if digitizer is not None and volts > digitizer.max_voltage.si * _ROUNDING:
        yield f"{current} needs {show(volts, 'V')} at the digitizer's tap, which stands {digitizer.max_voltage}"
