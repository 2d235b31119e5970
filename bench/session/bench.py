# SPDX-License-Identifier: MIT
"""What a bench test asks of the bench: go to each point, capture the current, watch it, take its mean."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial

from bench.session.ammeter import Ammeter
from bench.session.capture_plan import CapturePlan, plan_capture
from bench.session.foresight import no_whole_period
from bench.session.inputs import Inputs
from bench.session.observe import Observer, exceeds
from bench.session.planner import Setup, plan_setup, ranged_setup
from bench.session.point import Capture, MeanCurrent, Point, repeats_of
from bench.session.provoking import Provoking
from bench.session.recorder import Recorder, Watching
from bench.session.remembered import Remembered
from bench.session.rows import rows_of
from bench.session.sampling import LONG_RATE, sampling_of
from bench.session.surroundings import surroundings_of
from bench.session.trust import refuse_contradiction, smu_may_read
from bench.session.wiring import Wiring
from instruments.station import Station
from stimcert.measured import Measured, NotMeasurable
from stimcert.models import resistance
from stimcert.pilot import readings_for
from stimcert.plan import Case, Mode
from stimcert.procedures import AFTERWARDS, comes_down
from stimcert.reading import MeanReading, Status, Zero
from stimcert.specification import as_used
from stimcert.surroundings import Surroundings


class Bench(Provoking):
    """The station as a bench test sees it: points, captures and means, in the device's terms.

    :param zeros: the digitizer's zero per range, from the station check.
    :param progress: called with each point before it is measured.
    :param load_readings: the voltage and the current behind each load, by nominal value and shunt, from the same check.
    :param seed: decides at which moments events are made.
    :ivar wiring: port, shunt, load and bypass.
    :ivar ammeter: the SMU.
    :ivar recorder: the digitizer; None on a station without one.
    """

    def __init__(
        self,
        station: Station,
        inputs: Inputs,
        zeros: dict[float, Zero],
        progress: Callable[[Point], None],
        load_readings: Mapping[tuple[float, float], tuple[MeanReading, MeanReading]] | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(seed)
        self.station = station
        self.wiring = Wiring(station, inputs.station.load_box)
        self._load_readings = load_readings or {}
        specified = partial(
            as_used, convention=inputs.plan.accuracy_convention, kelvin_outside=inputs.plan.kelvin_outside
        )
        sampling = sampling_of(inputs.station)
        self.ammeter = Ammeter(station.smu, specified)
        self.recorder = (
            Recorder(station.digitizer, zeros, sampling, specified) if station.digitizer and sampling else None
        )
        self._inputs = inputs
        self._shown = progress
        self._counts: dict[tuple[str, float], int] = {}
        self._setup: Setup | None = None
        self._last: tuple[Point, Capture] | None = None
        self._plans = Remembered[CapturePlan | None]()
        self._around = Remembered[Surroundings]()

    @property
    def whole(self) -> "Bench":
        """The bench itself."""
        return self

    def _progress(self, point: Point) -> None:
        self._shown(point)

    @property
    def setup(self) -> Setup:
        """How the mode of the present point is measured: shunt, ranges, times.

        :raises RuntimeError: before the first point.
        """
        if self._setup is None:
            raise RuntimeError("the bench is at no point: go through points(case)")
        return self._setup

    @property
    def shunt(self) -> float:
        """The nominal value of the shunt in the loop, Ω."""
        return self.setup.shunt.value.si

    def measured_load(self, point: Point) -> Measured:
        """Return the total resistance that the device sees at a point, Ω, as the station check measured it.

        :raises NotMeasurable: for a network, which is no resistance, and for a load that was not measured.
        """
        key = (max(point.load, self.shunt), self.shunt)
        if point.network is not None or key not in self._load_readings:
            text = f"{point.load_words} is no resistance that was measured: R·i needs one"
            raise NotMeasurable("not_resistive", text, load=point.load_words)
        return resistance(*self._load_readings[key])

    def points(self, case: Case) -> Iterator[Point]:
        """Go to every point of a case, one after the other; the slowest axis is outermost.

        The device is stopped whenever the load changes, and at the end. Where limits are judged, one point more comes
        after the top level: "up" is pressed once again, which must change nothing.
        """
        for name in case.modes:
            mode = self._inputs.plan.mode_named(name)
            self._prepare(mode)
            for load, network in case.places():
                self._connect(load, network)
                for point in self._levels(case, mode, load, network):
                    self._shown(point)
                    yield point
                self.station.dut.stop()

    def _levels(self, case: Case, mode: Mode, load: float, network: str | None) -> Iterator[Point]:
        levels = case.levels_of(mode)
        for level, following in zip(levels, (*levels[1:], None), strict=True):
            self.station.dut.set_level(level)
            if following is not None:
                self.station.foresee("dut", "set_level", following)
            self.settle(case)
            point = Point(case=case, mode=mode, level=level, load=load, network=network)
            yield from self._repeated(point)
            if point.goes_above:
                self.station.dut.level_up()
                self.settle(case)
                yield replace(point, one_more_up=True)
        for level in reversed(levels[:-1]) if comes_down(case.procedure) else ():
            self.station.dut.set_level(level)
            self.settle(case)
            yield Point(case=case, mode=mode, level=level, load=load, network=network, descending=True)

    def _repeated(self, point: Point) -> Iterator[Point]:
        """Yield a point as often as its case repeats it, with the leads taken off in between where it says so."""
        for repeat in repeats_of(point):
            if repeat.case.reconnect and (repeat.repetition or 1) > 1:
                self.station.dut.stop()
                self._connect_with(self.setup, point)
                self.run_at(point)
            elif (repeat.repetition or 1) > 1:
                self.settle(point.case)
            yield repeat

    def steady(self, point: Point) -> Capture:
        """Record the output at a point for its dwell, or for a whole period of its waveform where that is longer."""
        return self.capture(point, seconds=max(point.case.dwell.si, point.cycle or 0.0))

    def run_at(self, point: Point) -> None:
        """Start the device at the level of a point, or see that it runs, and wait until it has settled."""
        self.station.dut.start()
        self.station.dut.set_level(point.level)
        self.settle(point.case)

    def settle(self, case: Case) -> None:
        """Wait as long as a case says after every change of the device."""
        self.station.clock.wait(case.settle.si)

    @contextmanager
    def ranged_for(self, point: Point, current: float) -> Iterator[None]:
        """Be ready for a small current at a point instead of the mode's worst case: shunt and all ranges.

        The device must be stopped; where the shunt changes, its port is opened meanwhile. The shunt stands the mode's
        worst case all the same, and what exceeds the ranges is captured one range up as ever.

        :param current: largest current expected, A, > 0.
        """
        running, small = self.setup, ranged_setup(self._inputs, self.setup, current)
        self._change_to(small, point)
        try:
            yield
        finally:
            self._change_to(running, point)

    def _change_to(self, setup: Setup, point: Point) -> None:
        """Change ranges, and the wiring where the shunt is another one."""
        if setup.shunt != self.setup.shunt:
            self._connect_with(setup, point)
        self._setup, self._last = setup, None

    def _connect_with(self, setup: Setup, point: Point) -> None:
        self._setup, self._last = setup, None
        self.wiring.open(setup)
        self.wiring.connect(setup, point.load, point.network)

    def _prepare(self, mode: Mode) -> None:
        """Bring the bench into the set-up of a mode, with the device stopped and the port open."""
        station, setup = self.station, plan_setup(self._inputs, mode)
        station.dut.stop()
        self.wiring.open(setup)
        self.ammeter.prepare(setup)
        station.dut.select_mode(mode.name)
        self._setup = setup

    def _connect(self, load: float, network: str | None) -> None:
        """Set the load while nothing flows, then connect and start the device."""
        self.wiring.connect(self.setup, load, network)
        self.station.dut.start()

    def capture(self, point: Point, *, seconds: float | None = None) -> Capture:
        """Observe the current at a point for its dwell, with the SMU out of the loop.

        A dwell that fits the digitizer's memory is one record at the fastest rate. Of a longer one the rest is watched
        at that rate with the trigger armed at the acceptance limit of the lowest ceiling; what it catches is kept.
        Where the mode has a program that the dwell holds three times, three periods are recorded slowly first, and the
        fast record is taken where they were strongest. A clipped record is repeated one range up, and kept.

        Without a digitizer the SMU's mean is all there is; it is repeated one range up in the same way.

        :param seconds: nothing but one record at the fastest rate, for so long.
        """
        plan = self._plan(point) if self.recorder is not None else None
        if seconds is not None or plan is None:
            return self._captured(point, seconds or point.case.dwell.si)
        return self._keep(point, self._observer().observe(self.setup, point, plan))

    def long_record(self, point: Point) -> Capture:
        """Record the current at a point for its whole dwell without a gap, at 100 kHz or what memory allows."""
        return self._captured(point, point.case.dwell.si, slowly=True)

    def program_record(self, point: Point, *, periods: float = 3.0) -> Capture:
        """Record so many periods of the mode's declared program without a gap, at 100 kHz or what memory allows.

        A mode without a program is recorded for the dwell. Without a digitizer the SMU's mean is all there is.
        """
        seconds = periods * point.program if point.program is not None else point.case.dwell.si
        return self._captured(point, seconds, slowly=True)

    def strongest(self, point: Point, whole: Capture, *, seconds: float) -> Capture:
        """Record at the fastest rate where a slow record of this point shows its mode's program at its strongest.

        Without a program, or a digitizer, this is a capture like any other. Where the slow record had to be so slow
        that short events are lost in it, as much time as it lasted is watched for anything higher.

        :param whole: the slow record, which ended just now.
        """
        if not whole.records:
            return self._captured(point, seconds)
        record, observer = whole.records[-1], self._observer()
        if point.program is not None:
            observer.await_strongest(record, window=seconds, period=point.program)
        capture = self._captured(point, seconds)
        if record.waveform.sample_rate >= LONG_RATE:
            return capture
        lasted = len(record.waveform.samples) / record.waveform.sample_rate
        watching = observer.watch_for_higher(self.setup, capture.records[-1], seconds=lasted)
        return self._keep(point, replace(capture, caught=watching.caught, armed=watching.seconds))

    def watch(self, point: Point, seconds: float, *, level: float, middle: float = 0.0) -> Watching:
        """Watch at a point with the trigger armed at ± ``level``, until ``seconds`` have been seen at the full rate.

        What the trigger catches is recorded and kept; then it is armed again, unless a ceiling of the case is exceeded
        beyond doubt. Without a digitizer nothing is seen.

        :param level: A, > 0, from ``middle``.
        :param middle: A, from the measured zero.
        """
        plan = self._plan(point)
        if self.recorder is None or plan is None:
            return Watching(seconds=0.0)
        self.wiring.bypass(True)
        return self.recorder.watch(
            self.setup,
            level=level,
            middle=middle,
            seconds=seconds,
            enough=lambda record: exceeds(record, plan.ceilings),
        )

    def armed_at(self, point: Point) -> float:
        """Return the magnitude at which a watch is armed, A: the acceptance limit of the lowest ceiling of the case."""
        plan = self._plan(point)
        return plan.level if plan is not None else self.setup.worst_case

    def now(self) -> float:
        """Return the bench time, s."""
        return self.station.clock.now()

    def wait(self, seconds: float) -> None:
        """Let bench time pass; not at all for what is not above 0 s."""
        if seconds > 0.0:
            self.station.clock.wait(seconds)

    def restart(self, point: Point) -> float:
        """Stop the device at a point and start it again at its level; return when, bench time in s."""
        self.station.dut.stop()
        self.station.dut.start()
        moment = self.now()
        self.station.dut.set_level(point.level)
        self.settle(point.case)
        return moment

    @contextmanager
    def over(self, point: Point, *, ended: bool) -> Iterator[None]:
        """Be ready for what flows at a point after the output: on the ranges of the case's bounds for that.

        :param ended: whether the output ended by itself; else the device is stopped.
        """
        if not ended:
            self.station.dut.stop()
        self.settle(point.case)
        rows = [row for metric in AFTERWARDS for row in rows_of(self._inputs, point, metric)]
        bounds = [abs(bound) for row in rows for bound in (row.lower, row.upper) if bound]
        with self.ranged_for(point, max(bounds)) if bounds else nullcontext():
            yield

    def _observer(self) -> Observer:
        if self.recorder is None:
            raise RuntimeError("this station has no digitizer: nothing can be observed at a full rate")
        self.wiring.bypass(True)
        return Observer(self.recorder, self.station.clock)

    def _captured(self, point: Point, seconds: float, *, slowly: bool = False) -> Capture:
        if self.recorder is None:
            return self._keep(point, Capture(means=tuple(self.ammeter.climb(self.setup))))
        self.wiring.bypass(True)
        records, seen = self.recorder.climb(self.setup, seconds, slowly=slowly)
        observed = min(seen / point.case.dwell.si, 1.0)
        return self._keep(point, Capture(records=records, observed=observed, slowly=slowly))

    def _plan(self, point: Point) -> CapturePlan | None:
        setup = self.setup
        return self._plans.get((setup, *point.bounds_depend_on), lambda: plan_capture(self._inputs, setup, point))

    def _keep(self, point: Point, capture: Capture) -> Capture:
        key = (point.mode, point.load, point.network, self.shunt)
        around = self._around.get(key, lambda: surroundings_of(self._inputs, point, self.shunt))
        capture = replace(capture, around=around)
        self._last = (point, capture)
        return capture

    def mean_current(self, point: Point) -> MeanCurrent:
        """Take the mean current at a point.

        The SMU reads it only when the peak captured at this very point stays under 95 % of its range and limit and
        its integration time holds whole cycles of the device; otherwise the mean is the digitizer's.

        :raises BenchError: when the SMU reports a limit or an overflow that the captured peak contradicts.
        """
        setup = self.setup
        capture = self._last[1] if self._last is not None and self._last[0] == point else None
        if capture is not None and capture.means:
            return MeanCurrent(reading=capture.means[-1], refused=no_whole_period(self._inputs, point.mode))
        if self.recorder is not None and not smu_may_read(setup, capture):
            return MeanCurrent(record=(capture or self.capture(point)).of_cycles(point.cycle))
        self.wiring.bypass(False)
        reading, pilot = self._piloted(setup, point)
        if self.recorder is not None:
            refuse_contradiction(reading)
        else:
            return MeanCurrent(reading=reading, refused=no_whole_period(self._inputs, point.mode), pilot=pilot)
        record = capture.of_cycles(point.cycle) if capture is not None else None
        return MeanCurrent(reading=reading, record=record, pilot=pilot)

    def _piloted(self, setup: Setup, point: Point) -> tuple[MeanReading, MeanReading | None]:
        """Read the mean as often as a pilot said, which is read first where a mode meets a range for the first time."""
        key, pilot = (point.mode.name, setup.smu_range), None
        if key not in self._counts:
            pilot = self.ammeter.read(setup)
            if pilot.status is not Status.VALID:
                return pilot, None
            self._counts[key] = readings_for(pilot)
        return self.ammeter.read(setup, self._counts[key]), pilot
