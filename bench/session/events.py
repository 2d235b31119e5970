# SPDX-License-Identifier: MIT
"""Making an event happen at a random moment, and recording what the device does around it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from bench.session.inputs import Inputs
from bench.session.point import Capture, Derived, Moment, Point
from instruments.errors import CannotDo
from stimcert.events import EVENT_WORDS, OWN_CONTACTS
from stimcert.measured import NotMeasurable
from stimcert.quantity import show
from stimcert.reading import Certified, CurrentRecord
from stimcert.record_event import Band, steady_band
from stimcert.term import SQRT_3

if TYPE_CHECKING:
    from bench.session.bench import Bench

BEFORE = 5e-3
"""s of a record before the event."""

_ROOM = 0.01
"""s beside what relays, box and device are known to take: the way to the instrument and back."""

_LIFTED = 1.0
"""s without contact before it is made again, at least: so long a device may take to notice."""

_PHASE = 0.1
"""s at random before an event of a device whose cycle is not declared."""

_SWAPS = 2.0
"""Periods of the program within which a swap of the polarity must be seen."""


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class Provocation:
    """How an event is made.

    :param act: the event itself.
    :param prepare: brings the device where it can happen.
    :param takes: longest that ``act`` takes, s.
    """

    act: Callable[[], object]
    prepare: Callable[[], object] = _nothing
    takes: float = 0.0


@dataclass
class _Timed:
    """An action, and for how long it went on, s."""

    act: Callable[[], object]
    now: Callable[[], float]
    took: float = field(default=0.0, init=False)

    def __call__(self) -> None:
        began = self.now()
        self.act()
        self.took = self.now() - began


class Events:
    """The events of one case.

    :param seed: decides the moments.
    """

    def __init__(self, bench: "Bench", inputs: Inputs, *, seed: str) -> None:
        self._bench = bench
        self._inputs = inputs
        # For phases, not for secrets; the same on every machine.
        self._random = Random(seed)  # noqa: S311
        self._bands: dict[tuple[str, int, float, str | None, bool, bool], Band] = {}

    def capture(self, point: Point, steady: Capture) -> Capture | Derived:
        """Make the event of a point happen and record around it; the device runs on as before it.

        :param steady: the output at this point otherwise.
        """
        if self._bench.recorder is None:
            # The mean of the steady output can condemn; of an event it says nothing.
            return Capture(means=steady.means)
        try:
            band = self._band(point, steady)
            with self._running_on(point):
                return self._swap(point, band) if point.event == "polarity_swap" else self._around(point, band)
        except NotMeasurable as refusal:
            return Derived(result=refusal)
        except CannotDo as refusal:
            return _refused("dut_cannot", str(refusal), action=point.event)

    @contextmanager
    def _running_on(self, point: Point) -> Iterator[None]:
        """See that the device runs at the point as before, whatever was done to it."""
        self._bench.wiring.bypass(True)
        yield
        self._restored(point)

    def _restored(self, point: Point) -> None:
        bench, dut = self._bench, self._bench.station.dut
        if point.event == "mode_change":
            dut.select_mode(point.mode.name)
        if point.event == "charger":
            dut.connect_charger(False)
        bench.station.switch.set_port("device")
        bench.run_at(point)

    def _around(self, point: Point, band: Band) -> Capture:
        bench, recorder = self._bench, self._bench.recorder
        provocation, phases = self._provocation(point), list[float]()
        timed = _Timed(provocation.act, bench.station.clock.now)

        def prepare() -> None:
            if phases:
                self._restored(point)
            provocation.prepare()
            phases.append(self._random.uniform(0.0, point.program or point.cycle or _PHASE))
            bench.station.clock.wait(phases[-1])

        post = point.case.dwell.si + provocation.takes + _ROOM
        records: list[CurrentRecord] = []
        moments: list[Moment] = []
        for record, start in recorder.around(bench.setup, prepare, timed, pre=BEFORE, post=post) if recorder else ():
            own = timed.took if point.event in OWN_CONTACTS else 0.0
            records.append(record)
            moments.append(self._moment(point, band, start, own=own, phase=phases[-1]))
        return Capture(records=tuple(records), observed=1.0, moments=tuple(moments))

    def _swap(self, point: Point, band: Band) -> Capture:
        """Wait for the device to change the sign of its output by itself."""
        bench, recorder = self._bench, self._bench.recorder
        look = bench.capture(point)
        period = point.program or _alternates(point) or point.cycle or _PHASE
        phase = self._random.uniform(0.0, period)
        bench.station.clock.wait(phase)
        post = point.case.dwell.si
        found = (
            recorder.of_change(bench.setup, look.records[-1], seconds=_SWAPS * period + _PHASE, pre=BEFORE, post=post)
            if recorder
            else None
        )
        if found is None:
            seconds = show(_SWAPS * period + _PHASE, "s")
            text = f"the current did not change its sign within {seconds}"
            raise NotMeasurable("event_not_seen", text, event=EVENT_WORDS["polarity_swap"], duration=seconds)
        record, start = found
        return Capture(records=(record,), observed=1.0, moments=(self._moment(point, band, start, phase=phase),))

    def _moment(self, point: Point, band: Band, start: float, *, own: float = 0.0, phase: float = 0.0) -> Moment:
        return Moment(start=start, own=own, band=band, resistance=self._resistance(point), phase=phase)

    def _resistance(self, point: Point) -> Certified | None:
        """Return the load with its tolerance, Ω: box, contacts and shunt."""
        if point.network is not None:
            return None
        box, shunt = self._inputs.station.load_box, self._bench.shunt
        load = max(point.load, shunt)
        half_width = (load - shunt) * box.tolerance.si + box.residual.si
        return Certified(value=load, expanded_uncertainty=half_width, coverage_factor=SQRT_3, certificate="load box")

    # --- how each event is made

    def _provocation(self, point: Point) -> Provocation:
        dut, switch, station = self._bench.station.dut, self._bench.station.switch, self._inputs.station
        relay = station.switch.settle.si
        again = (point.repetition or 1) % 2 == 0
        match point.event:
            case "switch_on":
                return Provocation(prepare=lambda: self._stopped(point), act=dut.start)
            case "switch_off":
                return Provocation(act=dut.stop)
            case "mode_change":
                other = self._other_mode(point)
                return Provocation(act=lambda: dut.select_mode(other))
            case "level_change":
                return self._level_change(point, upwards=again)
            case "lift_off":
                return Provocation(act=lambda: switch.set_port("open"), takes=2 * relay)
            case "contact":
                return Provocation(prepare=self._lifted, act=lambda: switch.set_port("device"), takes=2 * relay)
            case "load_step":
                return self._load_step(point)
            case "charger":
                prepare = (lambda: self._charging(point)) if again else _nothing
                return Provocation(prepare=prepare, act=lambda: dut.connect_charger(not again))
            case other_event:
                raise ValueError(f"no event that could be made: {other_event!r}")

    def _stopped(self, point: Point) -> None:
        self._bench.station.dut.stop()
        self._bench.settle(point.case)

    def _lifted(self) -> None:
        self._bench.station.switch.set_port("open")
        self._bench.station.clock.wait(_LIFTED)

    def _charging(self, point: Point) -> None:
        self._bench.station.dut.connect_charger(True)
        self._bench.settle(point.case)

    def _other_mode(self, point: Point) -> str:
        names = [mode.name for mode in self._inputs.plan.modes]
        return names[(names.index(point.mode.name) + 1) % len(names)]

    def _level_change(self, point: Point, *, upwards: bool) -> Provocation:
        dut = self._bench.station.dut

        def below() -> None:
            dut.set_level(point.level - 1)
            self._bench.settle(point.case)

        if upwards:
            return Provocation(prepare=below, act=lambda: dut.set_level(point.level))
        return Provocation(act=lambda: dut.set_level(point.level - 1))

    def _load_step(self, point: Point) -> Provocation:
        box = self._inputs.station.load_box
        setting = box.setting(point.load, self._bench.shunt)
        return Provocation(
            prepare=lambda: self._at_other_load(point),
            act=lambda: self._bench.station.load_box.set_resistance(setting),
            takes=2 * box.settle.si,
        )

    def _at_other_load(self, point: Point) -> None:
        bench = self._bench
        bench.station.dut.stop()
        bench.wiring.connect(bench.setup, _furthest(point), None)
        bench.run_at(point)

    def _band(self, point: Point, steady: Capture) -> Band:
        """Return where the current lies otherwise: at this load, and at the one that a step comes from."""
        stepped = point.event == "load_step"
        key = (point.mode.name, point.level, point.load, point.network, stepped, point.event == "polarity_swap")
        if key not in self._bands:
            records = [steady.records[-1]]
            if stepped:
                self._at_other_load(point)
                records.append(self._bench.steady(point).records[-1])
            self._bands[key] = _either_way(point, steady_band(records))
        return self._bands[key]


def _alternates(point: Point) -> float | None:
    """Return the declared time from one sign to the other, s."""
    return point.mode.alternates.si if point.mode.alternates is not None else None


def _either_way(point: Point, band: Band) -> Band:
    """Return a band for both signs where a mode alternates: its steady record shows only one."""
    if point.event != "polarity_swap" and point.mode.alternates is None:
        return band
    return Band(low=-band.widest, high=band.widest)


def _furthest(point: Point) -> float:
    """Return the load of the case that is furthest from that of a point, by ratio; a short is next to nothing."""
    least = 1.0
    return max((load.si for load in point.case.loads), key=lambda load: abs_ratio(load, point.load, least))


def abs_ratio(one: float, other: float, least: float) -> float:
    """Return how many times one resistance is the other, ≥ 1; nothing counts as ``least`` (Ω)."""
    one, other = max(one, least), max(other, least)
    return max(one / other, other / one)


def _refused(code: str, text: str, **params: object) -> Derived:
    return Derived(result=NotMeasurable(code, text, **params))
