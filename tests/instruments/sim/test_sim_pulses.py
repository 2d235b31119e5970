# SPDX-License-Identifier: MIT
"""Forms of pulses and programs against closed forms: widths, charges, steps, and the moments at which they begin."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.behaviours import Battery
from instruments.sim.mode_entry import ModeEntry
from instruments.sim.programs import Program, Ripple, Waveform, scattered
from instruments.sim.pulses import Carrier, Ringing, charge, chopped, duration, rectangle, ringing, sloped, tail
from instruments.sim.waveforms import burst, direct, monophasic, repeated, sequence

WIDTHS = st.floats(1e-5, 1.0)


def middle(key: str) -> float:
    return -1.0 if key == "phase" else 0.0


@given(WIDTHS, st.floats(0.0, 1.0))
def test_a_sloped_phase_holds_the_charge_of_a_steep_one(width: float, share: float) -> None:
    phase = sloped(width, share * width)
    assert charge(phase) == pytest.approx(width, rel=1e-9)
    assert duration(phase) == pytest.approx(width * (1 + share), rel=1e-9)


@given(WIDTHS, st.floats(0.1, 1.0))
def test_a_sloped_phase_stands_above_its_half_for_its_width(width: float, share: float) -> None:
    phase = sloped(width, share * width)
    assert sum(length for length, value in phase if value > 0.5) == pytest.approx(width, rel=1e-9)
    values = [value for _, value in phase]
    assert values == values[::-1]
    assert len([1 for before, after in pairwise(values) if after > before]) >= 19


@given(st.floats(-1e-2, 1e-2), st.floats(1e-6, 1.0))
def test_a_tail_holds_its_area_and_falls_exponentially(area: float, time_constant: float) -> None:
    steps = tail(area, time_constant)
    assert charge(steps) == pytest.approx(area, rel=1e-9, abs=1e-18)
    assert duration(steps) == pytest.approx(5 * time_constant, rel=1e-9)
    if abs(area) > 1e-12:
        ratios = [after / before for (_, before), (_, after) in pairwise(steps)]
        assert ratios == pytest.approx([math.exp(-steps[0][0] / time_constant)] * (len(steps) - 1), rel=1e-6)


@given(st.floats(0.01, 0.99), st.integers(1, 50), st.booleans())
def test_a_chopped_pulse_keeps_its_length_and_the_duty_decides_about_its_charge(
    duty: float, periods: int, alternating: bool
) -> None:
    carrier = Carrier(frequency=4e3, duty=duty, alternating=alternating)
    pieces = chopped(rectangle(periods / 4e3), carrier)
    assert duration(pieces) == pytest.approx(periods / 4e3, rel=1e-9)
    assert charge(pieces) == pytest.approx(periods / 4e3 * (2 * duty - 1 if alternating else duty), rel=1e-6, abs=1e-12)


def test_the_last_period_of_a_carrier_may_be_cut() -> None:
    pieces = chopped(rectangle(300e-6), Carrier(frequency=4e3))
    assert np.array(pieces) == pytest.approx(np.array([(125e-6, 1.0), (125e-6, -1.0), (50e-6, 1.0)]))


def test_a_burst_has_its_pulses_and_then_a_pause() -> None:
    train = burst(rectangle(1e-3), 100.0, 5, 1.0).between(0.0, 2.0, 0.0)
    rising = train.edges[:-1][train.values > 0]
    assert rising == pytest.approx([0.0, 0.01, 0.02, 0.03, 0.04, 1.0, 1.01, 1.02, 1.03, 1.04])
    assert train.integral(0.0, 1.0) == pytest.approx(5e-3)


def test_a_sequence_changes_its_rate() -> None:
    train = sequence(rectangle(1e-3), [(10.0, 1.0, 1.0), (100.0, 0.5, 1.0)])
    assert train.period == pytest.approx(1.5)
    whole = train.between(0.0, 3.0, 0.0)
    assert whole.integral(0.0, 1.0) == pytest.approx(10e-3)
    assert whole.integral(1.0, 1.5) == pytest.approx(50e-3)
    assert whole.integral(1.5, 2.5) == pytest.approx(10e-3)


def test_a_part_of_a_sequence_may_be_higher_than_the_others() -> None:
    train = sequence(rectangle(1e-3), [(10.0, 1.0, 0.5), (100.0, 0.1, 3.0)]).between(0.0, 1.1, 0.0)
    assert (train.integral(0.0, 1.0), train.integral(1.0, 1.1)) == (pytest.approx(5e-3), pytest.approx(30e-3))
    assert set(train.values) == {0.0, 0.5, 3.0}


def test_a_part_lasts_as_long_as_it_says_even_where_no_whole_period_fits() -> None:
    train = sequence(rectangle(1e-3), [(10.0, 0.25, 1.0), (100.0, 0.05, 1.0)])
    assert train.period == pytest.approx(0.3)
    rising = [edge for edge, value in zip(train.offsets, train.shape, strict=True) if value]
    assert rising == pytest.approx([0.0, 0.1, 0.25, 0.26, 0.27, 0.28, 0.29])


@pytest.mark.parametrize("parts", [[(10.0, 0.09, 1.0)], [(2000.0, 1.0, 1.0)]])
def test_a_sequence_needs_room_for_its_pulses(parts: list[tuple[float, float, float]]) -> None:
    with pytest.raises(ValueError, match="holds no pulse|do not fit"):
        sequence(rectangle(1e-3), parts)


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e3))
def test_a_program_begins_with_the_output(begun: float, later: float) -> None:
    program = Program(on=2.0, off=3.0, rise=1.0, fall=0.5)
    waveform = Waveform(train=direct(), continuous=True, program=program)
    once = waveform.between(begun, begun + 5.0, begun, middle)
    assert once.integral(begun, begun + 5.0) == pytest.approx(0.5 + 0.5 + 0.25, rel=1e-6)
    assert once.at(np.array([begun + 1.25]))[0] == 1.0
    assert once.at(np.array([begun + 2.001]))[0] == 0.0
    again = waveform.between(begun + later, begun + later + 5.0, begun, middle)
    assert again.integral(again.start, again.stop) == pytest.approx(1.25, rel=1e-6)


def test_polarity_alternates_from_one_time_to_the_next() -> None:
    waveform = Waveform(train=direct(), continuous=True, program=Program(on=2.0, off=0.5, alternates=True))
    whole = waveform.between(7.0, 17.0, 7.0, middle)
    assert whole.at(np.array([7.1, 8.9, 9.1, 9.6, 11.4, 11.6, 12.1])).tolist() == [1, 1, 0, -1, -1, 0, 1]
    assert whole.integral(7.0, 17.0) == pytest.approx(0.0, abs=1e-9)


@given(st.floats(0.0, 100.0))
def test_a_program_never_cuts_a_pulse(begun: float) -> None:
    program = Program(on=0.095, off=0.048, rise=0.03, alternates=True)
    waveform = Waveform(train=monophasic(100.0, 2e-3), program=program)
    whole = waveform.between(begun + 1.0, begun + 2.0, begun, middle)
    widths = np.diff(whole.edges)[1:-1][whole.values[1:-1] != 0]
    assert widths == pytest.approx(np.full(widths.size, 2e-3), rel=1e-6)
    assert {-1.0, 1.0} <= set(whole.values)


def test_a_pulse_that_is_under_way_when_the_output_starts_belongs_to_the_program() -> None:
    waveform = Waveform(train=monophasic(0.5, 1.0), program=Program(on=2.0, off=3.0))
    assert waveform.between(0.5, 0.9, 0.5, middle).values.tolist() == [1.0]


@pytest.mark.parametrize("tenths", range(1, 40))
def test_a_pulse_that_begins_with_its_program_is_in_it(tenths: int) -> None:
    waveform = Waveform(train=monophasic(10.0, 0.01), program=Program(on=0.3, off=0.4))
    begun = tenths / 10
    whole = waveform.between(begun + 0.69, begun + 1.39, begun, middle)
    assert int((whole.values > 0).sum()) == 3
    assert whole.edges[1] == pytest.approx(begun + 0.7)


def test_a_ramp_of_a_program_climbs_in_at_least_twenty_steps() -> None:
    waveform = Waveform(train=monophasic(100.0, 2e-3), program=Program(on=2.0, off=1.0, rise=1.0))
    whole = waveform.between(0.0, 1.0, 0.0, middle)
    heights = np.unique(whole.values[whole.values > 0])
    assert heights.size >= 20
    assert (heights[0], heights[-1]) == (pytest.approx(0.02), pytest.approx(0.98))


def test_ripple_has_its_depth_and_no_mean() -> None:
    waveform = Waveform(train=direct(), continuous=True, ripple=Ripple(share=0.1, frequency=100.0))
    whole = waveform.between(0.0, 0.1, 0.0, middle)
    assert whole.integral(0.0, 0.1) == pytest.approx(0.1)
    assert (whole.values.min(), whole.values.max()) == (pytest.approx(0.9, abs=1e-3), pytest.approx(1.1, abs=1e-3))


@given(st.floats(-1.0, 1.0), st.floats(0.0, 100.0), st.floats(0.01, 0.9))
def test_jitter_moves_pulses_and_the_same_ones_wherever_one_looks(key: float, start: float, share: float) -> None:
    waveform = Waveform(train=monophasic(100.0, 2e-3), jitter=1e-3)
    whole = waveform.between(start, start + 0.3, 0.0, lambda name: key)
    begin = start + share * 0.3
    part = waveform.between(begin, start + 0.3, 0.0, lambda name: key)
    assert part.integral(begin, part.stop) == pytest.approx(whole.integral(begin, whole.stop), abs=1e-9)
    rising = whole.edges[1:-1][(whole.values[1:] > 0) & (whole.values[:-1] == 0)]
    assert np.all(np.abs(np.diff(rising) - 0.01) <= 2e-3 + 1e-9)
    assert np.std(np.diff(rising)) > 1e-5


def test_scattered_numbers_are_uniform_and_depend_on_their_key() -> None:
    numbers = np.arange(-5000, 5000, dtype=np.int64)
    one, other = scattered(numbers, 0.25), scattered(numbers, 0.5)
    assert (one.min(), one.max()) == (pytest.approx(-1, abs=1e-3), pytest.approx(1, abs=1e-3))
    assert abs(one.mean()) < 0.02
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


@given(st.floats(-500.0, 500.0))
def test_a_battery_falls_from_full_to_its_share(used: float) -> None:
    battery = Battery(full_for=600.0, empty_after=1200.0, share=0.5)
    whole = battery.between(0.0, 3000.0, used)
    assert whole.at(np.array([600.0 - used]))[0] == pytest.approx(1.0, abs=1e-4)
    assert whole.at(np.array([900.0 - used]))[0] == pytest.approx(0.75, abs=1e-4)
    assert whole.at(np.array([1201.0 - used]))[0] == pytest.approx(0.5, abs=1e-9)
    assert bool(np.all(np.diff(whole.values) < 0))


def test_a_tailed_pulse_repeats_without_a_net_charge() -> None:
    pulse = [*rectangle(5e-4), *tail(-5e-4, 2e-3)]
    train = repeated(pulse, 0.05).between(0.0, 0.5, 0.3)
    assert train.integral(0.0, 0.5) == pytest.approx(0.0, abs=1e-12)
    assert train.values.min() == pytest.approx(-0.25, rel=0.08)


@given(WIDTHS, st.floats(0.0, 1.0), st.floats(0.5, 100.0), st.floats(0.001, 0.3))
def test_a_ringing_phase_keeps_its_width_and_comes_back_to_its_plateau(
    width: float, share: float, periods: float, damped: float
) -> None:
    rings = Ringing(share=share, frequency=periods / width, time_constant=damped * width)
    phase = ringing(width, -2.0, rings)
    assert duration(phase) == pytest.approx(width, rel=1e-9)
    assert min(value for _, value in phase) >= -2.0 * (1 + share) - 1e-9
    moments = np.linspace(0.0, min(5 * damped, 1.0) * width, 20_001)
    curve = share * np.exp(-moments / rings.time_constant) * np.cos(2 * np.pi * rings.frequency * moments)
    assert charge(phase) == pytest.approx(-2.0 * (width + np.trapezoid(curve, moments)), rel=1e-4)
    if 5 * damped < 0.999:
        assert phase[-1][1] == -2.0


def test_ringing_begins_at_its_height() -> None:
    first = ringing(1e-3, 1.0, Ringing(share=0.5, frequency=1e5, time_constant=2e-5))[0]
    assert first == (pytest.approx(5e-7), pytest.approx(1.486, abs=1e-3))


@given(
    st.sampled_from(["biphasic", "tailed"]),
    st.integers(1, 500),
    st.integers(0, 500),
    st.integers(0, 100),
    st.integers(1, 9),
)
def test_what_the_second_phase_takes_back_is_what_the_file_says(
    waveform: str, width: int, gap: int, balance: int, longer: int
) -> None:
    keys = {"second_width": f"{longer * width} µs"} if waveform == "biphasic" else {"tail": f"{longer * width} µs"}
    if gap:
        keys["gap"] = f"{gap} µs"
    words = {"width": f"{width} µs", "balance": f"{balance} %", "frequency": "1 Hz", "amplitudes": ["1 mA"], **keys}
    entry = ModeEntry.model_validate_json(json.dumps({"name": "lift", "waveform": waveform, **words}))
    pulse = entry.pulse()
    assert charge(pulse) == pytest.approx(width * 1e-6 * (1 - balance / 100), abs=1e-15)
    assert sum(length for length, value in pulse if value > 0) == pytest.approx(width * 1e-6)
    assert entry.train().between(0.0, 1.0, 0.0).integral(0.0, 1.0) == pytest.approx(charge(pulse), abs=1e-12)


def test_a_kick_begins_each_time_of_a_program_with_its_sign() -> None:
    program = Program(on=1.0, off=0.5, alternates=True, kick=4.0, kick_width=0.1)
    waveform = Waveform(train=direct(), continuous=True, program=program)
    found = waveform.between(0.0, 3.0, 0.0, lambda key: 0.0)
    times = np.array([0.05, 0.15, 0.95, 1.2, 1.55, 1.65, 2.7])
    assert list(found.at(times)) == [4.0, 1.0, 1.0, 0.0, -4.0, -1.0, 0.0]
