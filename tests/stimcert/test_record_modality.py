# SPDX-License-Identifier: MIT
"""From records of known currents to modalities: what is seen, what is not, and that neither passes for the other."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.measured import NotMeasurable
from stimcert.modality import classify, judge
from stimcert.modality_form import joined
from stimcert.reading import Accuracy, CurrentRecord
from stimcert.record_modality import observed_record

Make = Callable[..., CurrentRecord]
RATE = 1e5
# DMM6500 as the station assumes it: 0.1 % of reading + 0.05 % of a range of 1 V; at 100 Ω that is 5 µA.
COARSE = Accuracy(gain=1e-3, offset=5e-4, resolution=1e-6, source="assumption")


def direct(current: float, seconds: float = 10.0, rate: float = RATE) -> NDArray[np.float64]:
    return np.full(round(seconds * rate), current)


def square(high: float, low: float, *, every: float, width: float, seconds: float = 10.0) -> NDArray[np.float64]:
    phase = np.arange(round(seconds * RATE)) % round(every * RATE)
    return np.where(phase < round(width * RATE), high, low)


def kind(record: CurrentRecord, **more: float) -> str:
    return classify([observed_record(record, where="here", **more)]).kind  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (direct(-400e-6), "galvanic"),
        (direct(2e-3), "galvanic"),
        (direct(0.0), "none"),
        (square(500e-6, -500e-6, every=0.01, width=0.005), "microcurrent"),
        (square(700e-6, 300e-6, every=0.01, width=0.001), "microcurrent"),
        (square(480e-6, 0.0, every=4.0, width=2.0), "microcurrent"),
        (square(5e-3, 0.0, every=1.0, width=100e-6), "ems"),
        (square(5e-3, -5e-3, every=0.01, width=0.005), "ems"),
    ],
)
def test_what_a_record_of_ten_seconds_shows(record: Make, current: NDArray[np.float64], expected: str) -> None:
    assert kind(record(current, rate=RATE, noise=20e-6)) == expected


def test_direct_current_with_pulses_upon_it(record: Make) -> None:
    """300 µA d.c. + 400 µA pulses: a peak of 700 µA."""
    found = observed_record(
        record(square(700e-6, 300e-6, every=0.01, width=0.001), rate=RATE), where="here", cycle=0.01
    )
    assert (found.peak.low, found.peak.high) == (pytest.approx(700e-6, rel=1e-6), pytest.approx(700e-6, rel=1e-6))
    assert found.mean.low == pytest.approx(340e-6, rel=1e-3)
    assert found.swing.high == pytest.approx(400e-6, rel=1e-6)


def test_a_short_record_decides_nothing(record: Make) -> None:
    short = observed_record(record(direct(400e-6, seconds=0.2), rate=RATE), where="here")
    assert classify([short]).possible == ("galvanic", "microcurrent", "ems")


def test_time_under_an_armed_trigger_is_watched_and_not_seen(record: Make) -> None:
    pulsed = record(square(480e-6, 0.0, every=0.01, width=0.005, seconds=0.5), rate=RATE)
    assert kind(pulsed, armed=9.5) == "microcurrent"
    assert kind(pulsed, armed=9.0) == "undetermined"
    assert kind(record(direct(400e-6, seconds=0.5), rate=RATE), armed=9.5) == "undetermined"


def test_a_slow_record_bounds_the_peak_from_below(record: Make) -> None:
    slow = observed_record(record(direct(2.5e-3, rate=1e3), rate=1e3), where="here")
    assert (slow.peak.high, slow.fine, slow.watched) == (math.inf, 0.0, 0.0)
    assert classify([slow]).possible == ("galvanic", "ems")
    fine = observed_record(record(direct(2.5e-3, seconds=0.2), rate=RATE), where="here")
    assert classify([joined([slow, fine])]).kind == "galvanic"
    interrupted = record(square(5e-3, 0.0, every=100e-6, width=50e-6, seconds=0.2), rate=RATE)
    assert classify([joined([slow, observed_record(interrupted, where="here")])]).kind == "ems"


def test_a_clipped_record_condemns_and_clears_nothing(record: Make) -> None:
    clipped = record(square(20e-3, 0.0, every=0.01, width=0.001), rate=RATE, full_scale=0.05, clipped=True)
    result = classify([observed_record(clipped, where="here")])
    assert result.possible == ("galvanic", "microcurrent", "ems")
    assert judge(result, "microcurrent").verdict.value == "INCONCLUSIVE"
    wide = record(square(20e-3, 0.0, every=0.01, width=0.001), rate=RATE, full_scale=1.0, clipped=True)
    assert judge(classify([observed_record(wide, where="here")]), "microcurrent").verdict.value == "FAIL"


def test_no_numbers_are_no_observation(record: Make) -> None:
    with pytest.raises(NotMeasurable):
        observed_record(record(np.array([1e-3, math.nan] * 500_000), rate=RATE), where="here")


def test_an_offset_of_the_range_does_not_blur_the_ripple(record: Make) -> None:
    """100 µA where the extremes are known to 6 µA each, more than 10 % together."""
    found = observed_record(record(direct(100e-6), rate=RATE, accuracy=COARSE, noise=20e-6), where="here")
    assert found.highest.high - found.lowest.low > 10e-6
    assert classify([found]).kind == "galvanic"


@given(
    level=st.floats(20e-6, 4e-3),
    ripple=st.floats(0.0, 0.3),
    sign=st.sampled_from([-1.0, 1.0]),
    noise=st.sampled_from([0.0, 20e-6, 100e-6]),
    seed=st.integers(0, 9),
)
def test_ripple_is_within_its_interval(
    record: Make, level: float, ripple: float, sign: float, noise: float, seed: int
) -> None:
    """A square ripple of 1 kHz on direct current, known in closed form, is in the interval that the record gives."""
    high, low = sign * level * (1 + ripple / 2), sign * level * (1 - ripple / 2)
    wave = square(high, low, every=1e-3, width=5e-4, seconds=0.1)
    made = record(wave, rate=RATE, noise=noise, seed=seed, accuracy=COARSE)
    found = observed_record(made, where="here", cycle=1e-3)
    slack = 1e-9 + 2 * noise / 100.0
    assert found.swing.low - slack <= ripple * level <= found.swing.high + slack
    assert found.highest.low - slack <= max(high, low) <= found.highest.high + slack
    assert found.lowest.low - slack <= min(high, low) <= found.lowest.high + slack
