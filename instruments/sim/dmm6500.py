# SPDX-License-Identifier: MIT
"""A Keithley DMM6500 that digitizes voltage: 1 MS/s, 16 bits, its input resistance part of the circuit.

A sample is the mean over its aperture, with the range's hidden gain and offset error, noise and quantisation.
Source: DMM6500 data sheet (1 MS/s, 16 bits); header names and details from the DMM7510 Reference Manual
DMM7510-901-01 Rev. B, May 2015, section 6 (same firmware family). Whether the over-range of 20 % holds for digitizing
is unverified.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from instruments.sim.digitizer_trigger import TriggeredDigitizer
from instruments.sim.faults import DIGITIZER_SHORT, ZERO_DRIFT
from instruments.sim.keithley_buffers import DEFAULT_BUFFER, OVERFLOW
from instruments.sim.piecewise import FloatArray, Signal
from instruments.sim.reading_buffer import ReadingBuffer
from instruments.sim.scpi import Arguments, ScpiError, command, nr3, query
from instruments.sim.specifications import (
    DIGITIZER_BITS,
    DIGITIZER_HIGH_RESISTANCE,
    DIGITIZER_LOW_RESISTANCE,
    DIGITIZER_MODEL,
    DIGITIZER_OVERRANGE,
    figure,
)

if TYPE_CHECKING:
    from instruments.sim.bench import SimulatedBench

RANGES = (0.1, 1.0, 10.0, 100.0, 1000.0)
"""Full scales, V."""

_HIGH_RESISTANCE_RANGES = 10.0
_SLOWEST, _FASTEST = 1e3, 1e6
_SHORTEST, _LONGEST = 1e-6, 1e-3
_MOST_SAMPLES = 7_000_000
_VOLTAGE = "[SENSe[1]:]DIGitize:VOLTage:"


class Dmm6500(TriggeredDigitizer):
    """The digitizer of the simulated bench."""

    role = "digitizer"
    columns: ClassVar[Mapping[str, type[np.generic]]] = {"reading": np.float32, "time": np.float64}
    elements: ClassVar[Mapping[str, str]] = {"READing": "reading", "RELative": "time", "UNIT": "unit"}
    binary_elements = ("READING", "RELATIVE")
    largest_buffer = _MOST_SAMPLES

    def __init__(self, bench: "SimulatedBench") -> None:
        super().__init__(bench)
        self._reset_digitizer()

    def _reset_digitizer(self) -> None:
        self.range = 10.0
        self.sample_rate = 1e5
        self.aperture: float | None = None
        self.high_resistance = True
        self.count = 1
        self._load_circuit()

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "KEITHLEY INSTRUMENTS,MODEL DMM6500,SIM-6500-01,1.7.12b"

    def reset(self) -> None:
        """Return to the defaults of ``*RST``."""
        super().reset()
        self._reset_trigger()
        self._reset_digitizer()

    def unit(self) -> str:
        """Return the unit of the readings."""
        return "Volt DC"

    def input_resistance(self) -> float:
        """Return what the digitizer puts across the tap on its present range, Ω."""
        high = self.high_resistance and self.range <= _HIGH_RESISTANCE_RANGES
        return DIGITIZER_HIGH_RESISTANCE if high else DIGITIZER_LOW_RESISTANCE

    def present_aperture(self) -> float:
        """Return the aperture of one sample, s: as set, but never longer than the sample period."""
        longest = min(_LONGEST, 1 / self.sample_rate)
        return longest if self.aperture is None else min(self.aperture, longest)

    def capture(self, buffer: ReadingBuffer) -> None:
        """Take one record into ``buffer``."""
        if self.armed:
            raise ScpiError(-221, "Settings conflict; the trigger model is running")
        start, count, aperture = self.bench.time, self.count, self.present_aperture()
        nominal = np.arange(count) / self.sample_rate
        slow = 1 + self.bench.time_base(DIGITIZER_MODEL)
        length = slow * count / self.sample_rate
        self.bench.advance(length)
        self.hold_back(1)
        # A hair more than the record, so that the rounding of its last sample's end stays inside.
        wave = self.input_voltage(start, start + length + _SHORTEST)
        self.store(buffer, start + nominal, wave.means(start + slow * nominal, slow * aperture))

    def input_voltage(self, start: float, stop: float) -> Signal:
        """Return the voltage at the input between two bench times (s)."""
        volts = self.bench.circuit.tap_voltage(start, stop, self.input_resistance())
        return volts.scaled(-1.0) if "digitizer_reversed" in self.bench.faults else volts

    def store(self, buffer: ReadingBuffer, times: FloatArray, means: FloatArray) -> None:
        """Convert the means (V) of samples and store them with their times (bench time, s)."""
        buffer.append({"reading": self._converted(means, self.present_aperture()), "time": times})

    def _converted(self, means: NDArray[np.float64], aperture: float) -> NDArray[np.float32]:
        gain, offset = self._errors_now()
        promised = figure(DIGITIZER_MODEL, "digitize", self.range)
        noise = self.bench.noise[DIGITIZER_MODEL] * promised.noise * (_SHORTEST / aperture) ** 0.5
        full = DIGITIZER_OVERRANGE * self.range
        step = 2 * full / 2**DIGITIZER_BITS
        volts = (means * (1 + gain) + offset).astype(np.float32)
        volts += np.float32(noise) * self.bench.rng.standard_normal(means.size, dtype=np.float32)
        beyond = np.abs(volts) > full
        samples: NDArray[np.float32] = np.round(volts / np.float32(step)) * np.float32(step)
        if beyond.any():
            samples[beyond] = np.copysign(np.float32(OVERFLOW), volts[beyond])
        return samples

    def _errors_now(self) -> tuple[float, float]:
        """Return gain and offset (V) error of the present range, what is broken included."""
        gain, offset = self.bench.hidden(DIGITIZER_MODEL, "digitize", self.range)
        if "zero_drifts" in self.bench.faults and self.bench.circuit.connections:
            moved = ZERO_DRIFT * figure(DIGITIZER_MODEL, "digitize", self.range).offset
            offset -= float(np.copysign(moved, offset))
        if "paths_disagree" in self.bench.faults:
            gain = DIGITIZER_SHORT - 1
        return gain, offset

    def _load_circuit(self) -> None:
        self.bench.circuit.input_resistance = self.input_resistance()

    @command("[SENSe[1]:]DIGitize:FUNCtion[:ON]")
    def _function(self, arguments: Arguments) -> None:
        if arguments.string(0).upper() not in ("VOLT", "VOLTAGE"):
            raise ScpiError(-224, "Illegal parameter value; only digitize voltage is simulated")

    @query("[SENSe[1]:]DIGitize:FUNCtion[:ON]")
    def _function_query(self, arguments: Arguments) -> str:
        return '"VOLT"'

    @command("[SENSe[1]:]DIGitize:COUNt")
    def _count(self, arguments: Arguments) -> None:
        self.count = arguments.integer(0, 1, _MOST_SAMPLES, default=1)

    @query("[SENSe[1]:]DIGitize:COUNt", parameters=1)
    def _count_query(self, arguments: Arguments) -> str:
        return str(round(arguments.asked(0, self.count, minimum=1, maximum=_MOST_SAMPLES, default=1)))

    @command(_VOLTAGE + "RANGe[:UPPer]")
    def _range(self, arguments: Arguments) -> None:
        wanted = arguments.number(0, 0.0, RANGES[-1], minimum=RANGES[0], maximum=RANGES[-1], default=10.0)
        self.range = next(full for full in RANGES if wanted <= full)
        self._load_circuit()

    @query(_VOLTAGE + "RANGe[:UPPer]", parameters=1)
    def _range_query(self, arguments: Arguments) -> str:
        return nr3(arguments.asked(0, self.range, minimum=RANGES[0], maximum=RANGES[-1], default=10.0))

    @command(_VOLTAGE + "SRATe")
    def _sample_rate(self, arguments: Arguments) -> None:
        low, high = _SLOWEST, _FASTEST
        self.sample_rate = arguments.number(0, low, high, minimum=low, maximum=high, default=1e5)

    @query(_VOLTAGE + "SRATe", parameters=1)
    def _sample_rate_query(self, arguments: Arguments) -> str:
        return nr3(arguments.asked(0, self.sample_rate, minimum=_SLOWEST, maximum=_FASTEST, default=1e5))

    @command(_VOLTAGE + "APERture")
    def _aperture(self, arguments: Arguments) -> None:
        if arguments.raw(0).upper() == "AUTO":
            self.aperture = None
        else:
            low, high = _SHORTEST, _LONGEST
            self.aperture = arguments.number(0, low, high, minimum=low, maximum=high)

    @query(_VOLTAGE + "APERture", parameters=1)
    def _aperture_query(self, arguments: Arguments) -> str:
        if not len(arguments) and self.aperture is None:
            return "AUTO"
        return nr3(arguments.asked(0, self.present_aperture(), minimum=_SHORTEST, maximum=_LONGEST))

    @command(_VOLTAGE + "INPutimpedance")
    def _input(self, arguments: Arguments) -> None:
        self.high_resistance = arguments.keyword(0, "AUTO", "MOHM10") == "AUTO"
        self._load_circuit()

    @query(_VOLTAGE + "INPutimpedance")
    def _input_query(self, arguments: Arguments) -> str:
        return "AUTO" if self.high_resistance else "MOHM10"

    @query("READ:DIGitize", parameters=16)
    @query("MEASure:DIGitize[:VOLTage]", parameters=16)
    def _read(self, arguments: Arguments) -> str | bytes:
        self.capture(self.buffer(arguments, 0))
        return self.last_reading(arguments)

    @query("FETCh", parameters=16)
    def _fetch(self, arguments: Arguments) -> str | bytes:
        return self.last_reading(arguments)

    @command("TRACe:TRIGger:DIGitize")
    def _trigger(self, arguments: Arguments) -> None:
        self.capture(self.buffer(arguments, 0))

    def _initiate_unloaded(self) -> None:
        self.capture(self._buffers[DEFAULT_BUFFER])
