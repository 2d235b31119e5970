# SPDX-License-Identifier: MIT
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stimcert.maximum import expected_excess
from stimcert.waveform.peak import absolute_peak, cycle_edges, moving_mean, window_samples

SAMPLES = st.lists(st.floats(min_value=-1.0, max_value=1.0), min_size=1, max_size=60)


@pytest.mark.parametrize(
    ("event", "rate", "samples"),
    [(10e-6, 1e6, 10), (10e-6, 0.99e6, 10), (10.1e-6, 1e6, 11), (10e-6, 1e5, 1), (10e-6, 1e3, 1), (3 * 0.1, 10.0, 3)],
)
def test_an_event_is_rounded_up_to_whole_samples(event: float, rate: float, samples: int) -> None:
    assert window_samples(event, rate) == samples


@pytest.mark.parametrize(("event", "rate"), [(0.0, 1e6), (-1e-6, 1e6), (1e-6, 0.0), (float("nan"), 1e6), (1.0, np.inf)])
def test_an_event_without_duration_is_refused(event: float, rate: float) -> None:
    with pytest.raises(ValueError, match="positive and finite"):
        window_samples(event, rate)


@given(SAMPLES, st.integers(min_value=1, max_value=60), st.sampled_from([np.float32, np.float64]))
def test_moving_mean_is_the_mean_of_each_window(samples: list[float], window: int, dtype: type) -> None:
    record = np.array(samples, dtype=dtype)
    if window > len(record):
        with pytest.raises(ValueError, match="does not fit"):
            moving_mean(record, window)
        return
    expected = np.lib.stride_tricks.sliding_window_view(record.astype(np.float64), window).mean(axis=1)
    np.testing.assert_allclose(moving_mean(record, window), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("window", [1, 7, 10, 40_000])
def test_blocks_join_without_a_seam(window: int) -> None:
    record = np.random.default_rng(5).standard_normal(100_001)
    sums = np.concatenate(([0.0], np.cumsum(record)))
    np.testing.assert_allclose(moving_mean(record, window), (sums[window:] - sums[:-window]) / window, atol=1e-9)


def test_peak_says_where_and_with_which_sign() -> None:
    record = np.zeros(1000)
    record[400:450] = -3.0
    record[600:650] = 2.0
    peak = absolute_peak(record, 10, zero=0.0, noise=0.0)
    assert (peak.magnitude, peak.raw) == (3.0, -3.0)
    assert 400 <= peak.index <= 440
    assert peak.windows > 1


def test_a_short_event_stands_alone() -> None:
    record = np.zeros(100_000)
    record[50_000:50_010] = 1.0
    peak = absolute_peak(record, 10, zero=0.0, noise=1e-3)
    assert peak.windows == 1
    assert peak.magnitude == 1.0


def test_a_short_plateau_that_noise_lifted_high_is_doubted_beyond_its_correction() -> None:
    """Its top lies three times the noise of a window above the rest, so that few windows seem to share its level."""
    record = np.zeros(1000)
    record[500:550] = 1.0
    record[520:530] = 1.3
    peak = absolute_peak(record, 10, zero=0.0, noise=0.1 * 10**0.5)
    assert peak.windows < 20
    assert peak.doubt > peak.excess


@pytest.mark.parametrize("early", [0.0, 0.25, 0.5, 0.9])
def test_an_event_between_samples_is_within_the_alignment(early: float) -> None:
    """A pulse of exactly one window's length, begun within a sample: what its best window misses is known."""
    record = np.zeros(1000)
    record[500:511] = [1.0 - early, *[1.0] * 9, early]
    peak = absolute_peak(record, 10, zero=0.0, noise=0.0)
    assert peak.magnitude == pytest.approx(1.0 - min(early, 1.0 - early) / 10)
    assert peak.magnitude + peak.alignment == pytest.approx(1.0)


def test_a_plateau_has_no_alignment() -> None:
    record = np.zeros(1000)
    record[500:530] = 1.0
    assert absolute_peak(record, 10, zero=0.0, noise=0.0).alignment == 0.0


@pytest.mark.parametrize(("windows", "length"), [(1, 1), (1, 10), (41, 10), (200, 1), (5000, 10), (2000, 100)])
def test_excess_of_a_maximum_is_what_noise_does(windows: int, length: int) -> None:
    rng = np.random.default_rng(3)
    largest = [moving_mean(rng.standard_normal(windows + length - 1), length).max() * length**0.5 for _ in range(300)]
    excess = expected_excess(windows, length)
    assert excess == pytest.approx(np.mean(largest), abs=0.25)
    assert excess <= np.mean(largest) + 0.1  # too small a correction is the safe side


@given(st.integers(min_value=1, max_value=10**6), st.integers(min_value=1, max_value=1000))
def test_excess_grows_with_the_windows_and_never_below_zero(windows: int, length: int) -> None:
    one, more = expected_excess(windows, length), expected_excess(windows * 2, length)
    assert 0.0 <= one <= more


def test_cycles_are_whole() -> None:
    assert list(cycle_edges(1050, 1e4, 0.01)) == [100 * n for n in range(11)]
    assert list(cycle_edges(10, 1.0, 2.5)) == [0, 2, 5, 8, 10]
    assert list(cycle_edges(99, 1e4, 0.01)) == [0]


@pytest.mark.parametrize("cycle", [0.0, 1e-6, -1.0, float("nan"), float("inf")])
def test_a_cycle_needs_samples(cycle: float) -> None:
    with pytest.raises(ValueError, match="two samples a cycle"):
        cycle_edges(1000, 1e6, cycle)


@given(
    late=st.floats(0.0, 1.0),
    tau=st.floats(4.0, 50.0),
    steady=st.floats(0.0, 0.9),
    sign=st.sampled_from([1.0, -1.0]),
    window=st.sampled_from([1, 10]),
)
def test_a_spike_that_begins_between_two_samples_is_within_the_alignment(
    late: float, tau: float, steady: float, sign: float, window: int
) -> None:
    """An edge of 1 that decays to ``steady``, in samples: the window that begins with it shows most."""

    def integral(until: float) -> float:
        return steady * until + (1.0 - steady) * tau * (1.0 - float(np.exp(-until / tau)))

    edges = np.arange(101.0) - 30.0 - late
    record = sign * np.diff([integral(max(edge, 0.0)) for edge in edges])
    best = integral(window) / window
    peak = absolute_peak(record, window, zero=0.0, noise=0.0)
    assert peak.magnitude <= best + 1e-12
    assert best <= peak.magnitude + peak.alignment + 1e-3


@pytest.mark.parametrize("window", [1, 2, 10])
@pytest.mark.parametrize("width", [2, 3, 6, 7, 30])
@pytest.mark.parametrize("early", [0.0, 0.25, 0.75])
def test_pulses_with_sharp_edges_hide_no_more_than_they_are(window: int, width: int, early: float) -> None:
    record = np.zeros(1000)
    for begin in range(100, 900, 50):
        record[begin : begin + width] = 1.0
        record[begin - 1], record[begin + width - 1] = early, 1.0 - early
    peak = absolute_peak(record, window, zero=0.0, noise=0.0)
    assert peak.magnitude + peak.alignment <= 1.4 * min(width, window) / window
