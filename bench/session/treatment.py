# SPDX-License-Identifier: MIT
"""A whole treatment at one point, from the start of the output to its end: looked at in steps, watched in between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from bench.session.bench import Bench
from bench.session.evaluate import outcome
from bench.session.judge import PROVING
from bench.session.point import Capture, Derived, MeanCurrent, Point
from bench.session.recorder import MOST_CAUGHT
from bench.session.sign_rows import REVERSED
from stimcert.measured import Measured, NotMeasurable
from stimcert.models import mean_of_record, rectified_mean
from stimcert.reading import CurrentRecord
from stimcert.treatment import Ending, Look, Result, course, dose, drift, ended_after, mean_drift

LOOKS = 21
"""Looks at the output from the start to the end of a treatment, unless a program makes each of them long."""

STEPS = 8
"""Looks between the earliest and the latest moment at which a declared timer may end the output."""

OFF_SECONDS = 1.0
"""s: how long the output is looked at after its end."""

_LEAST_LOOKS = 4
_SHORTEST, _CYCLES = 0.1, 3.0
# At most this share of a treatment goes into looks; the rest is watched at the full rate.
_LOOKING = 0.05
# Less than this share of the first look's peak is no output.
_OFF = 0.1
_SOON = 0.1
# Source: stimcert.proof: an output of which nothing is declared is above ten of its standard uncertainties.
_ABOVE_NOISE = 10.0


@dataclass
class Treatment:
    """One treatment; :meth:`run` goes through it.

    :ivar ending: when the output was last seen on, and first seen off.
    :ivar looks: what each look at the output showed, until the timer may act.
    """

    bench: Bench
    point: Point
    looks: list[Look] = field(default_factory=list)
    ending: Ending = field(default_factory=lambda: Ending(on=0.0, off=None))
    _start: float = 0.0
    _seen: float = 0.0
    _lasted: float = 0.0
    _captures: list[tuple[Capture, Result]] = field(default_factory=list)
    _gone: list[Look] = field(default_factory=list)
    _caught: list[CurrentRecord] = field(default_factory=list)
    _exceeded: bool = False

    def run(self) -> None:
        """Start the device anew and stay until its output ends, or for as long as it may last at most."""
        self._start = self.bench.restart(self.point)
        self._look()
        if not _flows(self.looks[0].peak):
            return
        for moment in self._moments():
            self._watch_until(moment)
            if not self._look():
                break
        self._lasted = self.bench.now() - self._start

    @property
    def ended(self) -> bool:
        """Whether the output ended by itself."""
        return self.ending.off is not None

    @property
    def whole(self) -> Capture:
        """All that was recorded: the look with the largest peak, the others beside it, and what the trigger caught.

        Observed is what was seen at the full rate, over all the time from the start to the end of the last look: in
        settling, arming and reading out nothing is seen. Looks as slow as a program asks for show no short event, so
        that only what was watched counts then.
        """
        chosen, _ = max(self._captures, key=lambda one: _height(one[1]))
        others = (capture.records[-1:] for capture, _ in self._captures if capture is not chosen)
        return replace(
            chosen,
            looks=tuple(record for records in others for record in records),
            caught=tuple(self._caught),
            observed=min(self._seen / self._lasted, 1.0) if self._lasted > 0.0 else 0.0,
            slowly=False,
        )

    def results(self) -> Iterator[tuple[str, Derived]]:
        """Yield what the treatment comes to, metric by metric; where it has no value, why."""
        if not _flows(self.looks[0].peak):
            refusal = NotMeasurable("no_output_proven", "no output", found="nothing", expected="an output")
            nothing = Derived(result=refusal)
            yield from ((metric, nothing) for metric in self._metrics())
            return
        yield "treatment.drift", _derived(lambda: drift([*self.looks, *self._gone]))
        yield "treatment.mean_drift", _derived(lambda: mean_drift(self.looks))
        if self.ended or self.point.mode.ends_between is not None:
            yield "treatment.auto_off", _derived(lambda: ended_after(self.ending))
        yield "charge.dose", _derived(lambda: dose(self.looks, self.ending))
        if (treatments := self.point.mode.treatments) is not None:
            yield "charge.course", _derived(lambda: course(dose(self.looks, self.ending), treatments=treatments))

    def _metrics(self) -> Iterator[str]:
        yield from ("treatment.drift", "treatment.mean_drift", "charge.dose")
        yield from ("treatment.auto_off",) if self.point.mode.ends_between is not None else ()
        yield from ("charge.course",) if self.point.mode.treatments is not None else ()

    def _moments(self) -> Iterator[float]:
        """Yield when each further look begins, s from the start: evenly, and closer where a timer may act."""
        dwell, ends, length = self.point.case.dwell.si, self.point.mode.ends_between, self._length
        last = (min(dwell, ends[0]) if ends is not None else dwell) - length - _SOON
        count = max(min(LOOKS, int(_LOOKING * dwell / length)), _LEAST_LOOKS) - 1
        yield from (last * number / count for number in range(1, count + 1))
        if ends is not None:
            step = (ends[1] - ends[0]) / STEPS
            yield from (ends[0] + step * number for number in range(1, STEPS + 2))

    @property
    def _length(self) -> float:
        """How long one look lasts, s: a whole program, or some cycles."""
        if self.point.program is not None:
            return self.point.program
        return max(_SHORTEST, _CYCLES * (self.point.cycle or 0.0))

    def _look(self) -> bool:
        """Look at the output; return whether there is any."""
        bench, point = self.bench, self.point
        begun = bench.now() - self._start
        slowly = point.program is not None
        capture = bench.program_record(point, periods=1.0) if slowly else bench.capture(point, seconds=self._length)
        ended = bench.now() - self._start
        self._seen += 0.0 if slowly else _lasts(capture)
        look = _seen_in(bench, capture, point, (begun + ended) / 2.0)
        if self.looks and not _height(look.peak) > _OFF * _height(self.looks[0].peak):
            self.ending = Ending(on=self.ending.on, off=ended)
            self._gone += [look] if begun < self._earliest else []
            return False
        # From when the timer may act on, a record may be one in which the output ends, and no measure of its height.
        if not self.looks or begun < self._earliest:
            self.looks.append(look)
        self._captures.append((capture, look.peak))
        self.ending = Ending(on=begun, off=None)
        return True

    @property
    def _earliest(self) -> float:
        """Until when the output must last, s."""
        dwell, ends = self.point.case.dwell.si, self.point.mode.ends_between
        return min(dwell, ends[0]) if ends is not None else dwell

    def _watch_until(self, moment: float) -> None:
        """Watch at the full rate until so many seconds from the start; once beyond all doubt, only wait."""
        seconds = self._start + moment - self.bench.now()
        if seconds > 0.0 and not self._exceeded and len(self._caught) < MOST_CAUGHT:
            low, high = self._window()
            watching = self.bench.watch(self.point, seconds, level=(high - low) / 2.0, middle=(high + low) / 2.0)
            self._seen += watching.seconds
            self._caught += watching.caught
            self._exceeded = watching.enough
        self.bench.wait(self._start + moment - self.bench.now())

    def _window(self) -> tuple[float, float]:
        """Return what the current may be without being looked at, A: up to its ceiling, not against its direction.

        That is the direction in which it flows, whether it is the right one or not.
        """
        level, mean = self.bench.armed_at(self.point), self.looks[0].mean
        peak = _height(self.looks[0].peak)
        if self.point.mode.expected_sign is None or not isinstance(mean, Measured) or not peak > 0.0:
            return -level, level
        against = REVERSED * min(peak, level)
        return (-against, level) if mean.value > 0.0 else (-level, against)


def rest(bench: Bench, point: Point) -> Capture:
    """Record what flows after the output; no share of the dwell has a meaning for that."""
    return replace(bench.capture(point, seconds=OFF_SECONDS), observed=None)


def _lasts(capture: Capture) -> float:
    """Return the length of a record, s, however long it was to be; 0 without one."""
    return sum(len(one.waveform.samples) / one.waveform.sample_rate for one in capture.records[-1:])


def _seen_in(bench: Bench, capture: Capture, point: Point, moment: float) -> Look:
    """Return what one capture shows."""
    cycle = point.program or point.cycle
    if capture.records:
        record = capture.of_cycles(cycle)
        mean, rectified = (
            _or_why(lambda: mean_of_record(record, cycle=cycle)),
            _or_why(lambda: rectified_mean(record, cycle=cycle)),
        )
    else:
        mean = outcome("current.mean", MeanCurrent(reading=capture.means[-1]), point)
        rectified = NotMeasurable("no_digitizer", "means only", quantity="the magnitude of a current")
    return Look(moment=moment, peak=outcome(PROVING, capture, point), mean=mean, rectified=rectified)


def _or_why(model: Callable[[], Measured]) -> Measured | NotMeasurable:
    try:
        return model()
    except NotMeasurable as refusal:
        return refusal


def _derived(model: Callable[[], Measured]) -> Derived:
    return Derived(result=_or_why(model))


def _flows(peak: Measured | NotMeasurable) -> bool:
    """Whether a peak is an output, and not the noise of an instrument."""
    return isinstance(peak, Measured) and abs(peak.value) > _ABOVE_NOISE * peak.uncertainty.standard


def _height(peak: Measured | NotMeasurable) -> float:
    return abs(peak.value) if isinstance(peak, Measured) else 0.0
