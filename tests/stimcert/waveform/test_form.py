# SPDX-License-Identifier: MIT
"""Shapes of which every answer is known: closed forms of a phase, and the words for them."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.measured import NotMeasurable
from stimcert.waveform.form import PhaseShape, phase_shape, waveform_words
from stimcert.waveform.phases import find_phases
from stimcert.waveform.pulses import find_pulses
from stimcert.waveform.sampled import Sampled
from tests.stimcert.waveform.trains import sampled, train, with_noise

RATE, PERIOD, COUNT = 1e6, 10e-3, 8
Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]


def _shape(curve: Curve, seconds: float = 1e-3, *, scale: float = 1e-3, noise: float = 0.0) -> PhaseShape:
    """Return the shape of phases that follow a curve of x from 0 to 1."""
    part = scale * curve((np.arange(round(seconds * RATE)) + 0.5) / (seconds * RATE))
    one = np.concatenate([part, np.zeros(round(PERIOD * RATE) - len(part))])
    record = with_noise(np.concatenate([np.zeros(3000), np.tile(one, COUNT)]), rate=RATE, noise=noise)
    return phase_shape(record, find_phases(record), sign=1 if scale > 0 else -1)


CURVES: dict[str, tuple[Curve, str, float]] = {
    "rectangle": (np.ones_like, "rectangular", 1.0),
    "half of a sine": (lambda x: np.sin(np.pi * x), "half-sine", 0.410),
    "triangle": (lambda x: 1.0 - np.abs(2.0 * x - 1.0), "triangular", 0.304),
    "exponential": (lambda x: np.exp(-6.0 * x), "spike", 0.171),
    "ramped edges": (lambda x: np.minimum(1.0, np.minimum(x, 1.0 - x) / 0.2), "rectangular with ramped edges", 0.667),
    "droop": (lambda x: np.exp(-0.4 * x), "rectangular with droop or one ramped edge", 0.763),
}


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("scale", [1e-3, -1e-3])
def test_closed_forms_have_their_times_and_their_words(name: str, scale: float) -> None:
    curve, words, beyond = CURVES[name]
    found = _shape(curve, scale=scale)
    assert found.words == words
    assert found.beyond_90 == pytest.approx(beyond, abs=0.02)


@settings(max_examples=20, deadline=None)
@given(name=st.sampled_from(["rectangle", "half of a sine", "exponential"]), noise=st.floats(0.0, 5e-3))
def test_noise_and_height_change_no_words(name: str, noise: float) -> None:
    curve, words, _ = CURVES[name]
    assert _shape(curve, scale=3e-3, noise=noise * 3e-3).words == words


def test_ringing_of_an_edge_leaves_a_rectangle_one() -> None:
    found = _shape(lambda x: 1.0 + 0.3 * np.exp(-60.0 * x) * np.cos(400.0 * x))
    assert found.words == "rectangular"


def test_a_short_phase_has_no_shape() -> None:
    with pytest.raises(NotMeasurable, match="needs 20") as refused:
        _shape(np.ones_like, 12e-6)
    assert refused.value.code == "bandwidth"


def test_a_sign_that_is_not_there_has_no_shape() -> None:
    record = _record([(1e-3, 1.0)])
    with pytest.raises(NotMeasurable, match="no phase of that sign"):
        phase_shape(record, find_phases(record), sign=-1)


def _record(phases: list[tuple[float, float]], period: float = PERIOD) -> Sampled:
    steps = train(phases, first=3e-3, period=period, count=COUNT)
    return sampled(steps, rate=RATE, seconds=3e-3 + period * COUNT)


@pytest.mark.parametrize(
    ("phases", "words"),
    [
        ([(1e-3, 1.0)], "pulsed monophasic, positive"),
        ([(1e-3, -1.0)], "pulsed monophasic, negative"),
        ([(1e-3, 1.0), (1e-3, -1.0)], "pulsed biphasic"),
        ([(1e-3, 1.0), (2e-4, 0.0), (1e-3, -1.0)], "pulsed biphasic"),
        ([(1e-3, 1.0), (4e-3, 0.0), (1e-3, -1.0)], "pulsed monophasic, alternating polarity"),
        ([(1e-3, 1.0), (1e-3, -1.0), (1e-3, 1.0)], "pulsed, three phases"),
        ([(5e-3, 1.0), (5e-3, -1.0)], "biphasic, without a pause between the phases of a row"),
    ],
)
def test_the_words_of_a_waveform(phases: list[tuple[float, float]], words: str) -> None:
    found = find_phases(_record(phases))
    assert waveform_words(find_pulses(found, gap_limit=1.1e-3)) == words
