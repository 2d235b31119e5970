# SPDX-License-Identifier: MIT
"""A station without instruments: one loop worked out in Ohm's law, and a list of everything that it was told.

Every instrument of it does what its role promises and notes the call. What is wrong with it is said when it is made.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from instruments.event_record import EventRecord, Watch
from instruments.station import Station
from stimcert.reading import Accuracy, MeanReading, Status, Waveform
from stimcert.skin import SKIN_MODELS

SMU_RANGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
DIGITIZER_RANGES = (0.1, 1.0, 10.0, 100.0)
SMU_ACCURACY = Accuracy(gain=2e-4, offset=2e-8, resolution=1e-9, source="made up")
DIGITIZER_ACCURACY = Accuracy(gain=1e-3, offset=5e-5, resolution=1e-6, source="made up")
CONTACTS = 0.05
"""Ω, in series with the box."""


@dataclass
class Loop:
    """What is true on the bench.

    :param box: what the load box really is, Ω, when it is set to a value.
    :param contacts: in series with the box, Ω.
    :param bypasses: whether the relay beside the SMU does; else the SMU's limit holds all the same.
    :param leads: -1 when the leads at the device's end are swapped.
    :param smu_gain: error of the SMU's current, as a factor; ``digitizer_gain`` likewise.
    :param smu_offset: A; ``digitizer_offset``: V.
    :param status: what the SMU says of a current (A) on a range (A).
    :param capacitors: what is left of a network's capacitor, as a share.
    :param loop_voltage: what drives a current of its own in the shorted loop, V.
    :param dummy: a resistor in the device's place, Ω.
    :param device: the device's current as the samples of one record, A.
    :param departures: what fires the trigger, one after the other: after how long, s, and the samples caught, A.
    """

    box: Callable[[float], float] = lambda ohms: ohms
    contacts: float = CONTACTS
    leads: int = 1
    bypasses: bool = True
    smu_gain: float = 1.0
    digitizer_gain: float = 1.0
    smu_offset: float = 0.0
    digitizer_offset: float = 0.0
    status: Callable[[float, float], Status] = lambda amperes, full_scale: Status.VALID
    device: Sequence[float] = (1e-4, 1e-4)
    departures: list[tuple[float, Sequence[float]]] = field(default_factory=list)
    temperature: float = 23.0
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    port: str = "open"
    shunt: float = 100.0
    ohms: float = 0.0
    voltage: float = 0.0
    smu_range: float = 1.0
    smu_limit: float = 1.0
    bypassed: bool = False
    reference: float = 0.0
    pulsed: bool = False
    network: str | None = None
    loop_voltage: float = 0.0
    dummy: float | None = None
    capacitors: float = 1.0
    digitizer_range: float = 0.1
    digitizer_rate: float = 1e6
    count: int = 2
    time: float = 0.0

    def current(self) -> float:
        """Return the direct current that flows, A."""
        if self.port == "short":
            voltage = self.loop_voltage + (0.0 if self.bypassed else self.voltage)
            return voltage / (self.ohms + self.shunt + self.contacts)
        if self.port == "reference":
            largest = math.inf if self.bypassed and self.bypasses else self.smu_limit
            return self.leads * max(-largest, min(largest, self.reference))
        if self.port == "device" and self.dummy is not None:
            return self.voltage / (self.ohms + self.shunt + self.contacts + self.dummy)
        return float(np.mean(self.device)) if self.port == "device" else 0.0

    def names(self, *wanted: str) -> list[tuple[Any, ...]]:
        """Return the calls of some names, in order."""
        return [call for call in self.calls if call[0] in wanted]


class _Instrument:
    def __init__(self, loop: Loop, role: str) -> None:
        self.loop = loop
        self.role = role

    def note(self, name: str, *arguments: Any) -> None:
        self.loop.calls.append((f"{self.role}.{name}", *arguments))

    def reset(self) -> None:
        self.note("reset")


class _Smu(_Instrument):
    current_ranges = SMU_RANGES

    def configure_ammeter(self, *, current_range: float, limit: float, nplc: float) -> None:
        self.note("configure_ammeter", current_range, limit, nplc)
        self.loop.voltage, self.loop.smu_range, self.loop.smu_limit = 0.0, current_range, limit

    def configure_source(
        self, *, voltage: float, current_range: float, limit: float, nplc: float, remote_sense: bool = False
    ) -> None:
        self.note("configure_source", voltage, current_range, limit, nplc, remote_sense)
        self.loop.voltage, self.loop.smu_range, self.loop.smu_limit = voltage, current_range, limit

    def output(self, on: bool) -> None:
        self.note("output", on)

    def read_current(self, count: int = 1) -> MeanReading:
        self.note("read_current", count)
        true, full_scale = self.loop.current(), self.loop.smu_range
        status = self.loop.status(true, full_scale)
        return self._reading(true * self.loop.smu_gain + self.loop.smu_offset, count, "A", full_scale, status)

    def read_voltage(self, count: int = 1) -> MeanReading:
        self.note("read_voltage", count)
        return self._reading(self.loop.voltage, count, "V", 2.0, Status.VALID)

    def _reading(self, value: float, count: int, unit: str, full_scale: float, status: Status) -> MeanReading:
        return MeanReading(
            role="smu",
            unit=unit,
            status=status,
            values=(value,) * count if status is Status.VALID else (),
            bound=1.05 * full_scale,
            range=full_scale,
            aperture=0.02,
            limit=self.loop.smu_range,
            accuracy=SMU_ACCURACY,
            bench_time=self.loop.time,
        )


class _Digitizer(_Instrument):
    voltage_ranges = DIGITIZER_RANGES
    min_sample_rate = 1e3
    max_sample_rate = 1e6
    max_samples = 7_000_000

    def configure(self, *, voltage_range: float, sample_rate: float, count: int) -> None:
        self.note("configure", voltage_range, sample_rate, count)
        self.loop.digitizer_range, self.loop.digitizer_rate, self.loop.count = voltage_range, sample_rate, count

    def capture(self) -> Waveform:
        self.note("capture")
        if self.loop.pulsed:
            pulses = np.repeat((0.0, 1.0, -1.0, 0.0), (100, 200, 200, 9500)) * self.loop.current()
            return self._waveform(list(np.tile(pulses, 4)))
        driven = self.loop.port != "device" or self.loop.dummy is not None
        return self._waveform((self.loop.current(),) * 20 if driven else self.loop.device)

    def watch(
        self,
        *,
        level: float,
        duration: float,
        pre: float,
        post: float,
        zero: float = 0.0,
        action: Callable[[], object] = lambda: None,
    ) -> Watch:
        self.note("watch", level, duration, zero)
        if self.loop.network is not None and self.loop.voltage:
            action()
            return Watch(watched=post, record=EventRecord(waveform=self._waveform(self._step()), event=pre))
        if not self.loop.departures:
            self.loop.time += duration
            return Watch(watched=duration, record=None)
        after, samples = self.loop.departures.pop(0)
        self.loop.time += after
        return Watch(watched=after, record=EventRecord(waveform=self._waveform(samples), event=pre))

    def _step(self) -> Sequence[float]:
        """Return what a network takes of the SMU's voltage, A: 100 samples before the step, then until its end."""
        loop, model = self.loop, SKIN_MODELS[self.loop.network or ""]
        series = model.series + loop.shunt + loop.contacts
        final, first = loop.voltage / (series + model.parallel), loop.voltage / series
        decay = series * model.parallel / (series + model.parallel) * model.capacitance * loop.capacitors * 1e6
        ends = np.exp(-np.arange(round(40 * decay) + 400) / decay)
        return [0.0] * 100 + list(final + (first - final) * decay * -np.diff(ends))

    def _waveform(self, currents: Sequence[float]) -> Waveform:
        loop = self.loop
        volts = np.asarray(currents) * loop.shunt * loop.digitizer_gain + loop.digitizer_offset
        end = 1.2 * loop.digitizer_range
        return Waveform(
            role="digitizer",
            samples=np.clip(volts, -end, end).astype(np.float32),
            clipped=bool(np.abs(volts).max() > end),
            range=loop.digitizer_range,
            sample_rate=loop.digitizer_rate,
            accuracy=DIGITIZER_ACCURACY,
            bench_time=loop.time,
        )


