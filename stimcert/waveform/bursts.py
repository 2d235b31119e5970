# SPDX-License-Identifier: MIT
"""Bursts of pulses, ON/OFF programs, and the duty of each."""

from dataclasses import dataclass

import numpy as np

from stimcert.measured import NotMeasurable
from stimcert.waveform.peak import Floats, Indices
from stimcert.waveform.programs import Program
from stimcert.waveform.pulses import Pulses, Repetition, repetition_of

# A pause is one when it is this much longer than the next shorter interval.
_PAUSE = 2.0
_LEAST_BURSTS = 3


@dataclass(frozen=True, kw_only=True)
class Bursts:
    """Whole bursts in the order of time; arrays have shape (n,).

    :param start: of the first pulse of each, s from the start of the record.
    :param stop: end of its last pulse, s.
    :param pulses: number of pulses.
    :param rate: 1 / median of the times from start to start, 1/s.
    :param spread: standard deviation of these times, s.
    :param pause_limit: what parted them, s between the starts of two pulses.
    """

    start: Floats
    stop: Floats
    pulses: Indices
    rate: float
    spread: float
    pause_limit: float

    def __len__(self) -> int:
        return len(self.start)

    @property
    def duration(self) -> Floats:
        """From the start of the first pulse to the end of the last, s."""
        return self.stop - self.start


def find_bursts(pulses: Pulses, *, pause_limit: float | None = None) -> Bursts:
    """Divide pulses into bursts, leaving out the first and the last, which the record may have cut.

    :param pause_limit: longest time between the starts of two pulses of one burst, s. Without one it is put where the
        intervals, in order of length, have their widest gap, which must be a factor of two.
    :raises NotMeasurable: ``not_observed`` for pulses without pauses, and for fewer than three whole bursts.
    :raises ValueError: for a limit that is not positive and finite.
    """
    if pause_limit is not None and not 0.0 < pause_limit < np.inf:
        raise ValueError(f"pause limit {pause_limit!r} s; it must be positive and finite")
    times = np.diff(pulses.start)
    limit = _pause_limit(times) if pause_limit is None else pause_limit
    heads = np.flatnonzero(times > limit) + 1
    if len(heads) < _LEAST_BURSTS + 1:
        found = f"{max(len(heads) - 1, 0)} whole bursts"
        text = f"{found} in the record, {_LEAST_BURSTS} are needed"
        raise NotMeasurable("not_observed", text, observed=found, required=f"{_LEAST_BURSTS}")
    start, last = pulses.start[heads[:-1]], heads[1:] - 1
    periods = np.diff(pulses.start[heads])
    return Bursts(
        start=start,
        stop=pulses.stop[last],
        pulses=np.diff(heads),
        rate=1.0 / float(np.median(periods)),
        spread=float(periods.std(ddof=1)),
        pause_limit=limit,
    )


def _pause_limit(times: Floats) -> float:
    found = _widest_gap(times)
    if found is None:
        text = "the pulses come without pauses: no bursts"
        raise NotMeasurable("not_observed", text, observed="no pause between pulses", required="bursts")
    return found


def _widest_gap(times: Floats) -> float | None:
    """Return the geometric middle of the widest gap in the ordered intervals; None where it is no factor of two."""
    ordered = np.sort(times)
    ratios = ordered[1:] / ordered[:-1]
    if not len(ratios) or not ratios.max() >= _PAUSE:
        return None
    widest = int(ratios.argmax())
    return float(np.sqrt(ordered[widest] * ordered[widest + 1]))


def innermost_pause(pulses: Pulses, *, declared: bool) -> float | None:
    """Return the longest time between the starts of two pulses of one burst, s; None where pulses come without pauses.

    Bursts may be parted by longer pauses themselves, those of a program: the shortest kind of pause counts. Unless the
    plan declares bursts, intervals count as pauses only where at least three whole bursts have the same number of
    pulses, two at least and give or take one: a rate that changes, or pulses left out here and there, are no bursts.

    :param declared: whether the device is said to deliver bursts.
    """
    times, limit = np.diff(pulses.start), None
    while True:
        found = _widest_gap(times if limit is None else times[times <= limit])
        if found is None or not (declared or _regular(times, found)):
            return limit
        limit = found


def _regular(times: Floats, limit: float) -> bool:
    """Whether a limit between intervals divides the pulses into bursts that are alike."""
    heads = np.flatnonzero(times > limit) + 1
    counts = np.diff(heads)
    return len(counts) >= _LEAST_BURSTS and int(counts.min()) >= 2 and int(np.ptp(counts)) <= 1


def repetition_within(pulses: Pulses, pause_limit: float | None) -> Repetition:
    """Return the repetition frequency of pulses, the pauses between bursts left out.

    :param pause_limit: longest time between the starts of two pulses of one burst, s; None without bursts.
    :raises NotMeasurable: ``not_observed`` for fewer than two such intervals.
    """
    times = np.diff(pulses.start)
    return repetition_of(times if pause_limit is None else times[times <= pause_limit])


@dataclass(frozen=True, kw_only=True)
class Duty:
    """On-time over period at three levels, each 0 to 1.

    :param pulse: phase durations over the time from pulse to pulse; inside bursts where there are some.
    :param burst: burst duration over the time from burst to burst; None without bursts.
    :param program: ON over ON and OFF; None without a program.
    """

    pulse: float
    burst: float | None
    program: float | None


def duty(
    pulses: Pulses,
    *,
    bursts: Bursts | None = None,
    program: Program | None = None,
    pause_limit: float | None = None,
) -> Duty:
    """Return the duty of pulses, bursts and program: medians over each.

    :param pause_limit: as in :func:`repetition_within`, where the bursts themselves are not asked for.
    :raises NotMeasurable: ``not_observed`` for fewer than two pulses.
    """
    times = np.diff(pulses.start)
    limit = bursts.pause_limit if bursts is not None else pause_limit
    if limit is not None:
        times = times[times <= limit]
    if not len(times):
        text = "two whole pulses are needed for a duty"
        raise NotMeasurable("not_observed", text, observed=f"{len(pulses)} pulses", required="2")
    on = float(np.median(pulses.duration.sum(axis=1)))
    return Duty(
        pulse=on / float(np.median(times)),
        burst=None if bursts is None else float(np.median(bursts.duration)) * bursts.rate,
        program=None if program is None else program.duty,
    )
