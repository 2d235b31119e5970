# SPDX-License-Identifier: MIT
"""Keithley 2450 SourceMeter in its native SCPI command set, as ammeter and as source of the bench's own checks.

Source: Model 2450 Reference Manual, 2450-901-01 Rev. B, September 2013 (commands, off states);
data sheet SPEC-2450 Rev. A, July 2013 (ranges, limits).
"""

from collections.abc import Sequence
from typing import Any

from instruments.data_sheets import AccuracyTable
from instruments.errors import BenchError
from instruments.keithley2450_reading import Sensing, mean_reading, parse_buffer, unfit
from instruments.roles import Clock
from instruments.scpi import SafeSteps, ScpiInstrument
from instruments.settings import function, number, step, switch, word
from stimcert.reading import Accuracy, MeanReading

CURRENT_RANGES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
VOLTAGE_RANGES = (0.2, 2.0, 20.0)
"""Those in use: 20 mV has half the accuracy of 200 mV, and 200 V is more than this bench has any business with."""
LEAST_LIMIT = 0.1
"""Smallest current limit as a share of the current range. Source: SPEC-2450 Rev. A, p. 3."""
OVERRANGE = 1.05
"""Largest source value as a share of the range. Source: SPEC-2450 Rev. A, p. 3."""
SETTLING = 2e-3
"""Allowance per reading for what is not aperture, s; only for how long an answer may take."""


