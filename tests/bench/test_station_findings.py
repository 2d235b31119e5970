# SPDX-License-Identifier: MIT
"""What the bench finds about itself at the end of a run is held against what it was before."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bench.session.check_findings import CLOSING, Findings
from bench.session.inputs import Inputs
from bench.session.station_check import StationCheck
from instruments.errors import BenchError, GarbledReply
from stimcert.allowance import EACH_CHECK, Allowance
from stimcert.quantity import Dimension, parse
from stimcert.reading import Waveform
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import STATION, inputs
from tests.bench.runs import MICROCURRENT, Edited

ROOM = Allowance(limit=10.0, drift=1.0)


class Kept(list[dict[str, Any]]):
    """Keeps what is stored."""

    def __call__(self, quantity: str, value: float, unit: str, **facts: object) -> None:
        self.append({"quantity": quantity, "value": value, **facts})


def twice(before: float, after: float, allowance: Allowance = ROOM) -> tuple[Kept, Findings]:
    """Return what is kept of one finding at both ends of a run."""
    kept = Kept()
    findings = Findings(kept)
    findings("load.resistance", before, "Ω", expected=100.0, allowance=allowance, load=100.0)
    findings.phase = CLOSING
    findings("load.resistance", after, "Ω", expected=100.0, allowance=allowance, load=100.0)
    return kept, findings


@pytest.mark.parametrize("after", [99.0, 100.0, 101.0])
def test_what_hardly_changed_is_good(after: float) -> None:
    kept, findings = twice(100.0, after)
    findings.judge_changes()
    assert [one["phase"] for one in kept] == ["opening", "closing"]
    assert (kept[1]["opening"], kept[1]["change_allowed"]) == (100.0, 1.0)


@pytest.mark.parametrize("after", [98.9, 101.1, float("nan"), float("inf")])
def test_what_changed_is_named(after: float) -> None:
    _, findings = twice(100.0, after)
    with pytest.raises(BenchError, match="load.resistance \\(load 100 Ω\\) was 100 Ω before") as raised:
        findings.judge_changes()
    assert raised.value.code == "drifted"


def test_noise_is_no_drift_and_a_certificate_no_excuse() -> None:
    noisy = Allowance(limit=0.0, scatter=((1.0, 9),))
    twice(0.0, 20.0, noisy)[1].judge_changes()
    with pytest.raises(BenchError):
        twice(0.0, 20.0, Allowance(limit=0.0, normal=100.0))[1].judge_changes()


def test_what_the_check_may_alarm_for_nothing_is_counted_for_both_questions() -> None:
    kept, _ = twice(0.0, 0.0, Allowance(limit=1.0, scatter=((1.0, 9),)))
    assert [one["false_alarm"] for one in kept] == [EACH_CHECK, 2 * EACH_CHECK]
    assert [one["false_alarm"] for one in twice(0.0, 0.0)[0]] == [0.0, 0.0]


# --- the whole check on a loop


def station_check(loop: Loop) -> tuple[StationCheck, Kept]:
    """Return the check of a loop, its opening done."""
    kept = Kept()
    check = StationCheck(fake_station(loop), inputs(), kept)
    check.opening()
    return check, kept


def test_an_undisturbed_bench_passes_at_both_ends() -> None:
    check, kept = station_check(Loop())
    check.closing(limiting=[2000.0])
    closing = {one["quantity"] for one in kept if one["phase"] == CLOSING}
    assert closing == {one["quantity"] for one in kept if one["phase"] != CLOSING} - {"warm_up"}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"digitizer_offset": 4e-5}, "zero"),
        ({"smu_offset": -1.5e-8}, "zero"),
        ({"contacts": 0.4}, "relays.resistance"),
        ({"smu_gain": 1.00018}, "reference.current"),
        ({"digitizer_gain": 0.9992}, "paths.current"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_bench_inside_its_specification_that_moved_is_found(changes: dict[str, float], what: str) -> None:
    """Each change alone would pass the opening check."""
    check, _ = station_check(Loop(**changes))
    check.closing(limiting=[10000.0])
    loop = Loop()
    check, _ = station_check(loop)
    for name, value in changes.items():
        setattr(loop, name, value)
    with pytest.raises(BenchError) as raised:
        check.closing(limiting=[10000.0])
    assert (raised.value.code, str(raised.value).startswith(what)) == ("drifted", True), str(raised.value)


def test_a_bench_that_broke_is_named_by_what_broke() -> None:
    loop = Loop()
    check, _ = station_check(loop)
    loop.smu_gain = 0.98
    with pytest.raises(BenchError) as raised:
        check.closing()
    assert raised.value.code == "load_wrong"


def test_a_thermometer_without_a_temperature_is_as_bad_as_a_wrong_one() -> None:
    station = fake_station(Loop())

    def garbled() -> float:
        raise GarbledReply("environment answers '9.91E37'")

    station.environment.temperature = garbled  # type: ignore[method-assign]
    with pytest.raises(BenchError) as raised:
        StationCheck(station, inputs(), Kept()).opening()
    assert raised.value.code == "temperature_missing"


@pytest.mark.parametrize("celsius", [17.9, 28.1, float("nan")])
def test_a_temperature_outside_is_refused(celsius: float) -> None:
    with pytest.raises(BenchError) as raised:
        station_check(Loop(temperature=celsius))
    assert raised.value.code == "temperature_outside"


@pytest.mark.parametrize(("celsius", "refused"), [(15.0, False), (14.9, True), (30.0, False), (30.1, True)])
def test_a_plan_may_allow_a_colder_and_a_warmer_bench(celsius: float, refused: bool) -> None:
    wide = replace_plan(inputs(), temperature_min="15 °C", temperature_max="30 °C")
    check = StationCheck(fake_station(Loop(temperature=celsius)), wide, Kept())
    with pytest.raises(BenchError, match="15 °C to 30 °C") if refused else nullcontext():
        check.opening()


def replace_plan(known: Inputs, **changes: str) -> Inputs:
    """Return the inputs with other temperatures in their plan."""
    quantities = {key: parse(text, Dimension.TEMPERATURE) for key, text in changes.items()}
    return replace(known, plan=known.plan.model_copy(update=quantities))


# --- what only a pulse, or a step, can show

WITH_SKIN = inputs(
    Edited(MICROCURRENT, (('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["2 kΩ"]\nskin = ["N1", "N4"]'),))
)


def test_the_charge_of_certified_pulses_is_measured() -> None:
    loop = Loop()
    _, kept = station_check(loop)
    found = {one["metric"]: one for one in kept if one["quantity"] == "reference.charge"}
    assert found["charge.phase"]["value"] == pytest.approx(180e-9, rel=2e-3)
    assert found["charge.net"]["value"] == pytest.approx(0.0, abs=0.5e-9)
    assert loop.names("reference.set_pulses") == [("reference.set_pulses", 900e-6)]
    assert (loop.reference, loop.bypassed, loop.port) == (0.0, False, "open")


def test_pulses_without_their_charge_are_refused() -> None:
    """A path that is right for direct current and loses 2 % of fast pulses."""
    station = fake_station(Loop())
    assert station.digitizer is not None
    whole = station.digitizer.capture

    def slow() -> Waveform:
        waveform = whole()
        return replace(waveform, samples=waveform.samples * np.float32(0.98 if len(waveform.samples) > 1000 else 1))

    station.digitizer.capture = slow  # type: ignore[method-assign]
    with pytest.raises(BenchError, match="charge.phase of the reference's pulses: expected 180 nC") as raised:
        StationCheck(station, inputs(), Kept()).opening()
    assert raised.value.code == "reference_pulse_wrong"


def test_the_time_constant_of_every_network_is_measured() -> None:
    check = StationCheck(fake_station(Loop()), WITH_SKIN, kept := Kept())
    check.opening()
    found = {one["network"]: one["value"] for one in kept if one["quantity"] == "network.time_constant"}
    assert found == {"N1": pytest.approx(220e-6, rel=5e-3), "N4": pytest.approx(103.4e-6, rel=5e-3)}


@pytest.mark.parametrize("share", [0.9, 1.1, 0.5])
def test_a_wrong_capacitor_is_found(share: float) -> None:
    with pytest.raises(BenchError, match="skin network N1: time constant") as raised:
        StationCheck(fake_station(Loop(capacitors=share)), WITH_SKIN, Kept()).opening()
    assert raised.value.code == "time_constant_wrong"


# --- warm-up


@pytest.mark.parametrize(
    ("told", "waited"), [({}, 60.0), ({"smu": 20.0, "digitizer": 50.0}, 40.0), ({"smu": 1e4, "digitizer": 1e4}, None)]
)
def test_instruments_are_warm_before_anything_is_measured(told: dict[str, float], waited: float | None) -> None:
    loop = Loop()
    station = fake_station(loop)
    for role, seconds in told.items():
        getattr(station, role).powered_for = lambda seconds=seconds: seconds
    StationCheck(station, inputs(), kept := Kept()).opening()
    found = {one["role"]: one for one in kept if one["quantity"] == "warm_up"}
    assert found.keys() == {"smu", "digitizer"}
    for role, one in found.items():
        assert one["value"] >= one["needed"] == 60.0
        assert (one["told"], one["phase"]) == (told.get(role), "opening")
    waits = [call for call in loop.names("clock.wait") if call[1] > 1.0]
    assert waits == ([("clock.wait", waited)] if waited is not None else [])


def test_a_station_that_declares_nothing_waits_for_nothing() -> None:
    loop = Loop()
    cold = inputs(station=Edited(STATION, (('warm_up = "60 s"', 'warm_up = "0 s"'),)))
    StationCheck(fake_station(loop), cold, kept := Kept()).opening()
    assert [one for one in kept if one["quantity"] == "warm_up"] == []
    assert [call for call in loop.names("clock.wait") if call[1] > 1.0] == []
