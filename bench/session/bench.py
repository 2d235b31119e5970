# SPDX-License-Identifier: MIT
"""What a bench test asks of the bench: go to each point, capture the current, take its mean."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench.session.inputs import Inputs
from bench.session.planner import HIGHEST_SMU_RANGE, Setup, plan_setup, record_length
from bench.session.point import Capture, MeanCurrent, Point
from instruments.errors import BenchError
from instruments.roles import Digitizer
from instruments.station import Station
from stimcert.plan import Case, Mode
from stimcert.procedures import comes_down
from stimcert.reading import Certified, CurrentRecord, MeanReading, Status, Zero

LONG_RATE = 1e5
"""1/s: the slowest rate at which a sample is no longer than an event of 10 µs."""

# The SMU's mean is read only when nothing in the record comes near its range or limit.
_SAFE_SHARE = 0.95


class Bench:
    """The station as a bench test sees it: points, captures and means, in the device's terms.

    :param zeros: the digitizer's zero per range, from the station check.
    :param progress: called with each point before it is measured.
    """

    def __init__(
        self, station: Station, inputs: Inputs, zeros: dict[float, Zero], progress: Callable[[Point], None]
    ) -> None:
        self.station = station
        self._inputs = inputs
        self._zeros = zeros
        self._progress = progress
        self._setup: Setup | None = None
        self._bypassed: bool | None = None
        self._network: str | None = None
        self._digitizing: tuple[float, float, int] | None = None
        self._smu_range: float | None = None
        self._last: tuple[Point, Capture] | None = None

    @property
    def shunt(self) -> float:
        """The nominal value of the shunt in the loop, Ω."""
        return self._in_setup().shunt.value.si

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
                    self._progress(point)
                    yield point
                self.station.dut.stop()

    def _levels(self, case: Case, mode: Mode, load: float, network: str | None) -> Iterator[Point]:
        for level in case.levels_of(mode):
            self.station.dut.set_level(level)
            self._settle(case)
            point = Point(case=case, mode=mode, level=level, load=load, network=network)
            yield point
            if level == mode.levels and case.limits:
                self.station.dut.level_up()
                self._settle(case)
                yield replace(point, one_more_up=True)
        for level in reversed(case.levels_of(mode)[:-1]) if comes_down(case.procedure) else ():
            self.station.dut.set_level(level)
            self._settle(case)
            yield Point(case=case, mode=mode, level=level, load=load, network=network, descending=True)

    @contextmanager
    def stopped(self, point: Point) -> Iterator[None]:
        """Stop the device at a point; it runs on afterwards."""
        self.station.dut.stop()
        self._settle(point.case)
        yield
        self.station.dut.start()
        self._settle(point.case)

    def _settle(self, case: Case) -> None:
        self.station.clock.wait(case.settle.si)

    def _prepare(self, mode: Mode) -> None:
        """Bring the bench into the set-up of a mode, with the device stopped and the port open."""
        station, setup = self.station, plan_setup(self._inputs, mode)
        station.dut.stop()
        station.switch.set_port("open")
        station.switch.select_shunt(setup.shunt.value.si)
        station.switch.set_tap("shunt")
        self._smu_range = None
        self._ammeter(setup, setup.smu_range)
        station.smu.output(True)
        station.dut.select_mode(mode.name)
        self._setup = setup

    def _connect(self, load: float, network: str | None) -> None:
        """Set the load while nothing flows, then connect and start the device."""
        station, setup = self.station, self._in_setup()
        station.switch.set_port("open")
        if station.skin is not None and network != self._network:
            station.skin.select(network)
            self._network = network
        if network is None:
            station.load_box.set_resistance(self._inputs.station.load_box.setting(load, setup.shunt.value.si))
        self._bypass(station.digitizer is not None)
        station.switch.set_port("device")
        station.dut.start()

    def _in_setup(self) -> Setup:
        if self._setup is None:
            raise RuntimeError("the bench is at no point: go through points(case)")
        return self._setup

    def _bypass(self, bypassed: bool) -> None:
        if self._bypassed is not bypassed:
            self.station.switch.set_bypass(bypassed)
            self._bypassed = bypassed

    def capture(self, point: Point, *, seconds: float | None = None) -> Capture:
        """Record the current at a point at the fastest rate, for its dwell, with the SMU out of the loop.

        A clipped record is repeated one range up, and kept. Without a digitizer the SMU's mean is all there is; it is
        repeated one range up in the same way.

        :param seconds: record for so long instead of the dwell.
        """
        return self._captured(point, seconds or point.case.dwell.si)

    def long_record(self, point: Point) -> Capture:
        """Record the current at a point for its whole dwell, as slowly as shows events of 10 µs, or slower."""
        return self._captured(point, point.case.dwell.si, rate=LONG_RATE)

    def _captured(self, point: Point, seconds: float, *, rate: float | None = None) -> Capture:
        setup, digitizer = self._in_setup(), self.station.digitizer
        if digitizer is None or setup.digitizer_range is None:
            capture = Capture(means=tuple(self._means_alone(setup)))
        else:
            self._bypass(True)
            share = min(seconds / point.case.dwell.si, 1.0)
            capture = self._ranging(digitizer, setup, seconds, rate or digitizer.max_sample_rate, share)
        self._last = (point, capture)
        return capture

    def _means_alone(self, setup: Setup) -> Iterator[MeanReading]:
        """Read the mean, one range up as long as the SMU reports its limit or an overflow."""
        for current_range in (r for r in self.station.smu.current_ranges if setup.smu_range <= r <= HIGHEST_SMU_RANGE):
            self._ammeter(setup, current_range)
            reading = self.station.smu.read_current(setup.readings)
            yield reading
            if reading.status is Status.VALID:
                return

    def _ammeter(self, setup: Setup, current_range: float) -> None:
        """Put the SMU on a range, unless it is there; its limit is as high as the plan or the range wants."""
        if self._smu_range != current_range:
            limit = max(setup.smu_limit, current_range)
            smu, nplc = self.station.smu, setup.nplc or 1.0
            smu.configure_ammeter(current_range=current_range, limit=limit, nplc=nplc)
            self._smu_range = current_range

    def _ranging(self, digitizer: Digitizer, setup: Setup, seconds: float, rate: float, share: float) -> Capture:
        """Record on each range until one is not clipped.

        :param share: of the dwell that a whole record shows.
        """
        count = record_length(seconds, rate)
        records: list[CurrentRecord] = []
        for voltage_range in digitizer.voltage_ranges:
            if voltage_range < (setup.digitizer_range or 0.0) or voltage_range not in self._zeros:
                continue
            records.append(self._record(digitizer, setup, voltage_range, rate, count))
            if not records[-1].waveform.clipped:
                break
        return Capture(records=tuple(records), observed=min(count / rate / seconds, 1.0) * share)

    def _record(
        self, digitizer: Digitizer, setup: Setup, voltage_range: float, rate: float, count: int
    ) -> CurrentRecord:
        if self._digitizing != (voltage_range, rate, count):
            digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=count)
            self._digitizing = (voltage_range, rate, count)
        shunt = Certified(
            value=setup.shunt.value.si,
            expanded_uncertainty=setup.shunt.expanded_uncertainty.si,
            coverage_factor=setup.shunt.coverage_factor,
            certificate=setup.shunt.certificate,
        )
        zero = self._zeros[voltage_range]
        if rate != digitizer.max_sample_rate:
            # Measured at the fastest rate; a longer sample averages over more of the noise.
            zero = replace(zero, noise=zero.noise * math.sqrt(rate / digitizer.max_sample_rate))
        return CurrentRecord(waveform=digitizer.capture(), shunt=shunt, zero=zero)

    def mean_current(self, point: Point) -> MeanCurrent:
        """Take the mean current at a point.

        The SMU reads it only when the peak captured at this very point stays under 95 % of its range and limit and
        its integration time holds whole cycles of the device; otherwise the mean is the digitizer's.

        :raises BenchError: when the SMU reports a limit or an overflow that the captured peak contradicts.
        """
        setup = self._in_setup()
        capture = self._last[1] if self._last is not None and self._last[0] == point else None
        if capture is not None and capture.means:
            return MeanCurrent(reading=capture.means[-1])
        if self.station.digitizer is not None and not self._smu_may_read(setup, capture):
            return MeanCurrent(record=capture.records[-1] if capture is not None else self.capture(point).records[-1])
        self._bypass(False)
        reading = self.station.smu.read_current(setup.readings)
        if reading.status is not Status.VALID and self.station.digitizer is not None:
            raise BenchError(
                f"smu reports {reading.status.value} on its {reading.range:g} A range, but the peak captured at this "
                f"point is below {_SAFE_SHARE:.0%} of range and limit; check the SMU",
                code="current_limited" if reading.status is Status.LIMITED else "overrange",
                role="smu",
                limit=f"{reading.limit:g} A",
                range=f"{reading.range:g} A",
            )
        return MeanCurrent(reading=reading, record=capture.records[-1] if capture is not None else None)

    def _smu_may_read(self, setup: Setup, capture: Capture | None) -> bool:
        if capture is None or setup.nplc is None or capture.records[-1].waveform.clipped:
            return False
        return _raw_peak(capture.records[-1]) < _SAFE_SHARE * min(setup.smu_range, setup.smu_limit)


def _raw_peak(record: CurrentRecord) -> float:
    """Return the largest magnitude of a record, A, sample by sample: no averaging may hide what the SMU would see."""
    samples = record.waveform.samples
    highest, lowest = float(samples.max()), float(samples.min())
    return max(abs(highest - record.zero.mean), abs(lowest - record.zero.mean)) / record.shunt.value