class Keithley2450(ScpiInstrument):
    """Keithley 2450.

    :param adapter: an open door, or a VISA resource string.
    :param accuracy: the data-sheet table.
    :param line_frequency: of the mains, Hz: a reading of 1 PLC lasts one period of it.
    :param clock: gives the bench time of readings; without one it is 0.
    """

    safe_steps = SafeSteps(
        off=(":OUTP OFF", ":OUTP:VOLT:SMOD HIMP"), ask=((":OUTP?", "0"), (":OUTP:VOLT:SMOD?", "HIMP"))
    )

    def __init__(
        self,
        adapter: Any,
        name: str = "Keithley 2450",
        *,
        accuracy: AccuracyTable,
        line_frequency: float = 50.0,
        clock: Clock | None = None,
        role: str = "smu",
        **kwargs: Any,
    ) -> None:
        super().__init__(adapter, name, role=role, **kwargs)
        self._accuracy = accuracy
        self._line_frequency = line_frequency
        self._clock = clock
        self._known: dict[str, Sensing] = {}
        self._sensing: Sensing | None = None

    source_function = word(":SOUR:FUNC", """Control what is forced (strict discrete set: ``"VOLT"``).""", "VOLT")
    source_voltage = number(
        ":SOUR:VOLT", """Control the forced voltage in V (float strictly from -21 to 21).""", -21.0, 21.0
    )
    source_voltage_range = step(
        ":SOUR:VOLT:RANG", """Control the range of the forced voltage in V (strict discrete set).""", VOLTAGE_RANGES
    )
    current_limit = number(
        ":SOUR:VOLT:ILIM",
        """Control the largest current of either sign while forcing a voltage, in A (float strictly 1e-7 to 1.05).""",
        1e-7,
        1.05,
    )
    readback_enabled = switch(":SOUR:VOLT:READ:BACK", """Control whether the forced voltage is measured too (bool).""")
    sense_function = function(
        ":SENS:FUNC", """Control what is measured (strict discrete set: ``"CURR"``, ``"VOLT"``).""", "CURR", "VOLT"
    )
    current_range = step(
        ":SENS:CURR:RANG", """Control the fixed range of current readings in A (strict discrete set).""", CURRENT_RANGES
    )
    current_nplc = number(
        ":SENS:CURR:NPLC",
        """Control the aperture of current readings in periods of the mains (float strictly from 0.01 to 10).""",
        0.01,
        10.0,
    )
    voltage_nplc = number(
        ":SENS:VOLT:NPLC",
        """Control the aperture of voltage readings in periods of the mains (float strictly from 0.01 to 10).""",
        0.01,
        10.0,
    )
    current_averaging_enabled = switch(
        ":SENS:CURR:AVER", """Control whether the averaging filter works on current readings (bool)."""
    )
    voltage_averaging_enabled = switch(
        ":SENS:VOLT:AVER", """Control whether the averaging filter works on voltage readings (bool)."""
    )
    current_remote_sense_enabled = switch(
        ":SENS:CURR:RSEN", """Control whether current readings use the sense leads (bool)."""
    )
    voltage_remote_sense_enabled = switch(
        ":SENS:VOLT:RSEN", """Control whether voltage readings use the sense leads (bool)."""
    )
    off_state = word(
        ":OUTP:VOLT:SMOD",
        """Control what the output does when it is off (strict discrete set of ``NORM``, ``ZERO``, ``HIMP``, ``GUAR``).

        Only ``HIMP`` opens the loop: in all others the 2450 stays connected and a device goes on driving current.
        """,
        "NORM",
        "ZERO",
        "HIMP",
        "GUAR",
    )
    output_enabled = switch(":OUTP", """Control whether the output is on (bool).""")
    data_format = word(":FORM", """Control the format of readings (strict discrete set: ``"ASC"``).""", "ASC")

    # --- the role

    @property
    def current_ranges(self) -> Sequence[float]:
        """Get the current ranges in A, ascending."""
        return CURRENT_RANGES

    def current_accuracy(self, current_range: float) -> Accuracy:
        """Return the data-sheet accuracy of a current range (A)."""
        return self._accuracy.current(current_range)

    def voltage_accuracy(self, voltage_range: float) -> Accuracy:
        """Return the data-sheet accuracy of a voltage range (V)."""
        return self._accuracy.voltage(voltage_range)

    def configure_ammeter(self, *, current_range: float, limit: float, nplc: float) -> None:
        """Force 0 V and measure current on a fixed range. The output stays as it is; when off, it opens the loop.

        :param current_range: full scale, A.
        :param limit: compliance limit of either sign, A; at least a tenth of the range.
        :param nplc: aperture in periods of the mains, at least 1: the accuracy is specified from there.
        """
        self.configure_source(voltage=0.0, current_range=current_range, limit=limit, nplc=nplc)

    def configure_source(
        self, *, voltage: float, current_range: float, limit: float, nplc: float, remote_sense: bool = False
    ) -> None:
        """Force ``voltage`` (V) and measure current on a fixed range. The output stays as it is.

        :param remote_sense: hold and read the voltage at the sense leads (4-wire), not at the terminals.
        :raises BenchError: for what the model cannot do; nothing was sent.
        """
        self._refuse_impossible(current_range, limit, nplc)
        voltage_range = self._range_for(voltage)
        self._known, self._sensing = {}, None
        self.change(source_function="VOLT", off_state="HIMP", source_voltage=0.0)
        self.change(source_voltage_range=voltage_range, **self._in_working_order(current_range, limit))
        self.change(
            source_voltage=voltage,
            readback_enabled=True,
            current_nplc=nplc,
            voltage_nplc=nplc,
            current_averaging_enabled=False,
            voltage_averaging_enabled=False,
            current_remote_sense_enabled=remote_sense,
            voltage_remote_sense_enabled=remote_sense,
            data_format="ASC",
            sense_function="CURR",
        )
        self._remember(current_range, voltage_range, limit, nplc)

    def output(self, on: bool) -> None:
        """Switch the output, and read back that it did."""
        self.change(output_enabled=on)

    def read_current(self, count: int = 1) -> MeanReading:
        """Take ``count`` readings of the current, A, positive out of HI: values and status in one round trip."""
        return self._read(count, "CURR")

    def read_voltage(self, count: int = 1) -> MeanReading:
        """Take ``count`` readings of the voltage at the terminals, V, HI against LO, on the range of the source."""
        return self._read(count, "VOLT")

    # --- inside

    def _refuse_impossible(self, current_range: float, limit: float, nplc: float) -> None:
        if not limit >= LEAST_LIMIT * current_range:
            self._impossible(
                f"a limit of {limit:g} A on the {current_range:g} A range; at least a tenth of it is needed"
            )
        if not nplc >= 1:
            self._impossible(f"an aperture of {nplc:g} PLC; the accuracy is specified from 1 PLC")

    def _impossible(self, what: str) -> None:
        raise BenchError(f"{self._who} cannot do {what}", role=self.role)

    def _range_for(self, voltage: float) -> float:
        for full_scale in VOLTAGE_RANGES:
            if abs(voltage) <= OVERRANGE * full_scale:
                return full_scale
        raise BenchError(f"{self._who} cannot force {voltage:g} V; at most {OVERRANGE * VOLTAGE_RANGES[-1]:g} V")

    def _in_working_order(self, current_range: float, limit: float) -> dict[str, float]:
        """Return range and limit in the order in which no step between old and new breaks the 2450's least limit."""
        wanted = {"current_range": current_range, "current_limit": limit}
        rises = current_range > self.current_range
        return dict(reversed(wanted.items())) if rises else wanted

    def _remember(self, current_range: float, voltage_range: float, limit: float, nplc: float) -> None:
        """Keep what every reading is told: the voltmeter's range is that of the source (2450-901-01, p. 6-53)."""
        current, voltage = self.current_accuracy(current_range), self.voltage_accuracy(voltage_range)
        common: dict[str, float] = {"aperture": nplc / self._line_frequency, "limit": limit}
        self._known = {
            "CURR": Sensing(function="CURR", unit="A", range=current_range, accuracy=current, **common),
            "VOLT": Sensing(function="VOLT", unit="V", range=voltage_range, accuracy=voltage, **common),
        }
        self._sensing = self._known["CURR"]

    def _read(self, count: int, function: str) -> MeanReading:
        sensing = self._sense(function)
        bench_time = self._clock.now() if self._clock else 0.0
        values, flags = self._fill_buffer(count, count * (sensing.aperture + SETTLING))
        problem = unfit(flags)
        if problem:
            raise self.refused(problem)
        return mean_reading(values, flags, sensing=sensing, role=self.role, bench_time=bench_time)

    def _sense(self, function: str) -> Sensing:
        """Switch to a function, unless it is on already."""
        if function not in self._known:
            raise BenchError(f"{self._who} was asked for a reading before it was configured", role=self.role)
        sensing = self._known[function]
        if self._sensing is not sensing:
            self._sensing = None
            self.change(sense_function=function)
            self._sensing = sensing
        return sensing

    def _fill_buffer(self, count: int, duration: float) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Take readings into the emptied buffer and return all of it, values and status words.

        ``READ?`` waits for all readings but answers only the last; the buffer has them all.
        """
        command = (
            f':SENS:COUN {count:d};:TRAC:CLE "defbuffer1";:READ? "defbuffer1";'
            f':TRAC:DATA? 1,{count:d},"defbuffer1",READ,SOURSTAT'
        )
        reply = self.ask_parts(command, 2, duration)[1]
        try:
            return parse_buffer(reply, count)
        except ValueError as error:
            raise self.garbled(command, reply) from error

    def reset(self) -> None:
        """Bring the instrument into its power-on state, with an output that opens the loop when off."""
        self._known, self._sensing = {}, None
        super().reset()
        self.change(source_function="VOLT", off_state="HIMP")
