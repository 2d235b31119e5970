# SPDX-License-Identifier: MIT
"""What was seen of a mode at one point, and whether it is direct current."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from stimcert.interval import Interval, hull, largest, smallest
from stimcert.quantity import show

T = TypeVar("T")

RIPPLE = 0.1
"""Largest peak-to-peak ripple of direct current, as a share of its mean.

Source: "ripple-free" d.c. has a ripple content of at most 10 % r.m.s. (IEC 60050-826, from memory, unverified). Taken
here peak-to-peak, which is stricter for every shape, since a low duty hides high pulses from an r.m.s. value."""

LONG = 10.0
"""s: for how long a mode is watched at least: three times the slowest swap of polarity in use, 1 to 3 s."""

CYCLES = 3
"""Declared periods that must be seen, so that a program is not taken for what one part of it looks like."""

FINE_EVENT = 10e-6
"""s: events as short as this must be seen before a current may be called constant."""

FINE = 0.1
"""s: time in records that show them; slower changes show in the long record."""

_WHOLE = 1.0 - 1e-9


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What was seen at one mode, level and load, after settling. Currents in A, positive out of the active terminal.

    :param where: the point, as it stands in reasons: ``lift, level 8, 500 Ω``.
    :param peak: absolute peak, a magnitude, over events of ``FINE_EVENT``.
    :param highest: largest moving mean, with its sign.
    :param lowest: smallest moving mean, with its sign.
    :param mean: with its sign; of direct current over the whole record, else over whole cycles.
    :param unbroken: length of the longest record without a gap, s; at any sample rate.
    :param fine: time in records that show events of ``FINE_EVENT``, s.
    :param watched: ``fine``, and the time under a full-rate trigger that did not fire below ``peak``'s upper end, s.
    :param peak_to_peak: difference of the extremes, A, where its uncertainty is known by itself: an offset that both
        have in common is not in it. None: it is taken from the extremes, with the uncertainty of both.
    :param period: longest declared period (waveform, ON/OFF, swap of polarity), s; 0 where none is declared.
    :raises ValueError: for times that are negative or no numbers, a peak below zero, extremes out of order.
    """

    where: str
    peak: Interval
    highest: Interval
    lowest: Interval
    mean: Interval
    unbroken: float
    fine: float
    watched: float
    peak_to_peak: Interval | None = None
    period: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot have been observed."""
        times = (self.unbroken, self.fine, self.watched, self.period)
        if not all(0.0 <= each < math.inf for each in times):
            raise ValueError(f"{self.where}: times {times!r}; finite times, not negative, are needed")
        sizes = (self.peak,) if self.peak_to_peak is None else (self.peak, self.peak_to_peak)
        if any(size.high < 0.0 for size in sizes) or self.lowest.low > self.highest.high:
            raise ValueError(f"{self.where}: a peak is no less than zero, and lowest is no more than highest")

    @property
    def needed(self) -> float:
        """For how long it must be watched, s."""
        return max(LONG, CYCLES * self.period)

    @property
    def is_watched(self) -> bool:
        """Whether events of ``FINE_EVENT`` could be seen for as long as needed."""
        return self.watched >= self.needed * _WHOLE

    @property
    def swing(self) -> Interval:
        """Ripple, peak-to-peak, A, ≥ 0."""
        if self.peak_to_peak is not None:
            return self.peak_to_peak
        least = max(self.highest.low - self.lowest.high, 0.0)
        return Interval(low=least, high=self.highest.high - self.lowest.low)

    @property
    def is_smooth(self) -> bool | None:
        """Whether the ripple is below ``RIPPLE`` of the mean; a tie is neither."""
        mean = self.mean.magnitude
        if self.swing.high < RIPPLE * mean.low:
            return True
        return False if self.swing.low > RIPPLE * mean.high else None

    @property
    def has_direct_part(self) -> bool:
        """Whether the mean is more than ``RIPPLE`` of the peak for certain."""
        return self.mean.magnitude.low > RIPPLE * self.peak.high


@dataclass(frozen=True, kw_only=True)
class Form:
    """Whether a current is constant (None: cannot be told), and why."""

    answer: bool | None
    words: str


def observed_mean(where: str, mean: Interval, *, period: float = 0.0) -> Observed:
    """Return what a mean alone shows: nothing of the form, and that some peak is as large as the mean at least."""
    return Observed(
        where=where,
        peak=Interval(low=mean.magnitude.low, high=math.inf),
        highest=Interval(low=mean.low, high=math.inf),
        lowest=Interval(low=-math.inf, high=mean.high),
        mean=mean,
        unbroken=0.0,
        fine=0.0,
        watched=0.0,
        period=period,
    )


def joined(parts: Sequence[Observed]) -> Observed:
    """Return several records of one point, taken one after the other on one range, as one observation.

    What was not watched at full rate bounds the peak from below only; what recorded nothing shows no extremes.

    :raises ValueError: for none, or for records of different points.
    """
    if len({each.where for each in parts}) != 1:
        raise ValueError(f"records of one point are needed, found {', '.join(each.where for each in parts) or 'none'}")
    seen = [each for each in parts if each.unbroken > 0.0] or parts
    sharp = [each.peak.high for each in parts if each.watched > 0.0]
    least = max(each.peak.low for each in parts)
    return Observed(
        where=parts[0].where,
        peak=Interval(low=least, high=max(least, *sharp) if sharp else math.inf),
        highest=largest([each.highest for each in seen]),
        lowest=smallest([each.lowest for each in seen]),
        mean=hull([each.mean for each in parts]),
        unbroken=max(each.unbroken for each in parts),
        fine=sum(each.fine for each in parts),
        watched=sum(each.watched for each in parts),
        peak_to_peak=_joint_swing(seen),
        period=max(each.period for each in parts),
    )


def _joint_swing(seen: Sequence[Observed]) -> Interval | None:
    """Return the difference between the extremes of all records; None where one does not know its own."""
    known = [each.peak_to_peak for each in seen if each.peak_to_peak is not None]
    if len(known) < len(seen):
        return None
    span = max(_middle(each.highest) for each in seen) - min(_middle(each.lowest) for each in seen)
    doubt = max((each.high - each.low) / 2.0 for each in known)
    widest = largest(known)
    return Interval(low=max(widest.low, span - doubt), high=max(widest.high, span + doubt))


def constant(observed: Observed) -> Form:
    """Return whether the current is direct: one sign, little ripple, seen finely and for long enough.

    Pulses show in any record; their absence only in a long and a fine one.
    """
    span = f"from {_end(observed.lowest)} to {_end(observed.highest)}"
    if observed.highest.low > 0.0 > observed.lowest.high:
        return Form(answer=False, words=f"current of both signs, {span}")
    ripple = f"ripple {observed.swing.words('A')} on a mean of {observed.mean.words('A')}"
    if observed.is_smooth is False:
        return Form(answer=False, words=f"pulsed or alternating, {span}: {ripple}")
    if observed.is_smooth is None or not _one_sign(observed):
        return Form(answer=None, words=f"{ripple}, not to be told from {RIPPLE:.0%}")
    for seen, needed, how in ((observed.unbroken, observed.needed, "without a gap"), (observed.fine, FINE, "finely")):
        if not seen >= needed * _WHOLE:
            text = f"constant, but seen {how} for {show(seen, 's')} of the {show(needed, 's')} needed"
            return Form(answer=None, words=text)
    return Form(answer=True, words=f"direct current for {show(observed.unbroken, 's')}, {span}, {ripple}")


def first(found: Iterable[T]) -> T | None:
    """Return the first one, or None."""
    return next(iter(found), None)


def _one_sign(observed: Observed) -> bool:
    return observed.lowest.low > 0.0 or observed.highest.high < 0.0


def _middle(extreme: Interval) -> float:
    return (extreme.low + extreme.high) / 2.0


def _end(extreme: Interval) -> str:
    if math.isinf(extreme.low) or math.isinf(extreme.high):
        return extreme.words("A")
    return show(_middle(extreme), "A")