class _LoadBox(_Instrument):
    def set_resistance(self, ohms: float) -> None:
        self.note("set_resistance", ohms)
        self.loop.ohms = self.loop.box(ohms)


class _Skin(_Instrument):
    def select(self, name: str | None) -> None:
        self.note("select_network", name)
        self.loop.network = name
        if name is not None:
            self.loop.ohms = self.loop.box(SKIN_MODELS[name].direct)


class _Switch(_Instrument):
    def set_port(self, port: str) -> None:
        self.note("set_port", port)
        self.loop.port = port

    def set_bypass(self, bypassed: bool) -> None:
        self.note("set_bypass", bypassed)
        self.loop.bypassed = bypassed

    def set_tap(self, tap: str) -> None:
        self.note("set_tap", tap)

    def select_shunt(self, ohms: float) -> None:
        self.note("select_shunt", ohms)
        self.loop.shunt = ohms


class _Dut(_Instrument):
    def select_mode(self, mode: str) -> None:
        self.note("select_mode", mode)

    def set_level(self, level: int) -> None:
        self.note("set_level", level)

    def level_up(self) -> None:
        self.note("level_up")

    def start(self) -> None:
        self.note("start")

    def stop(self) -> None:
        self.note("stop")

    def pause(self) -> None:
        self.note("pause")

    def connect_charger(self, connected: bool) -> None:
        self.note("connect_charger", connected)


class _Reference(_Instrument):
    def set_current(self, amperes: float) -> None:
        self.note("set_current", amperes)
        self.loop.reference, self.loop.pulsed = amperes, False

    def set_pulses(self, amperes: float) -> None:
        self.note("set_pulses", amperes)
        self.loop.reference, self.loop.pulsed = amperes, True

    def off(self) -> None:
        self.note("off")
        self.loop.reference, self.loop.pulsed = 0.0, False


class _Environment(_Instrument):
    def temperature(self) -> float:
        return self.loop.temperature


class _Clock(_Instrument):
    def now(self) -> float:
        return self.loop.time

    def wait(self, seconds: float) -> None:
        self.note("wait", seconds)
        self.loop.time += seconds


def fake_station(loop: Loop, *, digitizer: bool = True, reference: bool = True) -> Station:
    """Return a station around a loop."""
    parts = {
        "smu": _Smu(loop, "smu"),
        "digitizer": _Digitizer(loop, "digitizer") if digitizer else None,
        "load_box": _LoadBox(loop, "load_box"),
        "skin": _Skin(loop, "skin"),
        "switch": _Switch(loop, "switch"),
        "dut": _Dut(loop, "dut"),
        "reference": _Reference(loop, "reference") if reference else None,
        "environment": _Environment(loop, "environment"),
        "clock": _Clock(loop, "clock"),
    }
    return cast(Station, SimpleNamespace(**parts, foresee=lambda *_: None))
