# SPDX-License-Identifier: MIT
"""States without treatment, and what an output must survive."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.session.inputs import Inputs
from bench.session.planner import largest_bound
from bench.session.point import Capture, Derived, MeanCurrent, Point, visited
from instruments.errors import CannotDo
from stimcert.events import StateName
from stimcert.measured import NotMeasurable
from stimcert.procedures import ABUSES, OPENED, REST, SHORTED

if TYPE_CHECKING:
    from bench.session.bench import Bench


def visits(
    bench: "Bench", inputs: Inputs, point: Point
) -> Iterator[tuple[Point, Capture | Derived, MeanCurrent | Derived]]:
    """Bring the device into each state of the case, and yield the current there: all of it, and its mean."""
    bench.station.dut.stop()
    # Pauses and chargers are tried where a treatment's current flows too: the bench is ready for small ones afterwards.
    with bench.ranged_for(point, largest_bound(inputs, point.case, point.mode)):
        for idle in visited(inputs.plan, point):
            yield idle, *_currents(bench, idle)
    bench.run_at(point)


def _currents(bench: "Bench", idle: Point) -> tuple[Capture | Derived, MeanCurrent | Derived]:
    try:
        with _state(bench, idle):
            capture = bench.capture(idle)
            return capture, bench.mean_current(idle)
    except CannotDo as refusal:
        unable = Derived(result=NotMeasurable("dut_cannot", str(refusal), action=idle.state))
        return unable, unable


@contextmanager
def _state(bench: "Bench", idle: Point) -> Iterator[None]:
    """Hold the device in a state."""
    dut, state = bench.station.dut, idle.state
    _enter(bench, idle, state)
    bench.settle(idle.case)
    try:
        yield
    finally:
        if state == "charging":
            dut.connect_charger(False)
        dut.stop()


def _enter(bench: "Bench", idle: Point, state: StateName | None) -> None:
    dut = bench.station.dut
    if state == "paused":
        bench.run_at(idle)
        dut.pause()
    elif state == "charging":
        dut.connect_charger(True)
    else:
        dut.stop()


def abused(bench: "Bench", point: Point) -> None:
    """Short the running output for 5 s and open it for 15 s, ten times; off for a minute; then on at the point again.

    Source: YY 91094-1999, as read in a summary.
    """
    station, wait = bench.station, bench.station.clock.wait
    for _ in range(ABUSES):
        bench.wiring.connect(bench.setup, 0.0, None)
        station.dut.start()
        station.dut.set_level(point.level)
        wait(SHORTED)
        station.switch.set_port("open")
        wait(OPENED)
    station.dut.stop()
    wait(REST)
    bench.wiring.connect(bench.setup, point.load, point.network)
    bench.run_at(point)
