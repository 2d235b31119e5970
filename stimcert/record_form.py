# SPDX-License-Identifier: MIT
"""The form of a mode's output in words, from a fast record of its pulses and a long one of its program."""

from typing import Any

from stimcert.measured import NotMeasurable
from stimcert.pulse_train import PulseTrain
from stimcert.quantity import show
from stimcert.surroundings import Surroundings
from stimcert.waveform.form import phase_shape, waveform_words
from stimcert.waveform.programs import longest_pause

LONGEST_PAUSE = 1.0
"""s without output that are an OFF, where the plan declares no cycle of the waveform."""


def form_of(fast: PulseTrain, long: PulseTrain, around: Surroundings, *, direct: bool) -> dict[str, Any]:
    """Return what an output table says of a waveform.

    ``waveform``, ``shape``: words, None where the record does not show them; ``why``: the reason then. ``basis``: what
    the shape rests on. ``direct``, ``phases``: direct current, or how many phases a pulse has. ``bursts``, ``program``:
    True, False, or None where the long record does not tell. ``pulses_per_burst``: least and most. ``intervals``:
    shortest and longest time from pulse to pulse, s. ``seconds``: length of the long record.

    :param around: what the plan says of the cycle.
    :param direct: whether the fast record shows direct current.
    """
    waveform = long.record.waveform
    facts: dict[str, Any] = {"direct": direct, "phases": None, "why": None, "bursts": None, "pulses_per_burst": None}
    facts |= {"program": _program(long, around), "seconds": len(waveform.samples) / waveform.sample_rate}
    if direct:
        return facts | {"waveform": "direct current" + _modulated(facts), "shape": "continuous", "basis": None}
    try:
        return facts | _of_pulses(fast, long, around, facts)
    except NotMeasurable as refusal:
        return facts | {"waveform": None, "shape": None, "basis": None, "why": refusal.text}


def _of_pulses(fast: PulseTrain, long: PulseTrain, around: Surroundings, facts: dict[str, Any]) -> dict[str, Any]:
    words = waveform_words(fast.pulses)
    found = {"phases": int(fast.pulses.phases.max()), **_bursts(long, around), **_intervals(fast)}
    found["waveform"] = words + _modulated(facts | found)
    return found | _shape(fast)


def _intervals(fast: PulseTrain) -> dict[str, Any]:
    """Return the shortest and the longest time from pulse to pulse in the fast record, s."""
    times = fast.pulses.start[1:] - fast.pulses.start[:-1]
    return {"intervals": [float(times.min()), float(times.max())] if len(times) else None}


def _shape(fast: PulseTrain) -> dict[str, Any]:
    """Return the shape of the first phase, and of the second where it is another."""
    first = int(fast.pulses.first_sign[0])
    try:
        shapes = [phase_shape(fast.sampled, fast.phases, sign=sign) for sign in _signs(fast, first)]
    except NotMeasurable as refusal:
        return {"shape": None, "basis": None, "why": refusal.text}
    words = list(dict.fromkeys(shape.words for shape in shapes))
    said = words[0] if len(words) == 1 else f"first phase {words[0]}, second phase {words[1]}"
    return {"shape": said, "basis": shapes[0].basis}


def _signs(fast: PulseTrain, first: int) -> list[int]:
    both = bool((fast.phases.sign == -first).any())
    return [first, -first] if both else [first]


def _bursts(long: PulseTrain, around: Surroundings) -> dict[str, Any]:
    """Return whether pauses part the pulses into bursts, and of how many; a pause that is an OFF parts none."""
    try:
        if not _pauses_within(long, around.pause_limit or LONGEST_PAUSE):
            return {"bursts": False}
        pulses = long.bursts.pulses
        return {"bursts": True, "pulses_per_burst": [int(pulses.min()), int(pulses.max())]}
    except NotMeasurable:
        return {"bursts": None}


def _pauses_within(long: PulseTrain, limit: float) -> bool:
    """Whether there are pauses between pulses that are no OFF of a program."""
    times = long.pulses.start[1:] - long.pulses.start[:-1]
    return long.pause_limit is not None and bool(times[times > long.pause_limit].min() <= limit)


def _program(long: PulseTrain, around: Surroundings) -> bool | None:
    """Return whether the output is OFF in between; None where the record cannot tell."""
    limit = around.pause_limit or LONGEST_PAUSE
    try:
        return longest_pause(long.sampled, pause_limit=limit) > limit
    except (NotMeasurable, ValueError):
        # ValueError: a pause that would count lasts less than a sample of the long record.
        return None


def _modulated(facts: dict[str, Any]) -> str:
    by = [words for key, words in (("bursts", "bursts"), ("program", "ON and OFF")) if facts[key]]
    return f", modulated: {' and '.join(by)} (seen in {show(facts['seconds'], 's')})" if by else ""
