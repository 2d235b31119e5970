# SPDX-License-Identifier: MIT
"""Plans: the shipped ones, and every mistake a plan can make by itself."""

from pathlib import Path

import pytest

from stimcert.event_choice import events_at, left_out
from stimcert.events import EVENTS
from stimcert.plan import Plan
from stimcert.strict_toml import InvalidFile, load

PLANS = Path(__file__).parents[2] / "test_plans"
MICRO = (PLANS / "microcurrent_facial.toml").read_text(encoding="utf-8")
GALV = (PLANS / "galvanic_facial.toml").read_text(encoding="utf-8")

_ROWS = '["microcurrent.ceiling", "microcurrent.advisory"]'
_TAIL = f'levels = "all"\nloads = ["500 Ω", "2 kΩ", "10 kΩ"]\ndwell = "200 ms"\nlimits = {_ROWS}\n'
_UNDECLARED = _TAIL.replace('"all"', "[1, 2]").replace(_ROWS, '["declared"]')

_TOLERANCE = 'electrode_area_tolerance = "5 %"'
_TURNS = 'alternates = "2 s"\nalternates_tolerance = "10 %"'


def _plan(text: str) -> Plan:
    return load(text.encode(), Plan, "plan.toml").value


def _problems(text: str) -> list[str]:
    with pytest.raises(InvalidFile) as invalid:
        _plan(text)
    return [str(problem) for problem in invalid.value.problems]


