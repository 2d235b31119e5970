# SPDX-License-Identifier: MIT
"""What a waveform looks like, in the words of an output table: from its phases, never from a label.

The shape of a phase is told by how long it stays beyond 90 %, 50 % and 10 % of its plateau, the median of the middle
80 % of it, so that ringing decides nothing. For closed forms these times are known; over the time beyond 10 % those
beyond 90 and 50 % are 1 and 1 for a rectangle, 0.41 and 0.74 for half of a sine, 0.30 and 0.65 for a triangle, 0.17 and
0.39 for an exponential.
"""

from dataclasses import dataclass

import numpy as np

from stimcert.measured import NotMeasurable
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.phases import Phases
from stimcert.waveform.pulses import Pulses
from stimcert.waveform.sampled import Sampled

LEAST_SAMPLES = 20
"""Samples of a phase at half of its height, from which on its shape is told."""

_PHASES = 32
# How much of its neighbourhood is looked at for tails, as a multiple of the width of a phase.
_MARGIN = 4.0
_RECTANGLE, _POINTED = 0.8, 0.33
# Half of a sine: time beyond 90 % and 50 % over that beyond 10 %; and how near a measured one must come.
_SINE = (0.410, 0.741)
_NEAR = (0.04, 0.02)
_EDGE = 0.1
# The flank of a spike takes this share of the other one at most.
_STEEP = 0.25


@dataclass(frozen=True, kw_only=True)
class PhaseShape:
    """The mean of some phases of one sign, aligned at half of their height.

    :param beyond_90: time beyond 90 % of its plateau over the time beyond 10 %, 0 to 1.
    :param beyond_50: the same beyond 50 %.
    :param rise: time from 10 to 90 %, over the time beyond 10 %.
    :param fall: time from 90 to 10 %, over the same.
    :param phases: how many were averaged.
    """

    beyond_90: float
    beyond_50: float
    rise: float
    fall: float
    phases: int

    @property
    def words(self) -> str:
        """The shape as an output table names it."""
        if self.beyond_90 >= _RECTANGLE:
            return "rectangular"
        if self.beyond_90 < _POINTED:
            return self._pointed
        near = abs(self.beyond_90 - _SINE[0]) < _NEAR[0] and abs(self.beyond_50 - _SINE[1]) < _NEAR[1]
        if near:
            return "half-sine"
        return "rectangular with ramped edges" if self._even else "rectangular with droop or one ramped edge"

    @property
    def _pointed(self) -> str:
        return "triangular" if self._even else "spike"

    @property
    def _even(self) -> bool:
        """Whether both flanks take about the same time."""
        return min(self.rise, self.fall) > _STEEP * max(self.rise, self.fall)

    @property
    def basis(self) -> str:
        """What the words rest on."""
        count = f"mean of {self.phases} phases"
        return f"beyond 90 % of its plateau for {self.beyond_90:.0%} of the time beyond 10 %, {count}"


def phase_shape(record: Sampled, phases: Phases, *, sign: int) -> PhaseShape:
    """Return the mean shape of up to 32 phases of one sign, an even choice of them.

    :param phases: of the record.
    :param sign: +1 or −1.
    :raises NotMeasurable: ``not_observed`` without a phase of that sign; ``bandwidth`` for phases of fewer than 20
        samples.

    Source: IEC 60469:2013 for the levels of 10, 50 and 90 %; the words are those of FDA output tables.
    """
    rows = np.flatnonzero(phases.sign == sign)
    if not len(rows):
        raise NotMeasurable("not_observed", "no phase of that sign", observed="no phase", required="one")
    rows = rows[np.unique(np.linspace(0, len(rows) - 1, min(_PHASES, len(rows))).astype(np.intp))]
    mean, count = _mean_phase(record, phases, rows, sign)
    top = _plateau(mean)
    first10, last10 = _ends(mean, 0.1 * top)
    first50, last50 = _ends(mean, 0.5 * top)
    first90, last90 = _ends(mean, 0.9 * top)
    whole = last10 - first10
    return PhaseShape(
        beyond_90=(last90 - first90) / whole,
        beyond_50=(last50 - first50) / whole,
        rise=(first90 - first10) / whole,
        fall=(last10 - last90) / whole,
        phases=count,
    )


def _mean_phase(record: Sampled, phases: Phases, rows: Indices, sign: int) -> tuple[Floats, int]:
    """Return the mean of phases over the baseline, positive, and of how many; the first one's length holds for all."""
    width = float(np.median(phases.half_stop[rows] - phases.half_start[rows]))
    if width < LEAST_SAMPLES:
        text = f"a phase has {width:.0f} samples at half of its height, its shape needs {LEAST_SAMPLES}"
        raise NotMeasurable("bandwidth", text, role="digitizer", event=f"{width / record.sample_rate:.3g} s")
    before, after = round(_MARGIN * width), round((1.0 + _MARGIN) * width)
    base = record.zero + phases.baseline.level
    total = np.zeros(before + after)
    for row in rows.tolist():
        begin = round(float(phases.half_start[row])) - before
        # What lies outside of it belongs to a neighbour, or is nothing.
        first, last = max(int(phases.start[row]), begin), min(int(phases.stop[row]), begin + before + after)
        total[first - begin : last - begin] += sign * (record.samples[first:last].astype(np.float64) - base)
    return total / len(rows), len(rows)


def _plateau(mean: Floats) -> float:
    """Return the median of the middle 80 % of the time beyond half of the largest value."""
    beyond = np.flatnonzero(mean >= mean.max() / 2.0)
    edge = round(_EDGE * (beyond[-1] - beyond[0] + 1))
    return float(np.median(mean[beyond[0] + edge : beyond[-1] - edge + 1]))


def _ends(mean: Floats, level: float) -> tuple[float, float]:
    """Return where a level is first reached and last left, interpolated, in samples."""
    beyond = np.flatnonzero(mean >= level)
    first, last = int(beyond[0]), int(beyond[-1])
    start = float(first)
    if first > 0:
        start = first - (mean[first] - level) / (mean[first] - mean[first - 1])
    stop = float(last)
    if last + 1 < len(mean):
        stop = last + (mean[last] - level) / (mean[last] - mean[last + 1])
    return start, stop


def waveform_words(pulses: Pulses) -> str:
    """Return ``pulsed monophasic``, ``biphasic`` or what else the pulses are.

    A pulse of two phases of opposite sign is biphasic. Single phases are monophasic; where either sign comes as a pulse
    of its own, polarity alternates from pulse to pulse or from group to group.

    Source: pulse, phase, monophasic and biphasic as in the FDA guidance on powered muscle stimulators (1999).
    """
    most = int(np.median(pulses.phases))
    if most >= 3:
        return "pulsed, three phases"
    if most == 2:
        gapless = pulses.paired == len(pulses)
        return "biphasic, without a pause between the phases of a row" if gapless else "pulsed biphasic"
    signs = np.unique(pulses.first_sign)
    if len(signs) > 1:
        return "pulsed monophasic, alternating polarity"
    return f"pulsed monophasic, {'positive' if signs[0] > 0 else 'negative'}"
