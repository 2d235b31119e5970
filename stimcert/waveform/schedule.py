# SPDX-License-Identifier: MIT
"""Which way the current flows: polarity of a record, its schedule over time, and reversals where there must be none."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stimcert.maximum import expected_excess
from stimcert.measured import NotMeasurable
from stimcert.waveform.averages import Averages
from stimcert.waveform.blocks import Floats, Outline, checked, outline, pieces
from stimcert.waveform.excursions import Signs, excursions, joined
from stimcert.waveform.extremes import Extremes
from stimcert.waveform.peak import Indices
from stimcert.waveform.sampled import Sampled

# A sign begins where the current leaves this share of the level at which its charge flows.
_SHARE = 0.1
# What counts as current lies so many times the noise above the largest that noise alone would show.
_CLEAR = 2.0
# A run whose charge is given back to this share, by a tail under the threshold, has no sign.
_KEPT = 0.5
# Source: the galvanic form, |mean| at least 0.98 of the rectified mean; sign of a mean, beyond 2 % of it.
ONE_SIGN, _SIGN = 0.98, 0.02


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The signs that the current had, one after the other.

    :param start: first sample of each run, shape (runs,).
    :param stop: after its last sample beyond the threshold.
    :param sign: +1, −1, or 0 where both signs take turns faster than ``hold``, or the charge is given back.
    :param sample_rate: 1/s.
    :param threshold: magnitude from which on there is a sign, in the unit of the samples.
    :param hold: how long a sign must stay to be one of the schedule's, s.
    """

    start: Indices
    stop: Indices
    sign: Signs
    sample_rate: float
    threshold: float
    hold: float

    @property
    def durations(self) -> Floats:
        """How long each run lasts, s, shape (runs,)."""
        return (self.stop - self.start) / self.sample_rate

    @property
    def gaps(self) -> Floats:
        """How long the current stays under the threshold between runs, s, shape (runs − 1,); 0 for a direct swap."""
        return (self.start[1:] - self.stop[:-1]) / self.sample_rate

    @property
    def both(self) -> bool:
        """Whether either sign is held for some time."""
        held = self.durations >= self.hold
        return bool(np.any(held & (self.sign > 0)) and np.any(held & (self.sign < 0)))


@dataclass(frozen=True, kw_only=True)
class Polarity:
    """Which way a record flows.

    :param kind: ``positive`` / ``negative``: one sign; ``alternating``: either sign is held for some time in turn;
        ``balanced``: both signs, with a mean too small to have one; ``biased``: both signs, with a mean that has one.
    :param sign: of the mean: +1, −1; 0 where the mean is too small to have one.
    :param ratio: |mean| over the rectified mean.
    :param ratio_doubt: standard uncertainty of ``ratio``.
    :param threshold: |mean| above which it has a sign: max(5u, 2 % of the rectified mean).
    """

    kind: Literal["positive", "negative", "alternating", "balanced", "biased"]
    sign: int
    mean: float
    rectified: float
    ratio: float
    ratio_doubt: float
    threshold: float

    @property
    def galvanic_form(self) -> bool | None:
        """Whether |mean| ≥ 0.98 of the rectified mean; None within two standard uncertainties of it."""
        distance = self.ratio - ONE_SIGN
        return None if abs(distance) <= 2.0 * self.ratio_doubt else distance > 0.0


@dataclass(frozen=True, kw_only=True)
class Reversal:
    """Current the other way.

    :param extreme: the largest such moving mean, signed, in the unit of the samples.
    :param at: when, s from the start of the record.
    """

    extreme: float
    at: float


def polarity(averages: Averages, schedule: Schedule, *, u: float = 0.0) -> Polarity:
    """Return the polarity of a record.

    :param averages: of the record, over whole cycles where it has some; without, what is left of the last cycle counts
        as part of the mean: 1 % of the rectified mean after 50 balanced pulses.
    :param schedule: of the same record.
    :param u: standard uncertainty of the mean beside noise and the ends of the cycles (zero, instrument), ≥ 0.
    :raises NotMeasurable: "polarity_undetermined" where nothing stands out of the noise, or the current has one sign
        and its mean is too uncertain to show it.

    Source: sign(mean) where |mean| > max(5u, 2 % of the average rectified value), this project's rule.
    """
    if not len(schedule.sign) or not averages.rectified > 0.0:
        least = schedule.threshold
        raise _undetermined(f"nothing exceeds {least:.3g}, where noise ends", averages.mean, least)
    u_mean = math.hypot(u, averages.mean_doubt, averages.ends / math.sqrt(3.0))
    threshold = max(5.0 * u_mean, _SIGN * averages.rectified)
    ratio = abs(averages.mean) / averages.rectified
    # A shifted zero moves mean and rectified mean of a direct current alike; this much of the time they go together.
    together = min(abs(averages.mean) / averages.level, 1.0) if averages.level > 0.0 else 0.0
    sign = (1 if averages.mean > 0.0 else -1) if abs(averages.mean) > threshold else 0
    if sign == 0 and len(schedule.sign) == 1 and schedule.sign[0] != 0:
        raise _undetermined(f"the mean {averages.mean:.3g} is below {threshold:.3g}", averages.mean, threshold)
    return Polarity(
        kind=_kind(sign, ratio, schedule),
        sign=sign,
        mean=averages.mean,
        rectified=averages.rectified,
        ratio=ratio,
        ratio_doubt=math.hypot(u * (1.0 - together), ratio * averages.rectified_doubt) / averages.rectified,
        threshold=threshold,
    )


