# SPDX-License-Identifier: MIT
"""The voltage of an open output: port at the device, the loop open behind it, the digitizer across its terminals."""

import math
from typing import TYPE_CHECKING

from bench.session.inputs import Inputs
from bench.session.planner import smallest_range
from bench.session.point import Capture, Derived, OpenVoltage, Point
from instruments.roles import OPEN_LOAD
from stimcert.measured import NotMeasurable
from stimcert.record_voltage import VoltageRecord

if TYPE_CHECKING:
    from bench.session.bench import Bench

_STEPS = 9
"""Steps of the box's highest decade that are the load to compare with."""

_ROOM = 1.2
"""What a range or the box must have room for, as a multiple of the peak."""


def open_voltage(bench: "Bench", inputs: Inputs, point: Point) -> OpenVoltage | Capture | Derived:
    """Record the open output, on the highest range first, and with a large load where the box stands the voltage.

    Without a digitizer there is no more than the mean of the current.
    """
    if bench.recorder is None:
        return bench.capture(point)
    if bench.station.skin is None:
        return Derived(result=NotMeasurable("no_open_load", "nothing can open the loop behind the tap"))
    entry, ranges = inputs.station.load_box, bench.recorder.voltage_ranges
    first = _record(bench, point, max(ranges), load=None)
    peak = float(abs(first.waveform.samples - first.zero.mean).max())
    chosen = smallest_range(ranges, _ROOM * peak)
    opened = first if chosen == max(ranges) else _record(bench, point, chosen, load=None)
    load = _STEPS * max(decade.si for decade in entry.decades)
    stands = _ROOM * peak < entry.max_voltage.si
    loaded = _record(bench, point, chosen, load=load) if stands else None
    bench.wiring.open(bench.setup)
    bench.wiring.connect(bench.setup, point.load, point.network)
    bench.run_at(point)
    return OpenVoltage(opened=opened, loaded=loaded)


def _record(bench: "Bench", point: Point, voltage_range: float, *, load: float | None) -> VoltageRecord:
    """Start the device with the digitizer across its terminals, and record its dwell.

    :param load: beside the digitizer, Ω; None for nothing.
    """
    station, recorder = bench.station, bench.recorder
    if recorder is None:
        raise RuntimeError("a voltage needs a digitizer")
    station.dut.stop()
    bench.wiring.connect(bench.setup, load or 0.0, OPEN_LOAD if load is None else None)
    station.switch.set_tap("output")
    bench.run_at(point)
    waveform, zero = recorder.voltage(voltage_range, point.case.dwell.si)
    station.dut.stop()
    resistance = recorder.digitizer.input_resistance(voltage_range)
    beside = math.inf if load is None else load
    return VoltageRecord(waveform=waveform, zero=zero, input_resistance=resistance, load=beside)
