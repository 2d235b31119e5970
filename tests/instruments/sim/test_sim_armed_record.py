# SPDX-License-Identifier: MIT
"""The ring of an armed digitizer and its comparator, against what one look at the whole waveform says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.armed_record import TRIGGER_LATENCY, ArmedRecord, Window, departure
from instruments.sim.piecewise import Piecewise

WINDOW = Window(low=-1.0, high=1.0)


def wave(values, width=1.0, start=0.0):
    """Segments of one width each."""
    return Piecewise(start + width * np.arange(len(values) + 1), np.array(values, dtype=float))


class Decay:
    """One segment from 3 V towards 0 with a time constant of 1 s: neither constant nor a Piecewise."""

    edges = np.array([0.0, 10.0])
    start, stop = 0.0, 10.0

    def at(self, times):
        return 3.0 * np.exp(-times)


def armed(*, rate=1000.0, size=10, after=4, window=WINDOW, start=0.0):
    return ArmedRecord(start=start, rate=rate, aperture=1 / rate, size=size, after=after, window=window)


# --- the comparator


def test_outside_from_the_start_is_no_departure() -> None:
    assert departure(wave([2, 2, 2]), WINDOW, None) == (None, False)


def test_it_remembers_where_the_last_stretch_ended() -> None:
    assert departure(wave([2, 0]), WINDOW, True) == (0.0, True)
    assert departure(wave([2, 0]), WINDOW, False) == (None, True)


def test_the_level_itself_is_inside() -> None:
    assert departure(wave([0, 1, -1, 0]), WINDOW, None) == (None, True)


@pytest.mark.parametrize("value", [1.0001, -1.0001, np.nan])
def test_either_sign_departs_and_so_does_what_is_no_number(value: float) -> None:
    assert departure(wave([0, value, 0]), WINDOW, None)[0] == 1.0


def test_a_window_to_be_entered_is_the_other_way_round() -> None:
    inverted = Window(low=-1.0, high=1.0, inverted=True)
    assert departure(wave([2, 0, 2]), inverted, None)[0] == 1.0
    assert departure(wave([0, 2]), inverted, None)[0] is None


def test_between_edges_the_crossing_is_found_where_it_is() -> None:
    """3·e^(−t) comes into ±1 at ln 3 s."""
    found, inside = departure(Decay(), Window(low=-1.0, high=1.0, inverted=True), None)
    assert found == pytest.approx(np.log(3), abs=1e-9)
    assert not inside


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=30), st.integers(1, 29))
def test_a_cut_changes_nothing(values: list[float], cut: int) -> None:
    whole = departure(wave(values), WINDOW, None)
    if not 0 < cut < len(values):
        return
    first, inside = departure(wave(values[:cut]), WINDOW, None)
    second, end = departure(wave(values[cut:], start=float(cut)), WINDOW, inside)
    assert (first if first is not None else second, end) == whole


# --- the ring


@given(
    values=st.lists(st.floats(-0.9, 0.9), min_size=4, max_size=60),
    cuts=st.sets(st.integers(1, 59)),
    size=st.integers(1, 40),
    aperture=st.sampled_from([1e-3, 4e-4]),
)
def test_samples_are_those_of_the_whole_waveform_however_it_was_cut(values, cuts, size, aperture) -> None:
    """Segments of 0.3 ms, samples of 1 ms, stretches cut anywhere between segments."""
    width = 3e-4
    whole = wave(values, width)
    record = ArmedRecord(start=0.0, rate=1000.0, aperture=aperture, size=size, after=1, window=WINDOW)
    ends = sorted({*(cut for cut in cuts if cut < len(values)), len(values)})
    for first, last in zip([0, *ends], ends, strict=False):
        record.passes(Piecewise(whole.edges[first : last + 1], whole.values[first:last]))
    times, means = record.take()
    count = int((whole.stop + 1e-9) * 1000)
    assert times == pytest.approx(np.arange(max(0, count - size), count) / 1000)
    assert means == pytest.approx(whole.means(times, aperture), abs=1e-9) if times.size else count == 0


def test_what_was_taken_is_not_taken_again() -> None:
    record = armed()
    record.passes(wave([0.5], 5e-3))
    assert record.take()[0].size == 5
    record.passes(wave([0.5], 2e-3, start=5e-3))
    assert record.take()[0] == pytest.approx([5e-3, 6e-3])
    assert record.take()[0].size == 0


def test_it_ends_with_the_samples_that_follow_the_event() -> None:
    record = armed()
    record.passes(wave([0.0, 2.0, 0.0], 0.02))
    assert record.event == pytest.approx(0.02 + TRIGGER_LATENCY)
    assert record.finished
    times, means = record.take()
    # The first sample that begins after the event is the one at 21 ms; ten are kept, six of them from before.
    assert times == pytest.approx(np.arange(15, 25) / 1000)
    assert means == pytest.approx([0] * 5 + [2] * 5)
    record.passes(wave([5.0], 0.02, start=0.06))
    assert record.take()[0].size == 0


def test_an_event_soon_after_arming_has_less_before_it() -> None:
    record = armed()
    record.passes(wave([0.0, 2.0], 2e-3))
    assert record.event is not None
    record.passes(wave([2.0], 0.1, start=4e-3))
    assert record.take()[0] == pytest.approx(np.arange(7) / 1000)


def test_a_glitch_shorter_than_a_sample_triggers() -> None:
    record = armed()
    record.passes(Piecewise(np.array([0.0, 0.0200, 0.020001, 0.1]), np.array([0.0, 5.0, 0.0])))
    assert record.finished
    assert record.take()[1].max() == pytest.approx(5e-3, rel=1e-3)


def test_without_a_window_it_waits_for_its_command() -> None:
    record = armed(window=None)
    record.passes(wave([0, 5, 0], 0.02))
    assert not record.finished
    record.trigger(0.06)
    record.trigger(0.5)
    record.passes(wave([1], 0.02, start=0.06))
    assert record.finished
    times, means = record.take()
    assert times == pytest.approx(np.arange(54, 64) / 1000)
    assert means == pytest.approx([0] * 6 + [1] * 4)


def test_late_in_a_run_the_samples_still_fit() -> None:
    """After eleven days of bench time a float is good to 0.1 ns."""
    start = 1e6 + 0.1
    record = armed(rate=1e6, size=1000, start=start)
    for index in range(20):
        record.passes(wave([0.5], 1e-4, start=start + index * 1e-4))
    times, means = record.take()
    assert times.size == 1000
    assert means == pytest.approx(np.full(1000, 0.5))