def _changed(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_the_shipped_microcurrent_plan() -> None:
    plan = _plan(MICRO)
    assert plan.case_ids == ("OC-01", "OC-02")
    lift, tone = plan.modes
    declared = lift.declared_for(8, "current.peak")
    assert declared is not None
    assert declared.bounds == pytest.approx((336e-6, 624e-6))
    assert declared.holds_at(500.0)
    assert declared.holds_at(10e3)
    assert not declared.holds_at(100.0)
    assert lift.declared_for(7, "current.peak") is None
    assert plan.cases[0].levels_of(lift) == range(1, 9)
    assert [load.si for load in plan.cases[1].loads] == [500.0, 2e3, 10e3]
    assert (lift.expected_sign, tone.cycle and tone.cycle.si) == (None, 0.02)


def test_the_shipped_galvanic_plan() -> None:
    plan = _plan(GALV)
    assert {mode.name: mode.expected_sign for mode in plan.modes} == {"desincrustation": -1, "iontophoresis": +1}
    assert [(case.id, case.procedure, case.limits) for case in plan.cases] == [
        ("OC-01", "output_current", ("declared",)),
        ("PO-01", "polarity", ()),
    ]
    assert plan.cases[1].levels_of(plan.mode_named("iontophoresis")) == (1, 5)


def test_modes_are_found_by_name() -> None:
    assert _plan(MICRO).mode_named("tone").levels == 8
    with pytest.raises(KeyError):
        _plan(MICRO).mode_named("sculpt")


@pytest.mark.parametrize(
    ("plan", "old", "new", "key", "said"),
    [
        (MICRO, 'id = "OC-02"', 'id = "OC-01"', "case[2].id", 'found "OC-01" twice'),
        (MICRO, 'id = "OC-02"', 'id = "STATION"', "case[2].id", "e.g. OC-01"),
        (MICRO, 'name = "tone"', 'name = "lift"', "mode[2].name", 'found "lift" twice'),
        (MICRO, 'modes = ["tone"]', 'modes = ["sculpt"]', "case[2].modes[1]", "modes of this plan: lift, tone"),
        (MICRO, 'modes = ["tone"]', 'modes = ["tone", "tone"]', "case[2].modes[2]", "once is allowed"),
        (MICRO, 'levels = "all"', "levels = [1, 9]", "case[1].levels[2]", "lift has levels 1 to 8"),
        (MICRO, 'levels = "all"', "levels = [0]", "case[1].levels[1]", "lift has levels 1 to 8"),
        (MICRO, 'levels = "all"', "levels = []", "case[1].levels", '"all" or an array of levels'),
        (MICRO, 'levels = "all"', "levels = [true]", "case[1].levels", '"all" or an array of levels'),
        (MICRO, "level = 8", "level = 9", "mode[1].declared[1].level", "levels 1 to 8"),
        (MICRO, 'tolerance = "30 %"', 'tolerance = "-30 %"', "mode[1].declared[1].tolerance", "greater than 0 %"),
        (MICRO, 'tolerance = "30 %"', 'tolerance = "100 %"', "mode[1].declared[1].tolerance", "less than 100 %"),
        (MICRO, 'value = "480 µA"', 'value = "-480 µA"', "mode[1].declared[1].value", "greater than 0 A"),
        (MICRO, 'load_min = "500 Ω"', 'load_min = "20 kΩ"', "mode[1].declared[1].load_min", "not be greater"),
        (MICRO, '"2 kΩ", "10 kΩ"', '"2 kΩ", "2000 Ω"', "case[1].loads[3]", "twice"),
        (MICRO, 'claims = ["microcurrent"]', 'claims = ["ems"]', "mode[1].modality", "claims only ems"),
        (MICRO, '"microcurrent.advisory"]', '"declared"]\nsettle = "-1 s"', "case[1].settle", "at least 0 s"),
        (MICRO, 'decision_rule = "guard-U"', 'decision_rule = "guard"', "decision_rule", "simple, standard-inherent"),
        (MICRO, 'decision_rule = "guard-U"', 'decision_rule = "pfa:5%"', "decision_rule", "p a fraction above 0"),
        (MICRO, 'decision_rule = "guard-U"', 'decision_rule = "pfa:0.5"', "decision_rule", "p a fraction above 0"),
        (MICRO, 'decision_rule = "guard-U"', 'decision_rule = "pfa:0.01"', "", ""),
        (MICRO, 'title = "F', 'accuracy_convention = "none"\ntitle = "F', "accuracy_convention", "one-rectangle"),
        (MICRO, 'name = "lift"', 'name = "lift\\""', "mode[1].name", "letters, digits"),
        (MICRO, 'title = "F', 'title = "\\nF', "title", "one line of text"),
        (MICRO, 'cycle = "10 ms"', 'ion = "positive"', "mode[1].ion", "only galvanic"),
        (MICRO, "levels = 8", "levels = 8.5", "mode[1].levels", "whole number"),
        (MICRO, 'cycle = "10 ms"', 'cycle = "10 ms"\nprogram = "10 ms"', "mode[1].program", "longer than its waveform"),
        (MICRO, 'cycle = "10 ms"', 'program = "0 s"', "mode[1].program", "greater than 0 s"),
        (MICRO, 'cycle = "10 ms"', 'program = "100 ms"', "case[1].dwell", "needs a dwell of three"),
        (MICRO, 'cycle = "10 ms"', 'alternates = "2 s"', "mode[1].alternates_tolerance", "belong together"),
        (MICRO, 'cycle = "10 ms"', 'auto_off_tolerance = "5 %"', "mode[1].auto_off", "belong together"),
        (MICRO, 'cycle = "10 ms"', "weeks = 8", "mode[1].treatments_per_week", "belong together"),
        (MICRO, 'electrode_area = "1 cm²"', _TOLERANCE, "mode[1].electrode_area_tolerance", "no electrode_area"),
        (GALV, 'ion = "positive"', f'ion = "positive"\n{_TURNS}', "mode[2].alternates", "has to keep"),
        (GALV, 'polarity = "negative"', "", "mode[1].polarity", "a galvanic mode declares polarity"),
        (GALV, 'polarity = "negative"', 'polarity = "positive"', "mode[1].polarity", "done with the cathode"),
        (GALV, 'polarity = "negative"', 'ion = "positive"', "mode[1].ion", "drives no ion"),
        (GALV, 'ion = "positive"', 'ion = "positive"\npolarity = "negative"', "mode[2].polarity", "sign of the ion"),
        (GALV, 'ion = "positive"', 'polarity = "positive"', "mode[2].ion", "sign of its ion"),
        (GALV, 'limits = ["declared"]', "", "case[1].limits", "needed to judge by"),
        (MICRO, _TAIL, _UNDECLARED, "case[1].limits[1]", "declares nothing for a level"),
        (GALV, 'treatment = "desincrustation"\n', "", "", ""),
    ],
)  # fmt: skip
def test_one_mistake_each(plan: str, old: str, new: str, key: str, said: str) -> None:
    text = _changed(plan, (old, new))
    if not key:
        _plan(text)
        return
    found = [line for line in _problems(text) if f": {key}: " in line]
    assert len(found) == 1, _problems(text)
    assert said in found[0]


def test_the_name_of_a_treatment_counts() -> None:
    text = _changed(GALV, ('treatment = "desincrustation"\n', ""), ('polarity = "negative"', 'polarity = "positive"'))
    assert "done with the cathode" in "\n".join(_problems(text))


def test_polarity_needs_a_sign() -> None:
    text = _changed(MICRO, ('procedure = "output_current"', 'procedure = "polarity"'))
    assert any("case[1].modes[1]" in line and "declares no polarity" in line for line in _problems(text))


def test_a_schedule_of_signs_is_seen_over_three_cycles() -> None:
    text = _changed(MICRO, ('cycle = "10 ms"', _TURNS), ('procedure = "output_current"', 'procedure = "polarity"'))
    assert any("case[1].dwell" in line and "a dwell of 8 times that" in line for line in _problems(text))


def test_a_treatment_is_seen_as_a_whole_and_judged_by_something() -> None:
    text = _changed(
        MICRO,
        ('cycle = "10 ms"', 'treatment_time = "1200 s"'),
        ('procedure = "output_current"', 'procedure = "treatment"'),
        (f"limits = {_ROWS}", ""),
    )
    problems = "\n".join(_problems(text))
    assert "a whole one is to be seen" in problems
    assert "declares no auto_off: ids of limit rows are needed" in problems


def test_many_mistakes_in_many_tables_are_all_there() -> None:
    text = _changed(
        MICRO,
        ('title = "Facial', 'titel = "Facial'),
        ('"480 µA"', '"480"'),
        ('modes = ["lift"]', 'modes = ["left"]'),
        ('id = "OC-02"', 'id = "OC-01"'),
        ('dwell = "200 ms"', 'dwell = "0,2 s"'),
    )
    keys = [line.split(": ")[1] for line in _problems(text)]
    assert keys == ["title", "titel", "mode[1].declared[1].value", "case[1].modes[1]", "case[1].dwell", "case[2].id"]


_EVENTS = _changed(MICRO, ('procedure = "output_current"', 'procedure = "transients"'))


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (_changed(_EVENTS, ("dwell", 'events = ["sneeze"]\ndwell')), "case[1].events[1]", "sneeze"),
        (_changed(_EVENTS, ("dwell", "events = []\ndwell")), "case[1].events", "at least"),
        (_changed(_EVENTS, ("dwell", "repetitions = 0\ndwell")), "case[1].repetitions", "0"),
        (_changed(_EVENTS, ("dwell", 'states = ["paused"]\ndwell')), "case[1].states", "idle_output has them"),
        (_changed(MICRO, ("dwell", 'events = ["contact"]\ndwell')), "case[1].events", "transients has them"),
        (_changed(MICRO, ("dwell", "repetitions = 3\ndwell")), "case[1].repetitions", "transients has them"),
        (
            _changed(_EVENTS, ('loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'events = ["load_step"]\nloads = ["2 kΩ"]')),
            "case[1].events[1]",
            "a step needs two resistances",
        ),
        (
            _changed(_EVENTS, ('levels = "all"', 'events = ["level_change"]\nlevels = [1]')),
            "case[1].events[1]",
            "there is no other",
        ),
        (_changed(MICRO, ('"500 Ω", "2 kΩ"', '"shorted", "2 kΩ"')), "case[1].loads[1]", "a resistance is needed"),
        (_changed(MICRO, ('"500 Ω", "2 kΩ"', '"short", "short"')), "case[1].loads[2]", "once is allowed"),
        (
            _changed(MICRO, ('procedure = "output_current"', 'procedure = "abuse"')),
            "case[1].procedure",
            "may break the device, before other cases; only last is allowed",
        ),
    ],
)
def test_mistakes_about_events_states_and_abuse(text: str, key: str, said: str) -> None:
    (problem,) = [problem for problem in _problems(text) if f" {key}: " in problem]
    assert said in problem


@pytest.mark.parametrize(
    ("keys", "key", "said"),
    [
        ("repeats = 0", "case[1].repeats", "at least 1"),
        ("reconnect = true", "case[1].reconnect", "repeats of 2 or more are needed"),
        ('repeats = 3\nprocedure = "intensity_control"', "case[1].repeats", "points follow from each other"),
        ('repeats = 3\nprocedure = "transients"', "case[1].repeats", "points follow from each other"),
    ],
)
def test_mistakes_about_repeats(keys: str, key: str, said: str) -> None:
    text = MICRO.replace('procedure = "output_current"\n', "", 1) if "procedure" in keys else MICRO
    problems = _problems(text.replace('id = "OC-01"', f'id = "OC-01"\n{keys}', 1))
    assert any(f" {key}: " in problem and said in problem for problem in problems), problems


def test_repeats_of_the_steady_output_are_read() -> None:
    (first, *_) = _plan(MICRO.replace('id = "OC-01"', 'id = "OC-01"\nrepeats = 3\nreconnect = true', 1)).cases
    assert (first.repeats, first.reconnect) == (3, True)


def test_an_abuse_that_comes_last_is_none() -> None:
    head, _, tail = MICRO.rpartition('procedure = "output_current"')
    assert _plan(f'{head}procedure = "abuse"{tail}').cases[-1].procedure == "abuse"


def test_a_short_is_a_load() -> None:
    plan = _plan(_changed(MICRO, ('"500 Ω", "2 kΩ"', '"short", "2 kΩ"')))
    assert [(str(load), load.si) for load in plan.cases[0].loads] == [("short", 0.0), ("2 kΩ", 2e3), ("10 kΩ", 10e3)]


def test_a_case_that_names_no_event_makes_all_that_can_be_made() -> None:
    plan = _plan(_EVENTS)
    case, lift = plan.cases[0], plan.mode_named("lift")
    wanted = [event for event in EVENTS if event != "polarity_swap"]
    assert [*events_at(plan, case, lift, level=8, network=None)] == wanted
    assert [*events_at(plan, case, lift, level=1, network="N1")] == [
        event for event in wanted if event not in ("level_change", "load_step")
    ]
    assert case.event_repetitions == 10
    assert left_out(plan, case) == ["polarity_swap (no mode of it alternates)"]


def test_a_case_makes_the_events_that_it_names() -> None:
    plan = _plan(_changed(_EVENTS, ("dwell", 'events = ["polarity_swap", "contact"]\ndwell')))
    made = [*events_at(plan, plan.cases[0], plan.mode_named("lift"), level=8, network=None)]
    assert made == ["contact", "polarity_swap"]