def _kind(
    sign: int, ratio: float, schedule: Schedule
) -> Literal["positive", "negative", "alternating", "balanced", "biased"]:
    if schedule.both:
        return "alternating"
    if sign == 0:
        return "balanced"
    if ratio >= ONE_SIGN:
        return "positive" if sign > 0 else "negative"
    return "biased"


def polarity_schedule(
    record: Sampled, averages: Averages, *, hold: float = 0.1, known: Outline | None = None
) -> Schedule:
    """Return the runs of one sign of a record.

    A sign begins where |i| exceeds 10 % of ∫i²/∫|i|, and what noise can do. Neighbours of one sign are one run; two or
    more runs that are each shorter than ``hold`` are one run of sign 0, and one alone keeps its sign: it is a
    reversal. A run whose charge a slow tail gives back is of sign 0 too.

    :param averages: of the record.
    :param hold: s; longer than the phases of a pulse, shorter than a program's polarity swap.
    :param known: the record's outline, where the caller has it.
    :raises ValueError: for a ``hold`` that is not positive and finite.
    :raises NotMeasurable: for an empty record, or samples that are none.

    Source: run lengths of the sign of the phase charge.
    """
    samples = checked(record)
    if not 0.0 < hold < math.inf:
        raise ValueError(f"hold {hold!r} s; it must be positive and finite")
    noise = (expected_excess(2 * len(samples), 1) + _CLEAR) * record.noise
    threshold = max(_SHARE * averages.level, noise)
    starts, stops, signs = joined(*excursions(record, threshold, known or outline(record)))
    starts, stops, signs = _turns(starts, stops, signs, hold * record.sample_rate)
    signs = _given_back(record, starts, signs, threshold)
    starts, stops, signs = joined(starts, stops, signs)
    return Schedule(
        start=starts, stop=stops, sign=signs, sample_rate=record.sample_rate, threshold=threshold, hold=hold
    )


def reversal(found: Extremes, *, sign: int) -> Reversal | None:
    """Return the largest current against a sign, None where noise explains all that was seen.

    :param found: of the record, over the shortest event that counts.
    :param sign: +1 or −1, the sign that the mode must have.
    :raises ValueError: for another sign.
    """
    if sign not in (1, -1):
        raise ValueError(f"sign {sign!r}; it must be +1 or -1")
    against = found.negative if sign > 0 else found.positive
    most = (expected_excess(found.windows, found.window) + _CLEAR) * against.noise
    if -sign * against.raw > most:
        return Reversal(extreme=against.value, at=against.index / found.sample_rate)
    return None


def _turns(starts: Indices, stops: Indices, signs: Signs, hold: float) -> tuple[Indices, Indices, Signs]:
    """Join what takes turns faster than ``hold`` samples into runs of sign 0."""
    short = np.concatenate(([False], stops - starts < hold, [False]))
    alone = short[1:-1] & ~short[:-2] & ~short[2:]
    return joined(starts, stops, np.where(short[1:-1] & ~alone, 0, signs).astype(np.int8))


def _given_back(record: Sampled, starts: Indices, signs: Signs, threshold: float) -> Signs:
    """Return the signs, 0 where less than half of a run's charge beyond the threshold is left when the next begins."""
    if not len(signs):
        return signs
    kept = signs.copy()
    for run, (start, stop) in enumerate(zip(starts, np.append(starts[1:], len(record.samples)), strict=True)):
        if signs[run]:
            net = beyond = 0.0
            for part in pieces(record.samples[start:stop], record.zero):
                net += float(part.sum())
                far = part > threshold if signs[run] > 0 else part < -threshold
                beyond += float(np.dot(part, far.astype(part.dtype)))
            kept[run] = signs[run] if net * signs[run] >= _KEPT * abs(beyond) else 0
    return kept


def _undetermined(why: str, mean: float, threshold: float) -> NotMeasurable:
    text = f"{why}: check mode and level"
    return NotMeasurable("polarity_undetermined", text, value=f"{mean:.3g}", threshold=f"{threshold:.3g}")
