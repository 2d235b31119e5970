# SPDX-License-Identifier: MIT
"""What the bench's own contacts do to the current is not charged to the device; what the device does, is.

The records are those of the simulated circuit: a device whose output capacitor charges while a relay bounces.
"""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.session.backlog import Backlog
from bench.session.bench import Bench
from bench.session.check_context import BenchState
from bench.session.device_paths import DevicePaths
from bench.session.measure import CaseNotPassed, Measure
from bench.session.point import Capture, Moment, Point
from bench.session.run import Run
from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from stimcert.events import EventName
from stimcert.record_event import steady_band
from tests.bench.fake_station import Loop, fake_station
from tests.bench.parts import case, inputs, mode, record

PLAN = "test_plans/microcurrent_type.toml"
STEP = 1e-6
BOUNCE, AFTER = 1e-3, 20e-3


class Loose:
    """A running device of 450 µA and 100 nF on 500 Ω, whose port can be opened for a moment."""

    def __init__(self) -> None:
        self.bench = SimulatedBench(read_device("microcurrent_contact_spike").device(), seed=3)
        circuit, device = self.bench.circuit, self.bench.stimulator
        circuit.port, circuit.bypass, circuit.box, circuit.shunts = "device", True, 400.0, frozenset({100.0})
        device.set_level(device.top_level)
        device.start()
        self.bench.advance(0.1)

    def await_pulse(self) -> None:
        """Let time pass until a pulse has just begun."""
        while self.current(STEP * 3).max() > 400e-6:
            self.bench.advance(STEP * 100)
        while not self.current(STEP * 3).min() > 400e-6:
            self.bench.advance(STEP * 100)

    def current(self, seconds: float) -> NDArray[np.float64]:
        """Return the current from now on as the digitizer has it, A, and let the time pass."""
        begins = self.bench.time + np.arange(round(seconds / STEP) - 1) * STEP
        volts = self.bench.circuit.tap_voltage(self.bench.time, self.bench.time + seconds, 1e10)
        self.bench.advance(seconds)
        return volts.means(begins, STEP) / self.bench.circuit.shunt(100.0)

    def bounced(self) -> NDArray[np.float64]:
        """Return the current around an opening of 1 ms in the middle of a pulse."""
        self.await_pulse()
        parts = [self.current(2e-3)]
        self.bench.circuit.port = "open"
        parts.append(self.current(BOUNCE))
        self.bench.circuit.port = "device"
        parts.append(self.current(AFTER))
        return np.concatenate(parts)

    def kicked(self) -> NDArray[np.float64]:
        """Return a current out of which a spike of the device's own grows."""
        self.await_pulse()
        current = self.current(20e-3)
        current[500:600] = 5e-3
        return current


def judged(
    current: NDArray[np.float64], steady: NDArray[np.float64], *, event: EventName, own: float
) -> dict[str, Any]:
    """Return what the journal holds of the peak around an event, against the ceiling."""
    given = inputs(PLAN)
    stored: list[dict[str, Any]] = []
    run = SimpleNamespace(
        id="made up",
        log=lambda kind, body, durable=True: stored.append(body),
        backlog=Backlog(),
        state=BenchState(),
        paths=DevicePaths(),
        keep_waveform=lambda name, record: name,
    )
    bench = Bench(fake_station(Loop()), given, {}, lambda point: None)
    bench._setup = cast(Any, SimpleNamespace(shunt=SimpleNamespace(value=SimpleNamespace(si=100.0))))
    test = case("TR-01", PLAN)
    point = Point(case=test, mode=mode("lift", PLAN), level=8, load=500.0)
    proof = Capture(records=(record(*steady, full_scale=10.0),), observed=1.0)
    moment = Moment(start=0.0, own=own, band=steady_band(proof.records))
    around = Capture(records=(record(*current, full_scale=10.0),), observed=1.0, moments=(moment,))
    measure = Measure(test, given, cast(Run, run), bench, lambda body: None)
    measure(replace(point, event=event, repetition=1), "current.peak", around, proven_by=proof)
    with pytest.raises(CaseNotPassed):
        measure.conclude()
    (body,) = (body for body in stored if body.get("limit") == "microcurrent.ceiling")
    return body


@pytest.mark.parametrize(
    ("event", "own", "verdict", "code"),
    [
        ("load_step", 10e-3, "INCONCLUSIVE", "own_contacts"),
        ("lift_off", 10e-3, "INCONCLUSIVE", "own_contacts"),
        ("contact", 0.0, "FAIL", "limit_exceeded"),
        ("load_step", 1e-3, "FAIL", "limit_exceeded"),
    ],
    ids=["a step of the load", "lift-off", "contact is the event", "after the contacts have come to rest"],
)
def test_a_bounce_condemns_no_device(event: EventName, own: float, verdict: str, code: str) -> None:
    device = Loose()
    steady = device.current(20e-3)
    current = device.bounced()
    assert current.max() > 5e-3, "450 µA into 100 nF for a millisecond: 4.5 V, and 9 mA into 500 Ω"
    body = judged(current, steady, event=event, own=own)
    assert (body["verdict"], body["reason"]["code"]) == (verdict, code)
    assert body["value"] > 5e-3


def test_what_grows_out_of_a_current_that_flowed_is_the_device_s() -> None:
    device = Loose()
    steady = device.current(20e-3)
    body = judged(device.kicked(), steady, event="load_step", own=10e-3)
    assert (body["verdict"], body["reason"]["code"]) == ("FAIL", "limit_exceeded")
