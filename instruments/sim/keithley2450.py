# SPDX-License-Identifier: MIT
"""A Keithley 2450 in its native SCPI set: what it reads, and how it hands readings over.

A reading is the mean over its aperture (NPLC / line frequency), with the range's hidden gain and offset error, noise
and display resolution. Source: Keithley 2450 data sheet SPEC-2450 Rev. A, July 2013, pp. 2–3; Reference Manual
2450-901-01 Rev. B, September 2013, section 6 and p. 8-29.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from instruments.sim.keithley2450_converter import Flags, Floats, averaged, choose_range, converted, reported
from instruments.sim.keithley2450_ranges import CURRENT, VOLTAGE, SenseSettings
from instruments.sim.keithley2450_sense import SenseSubsystem
from instruments.sim.keithley_buffers import DEFAULT_BUFFER, OVERFLOW
from instruments.sim.reading_buffer import ReadingBuffer
from instruments.sim.scpi import Arguments, ScpiError, command, query

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

_READ_BACK, _IN_LIMIT, _REMOTE_SENSE, _OUTPUT_ON = 8, 32, 64, 128
"""Source status bits. Source: 2450-901-01 Rev. B p. 8-29; bit 3 from 2461-901-01 A p. 8-31 (same firmware family)."""

_UNITS = {"CURR": "Amp DC", "VOLT": "Volt DC", "RES": "Ohm"}


class Keithley2450(SenseSubsystem):
    """The SMU of the simulated bench."""

    role = "smu"
    columns: ClassVar[Mapping[str, type[np.generic]]] = {
        "reading": np.float64,
        "source": np.float64,
        "time": np.float64,
        "status": np.int32,
        "source status": np.int32,
    }
    elements: ClassVar[Mapping[str, str]] = {
        "READing": "reading",
        "RELative": "time",
        "SOURce": "source",
        "SOURSTATus": "source status",
        "STATus": "status",
        "UNIT": "unit",
    }
    binary_elements = ("READING", "RELATIVE", "SOURCE")
    largest_buffer = 6_875_000

    def __init__(self, bench: "SimulatedBench") -> None:
        super().__init__(bench)
        self._cycled = False
        self._loop = 0
        self.drive()

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        serial = "SIM-9999-99" if "wrong_identity" in self.bench.faults else "SIM-2450-01"
        return f"KEITHLEY INSTRUMENTS,MODEL 2450,{serial},1.7.12b"

    def reset(self) -> None:
        """Return to the defaults of ``*RST``: 0 V, 105 µA limit, output off in the normal state."""
        self.switch_output(False)
        self._reset_buffers()
        self._reset_sense()
        self._reset_source()
        self._loop = 0
        self.drive()

    def handle(self, line: bytes) -> bytes:
        """Obey one message; under the fault ``smu_silent`` without a word."""
        if "smu_power_cycled" in self.bench.faults and self.bench.connections and not self._cycled:
            self._cycled = True
            self.power_on()
        reply = super().handle(line)
        return b"" if "smu_silent" in self.bench.faults else reply

    def unit(self) -> str:
        """Return the unit of the readings."""
        return _UNITS[self.function]

    def acquire(self, count: int, buffer: ReadingBuffer) -> None:
        """Take ``count`` readings of the active function, one right after the other, into ``buffer``."""
        sense = self.sense[self.function]
        repeats = sense.average_count if sense.averaging else 1
        start = self.bench.time
        stop = start + count * repeats * sense.nplc / self.bench.line_frequency
        self.bench.advance(stop - start)
        self.hold_back(count)
        values = self._values(sense, np.linspace(start, stop, count * repeats + 1))
        edges = np.linspace(start, stop, count + 1)
        limited = self._limited(edges)
        buffer.append(
            {
                "reading": averaged(values, repeats),
                "source": self._source_values(edges, limited),
                "time": edges[:-1],
                "status": np.zeros(count, np.int32),
                "source status": self._source_status(limited),
            }
        )

    def _values(self, sense: SenseSettings, edges: Floats) -> Floats:
        if self.function == "CURR":
            return self._currents(sense, edges)
        if self.function == "VOLT":
            return self._voltages(sense, edges)
        volts = self._voltages(SenseSettings(range=VOLTAGE.smallest, nplc=sense.nplc), edges)
        amps = self._currents(SenseSettings(range=CURRENT.smallest, nplc=sense.nplc), edges)
        return np.divide(volts, amps, out=np.full_like(volts, OVERFLOW), where=amps != 0)

    def _currents(self, sense: SenseSettings, edges: Floats) -> Floats:
        wave = self.bench.circuit.smu_current(float(edges[0]), float(edges[-1]))
        values = converted(self.bench, wave, "current", sense, edges)
        return np.full_like(values, OVERFLOW) if "smu_overrange" in self.bench.faults else values

    def _voltages(self, sense: SenseSettings, edges: Floats) -> Floats:
        wave = self.bench.circuit.smu_voltage(float(edges[0]), float(edges[-1]))
        return converted(self.bench, wave, "voltage", sense, edges)

    def _limited(self, edges: Floats) -> Flags:
        """Return for each reading whether the limit acted at any moment of it."""
        limited = self.bench.circuit.smu_limited
        if not limited(float(edges[0]), float(edges[-1])):
            return np.zeros(edges.size - 1, np.bool_)
        pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        return np.array([limited(start, stop) for start, stop in pairs])

    def _source_values(self, edges: Floats, limited: Flags) -> Floats:
        active = self.source[self.source_function]
        if not active.read_back:
            return np.full(edges.size - 1, active.level)
        if self.source_function == "CURR":
            return self._currents(SenseSettings(range=CURRENT.smallest), edges)
        sense, forced = SenseSettings(range=VOLTAGE.smallest), self.bench.circuit.smu.voltage
        if limited.any():
            return self._voltages(sense, edges)
        choose_range("voltage", sense, abs(forced))
        return reported(self.bench, np.full(edges.size - 1, forced), "voltage", sense)

    def _source_status(self, limited: Flags) -> NDArray[np.int32]:
        active = self.source[self.source_function]
        # A current source is modelled as a voltage source in its limit: it is limited when that limit does not act.
        reached = limited if self.source_function == "VOLT" else ~limited
        steady = _READ_BACK * active.read_back + _OUTPUT_ON * self.output
        steady += _REMOTE_SENSE * self.sense[self.function].remote_sense
        return (steady + _IN_LIMIT * (reached & self.output)).astype(np.int32)

    @query("READ", parameters=16)
    def _read(self, arguments: Arguments) -> str | bytes:
        self.acquire(self.count, self.buffer(arguments, 0))
        return self.last_reading(arguments)

    @query("MEASure", parameters=16)
    def _measure(self, arguments: Arguments) -> str | bytes:
        return self._read(arguments)

    @query("MEASure:CURRent|VOLTage|RESistance[:DC]", parameters=16)
    def _measure_function(self, arguments: Arguments) -> str | bytes:
        self.function = arguments.node("CURRent", "VOLTage", "RESistance")
        return self._read(arguments)

    @query("FETCh", parameters=16)
    def _fetch(self, arguments: Arguments) -> str | bytes:
        return self.last_reading(arguments)

    @command("TRACe:TRIGger")
    def _trace_trigger(self, arguments: Arguments) -> None:
        self.acquire(self.count, self.buffer(arguments, 0))

    @command("TRIGger:LOAD", parameters=4)
    def _load_trigger_model(self, arguments: Arguments) -> None:
        if arguments.string(0).upper() != "SIMPLELOOP":
            raise ScpiError(-224, "Illegal parameter value; only SimpleLoop is simulated")
        self._loop = arguments.integer(1, 1, self.largest_buffer)
        if len(arguments) > 2:
            arguments.number(2, 0.0, 0.0)

    @command("INITiate[:IMMediate]", parameters=0)
    def _initiate(self, arguments: Arguments) -> None:
        self.acquire(self._loop or self.count, self._buffers[DEFAULT_BUFFER])

    @query("TRIGger:STATe")
    def _trigger_state(self, arguments: Arguments) -> str:
        return "IDLE;IDLE;0"
