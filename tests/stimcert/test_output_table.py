# SPDX-License-Identifier: MIT
"""The output specification: no row is blank, none is guessed, and none comes from a label."""

from typing import Any

import pytest

from stimcert.output_rows import MEASURED, NAMES, ORDER
from stimcert.output_table import columns

Body = dict[str, Any]
PULSED: Body = {
    "mode": "lift",
    "waveform": "pulsed biphasic",
    "shape": "rectangular",
    "basis": "mean of 9 phases",
    "direct": False,
    "phases": 2,
    "bursts": False,
    "program": False,
    "intervals": [0.01, 0.01],
    "seconds": 5.0,
    "why": None,
}
DIRECT: Body = {**PULSED, "waveform": "direct current", "shape": "continuous", "direct": True, "phases": None}


def planned(**facts: Any) -> Body:
    mode = {"mode": "lift", "loads": [500.0, 2000.0], "features": None, "balanced_by": None, "symmetry": None}
    return {"id": "OS-01", "output": [{**mode, "declared": [], **facts}]}


def found(quantity: str, value: float | None, *, load: float = 500.0, level: int = 8, **facts: Any) -> Body:
    return {
        "index": 7,
        "quantity": quantity,
        "value": value,
        "bound": None,
        "unit": "A",
        "expanded_uncertainty": None if value is None else 1e-6,
        "coverage_factor": 1.96,
        "reason": None,
        "conditions": {"mode": "lift", "level": level, "load": load, "network": None, "one_more_up": False},
    } | facts


def rows(measurements: list[Body], described: Body | None = PULSED, **facts: Any) -> dict[str, Body]:
    (column,) = columns(planned(**facts), measurements, [] if described is None else [described])
    assert (column["case"], column["mode"]) == ("OS-01", "lift")
    return {row["name"]: row for row in column["rows"]}


def test_every_row_is_there_with_a_value_or_words_whatever_was_measured() -> None:
    """A case that was torn before anything was measured, and one of which everything was refused."""
    refused = [found(kind.metric, None, reason={"params": {"text": "too short"}, "text": "x"}) for kind in MEASURED]
    for measurements, described in (([], None), (refused, PULSED), (refused, None)):
        table = rows(measurements, described).values()
        assert [*dict.fromkeys(row["key"] for row in table)] == list(ORDER)
        assert {row["state"] for row in table} <= {"words", "declared", "not applicable", "not measured"}
        assert all(row["text"] for row in table if row["value"] is None)
    assert {row["text"] for row in rows(refused, None).values() if row["state"] == "not measured"} >= {"too short"}


def test_every_row_has_one_kind() -> None:
    assert sorted(ORDER) == sorted([*(kind.key for kind in MEASURED), *NAMES])


def test_the_largest_at_each_load_and_the_load_that_nobody_chose() -> None:
    currents = [found("current.peak", v, load=r, level=n) for v, r, n in ((1e-3, 500.0, 1), (3e-3, 500.0, 2))]
    table = rows([*currents, found("current.peak", 2e-3, load=2000.0)])
    assert table["Maximum output current at 500 Ω"]["value"] == 3e-3
    assert table["Maximum output current at 500 Ω"]["level"] == 2
    assert table["Maximum output current at 2 kΩ"]["value"] == 2e-3
    assert table["Maximum output current at 10 kΩ"]["text"] == "the case has no load of 10 kΩ"
    assert rows(currents, loads=[500.0, 750.0])["Maximum output current at 750 Ω"]["state"] == "not measured"


def test_a_bound_is_said_only_where_it_is_more_than_a_value() -> None:
    plain, bound = found("current.peak", 3e-3), found("current.peak", 3.0005e-3, bound=">=")
    assert rows([plain, bound])["Maximum output current at 500 Ω"]["bound"] is None
    more = found("current.peak", 9e-3, bound=">=")
    assert rows([plain, more])["Maximum output current at 500 Ω"]["bound"] == ">="


@pytest.mark.parametrize(
    "spoiled",
    [
        found("current.peak", 9e-3, reason={"code": "repeated_one_range_up"}),
        found("current.peak", 9e-3, void={"text": "the bench drifted"}),
        found("current.peak", 9e-3, conditions={**found("x", 1.0)["conditions"], "network": "N1"}),
    ],
    ids=["repeated", "void", "on a network"],
)
def test_what_does_not_count_fills_no_row(spoiled: Body) -> None:
    assert rows([spoiled, found("current.peak", 1e-3)])["Maximum output current at 500 Ω"]["value"] == 1e-3
    assert rows([spoiled])["Maximum output current at 500 Ω"]["state"] == "not measured"


def test_what_is_declared_stands_beside_what_was_measured() -> None:
    entry = {
        "metric": "current.peak",
        "level": 8,
        "value": 1e-3,
        "tolerance": 0.2,
        "load_min": 400.0,
        "load_max": 600.0,
    }
    both = [found("current.peak", 1.1e-3), found("current.peak", 1.1e-3, load=2000.0)]
    table = rows(both, declared=[entry])
    assert table["Maximum output current at 500 Ω"]["declared"] == {"value": 1e-3, "tolerance": 0.2}
    assert table["Maximum output current at 2 kΩ"]["declared"] is None


def test_direct_current_has_no_pulses_and_no_bursts() -> None:
    table = rows([found("pulse.width", None, reason={"text": "no whole phase"})], DIRECT)
    assert table["Pulse width (whole pulse, gap included)"]["text"] == "direct current has no pulses"
    assert table["Burst (a): pulses per burst"]["state"] == "not applicable"
    assert table["Waveform"]["text"] == "direct current"


def test_what_the_long_record_cannot_tell_is_not_called_absent() -> None:
    refused = [found("program.on", None, reason={"params": {"text": "1 whole cycle, 3 are needed"}})]
    assert rows(refused)["ON time, ramps included"]["state"] == "not applicable"
    unsure = rows(refused, {**PULSED, "program": None, "bursts": None})
    assert unsure["ON time, ramps included"]["text"] == "1 whole cycle, 3 are needed"
    assert unsure["Burst (a): pulses per burst"]["state"] == "not measured"


@pytest.mark.parametrize(
    ("imbalance", "symmetry", "said"),
    [(0.01, 0.05, "yes: "), (0.09, 0.05, "no: "), (0.049, 0.05, "not to be told: "), (0.01, None, "imbalance 1 %")],
)
def test_symmetry_is_answered_by_measurement_and_declared_tolerance(
    imbalance: float, symmetry: float | None, said: str
) -> None:
    one = found("charge.imbalance", imbalance, unit="%", expanded_uncertainty=0.003)
    row = rows([one], symmetry=symmetry)["Symmetrical phases?"]
    assert (row["state"], row["text"][: len(said)]) == ("words", said)


def test_a_net_charge_is_zero_only_within_its_uncertainty() -> None:
    name = "Net charge per pulse at 500 Ω"
    small, large = (found("charge.net", value, unit="C") for value in (5e-7, 5e-6))
    assert rows([small], balanced_by="a series capacitor")[name]["text"].endswith("by a series capacitor, as declared")
    assert rows([small])[name]["text"].startswith("not to be told from zero; how it is made zero is not declared")
    assert rows([large])[name]["text"] == "not zero"


def test_a_frequency_that_is_not_one_says_so() -> None:
    rate = found("pulse.frequency", 100.0, unit="Hz")
    assert rows([rate])["Frequency"]["text"] is None
    assert "10 ms to 250 ms" in rows([rate], {**PULSED, "intervals": [0.01, 0.25]})["Frequency"]["text"]


def test_times_show_their_range_over_all_points() -> None:
    at = [found("pulse.width", v, load=r, unit="s") for v, r in ((2e-4, 2000.0), (3e-4, 500.0))]
    row = rows(at)["Pulse width (whole pulse, gap included)"]
    assert (row["value"], row["lowest"], row["highest"]) == (3e-4, 2e-4, 3e-4)
