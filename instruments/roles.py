# SPDX-License-Identifier: MIT
"""What the bench asks of each instrument, whoever made it. One Protocol per role of a station file."""

from collections.abc import Callable, Sequence
from typing import Protocol

from instruments.event_record import EventRecord, Watch
from stimcert.reading import Accuracy, MeanReading, Waveform


class Instrument(Protocol):
    """What every role can do."""

    role: str
    """Its name in the station file."""

    def identity(self) -> str:
        """Return the reply to ``*IDN?``."""

    def reset(self) -> None:
        """Bring the instrument into its power-on state and empty its error queue."""

    def make_safe(self) -> None:
        """Send what takes the energy away, unconditionally, waiting for no answer."""

    def confirm_safe(self) -> bool:
        """Ask the instrument whether it is safe; False when it says no."""


class SourceMeasureUnit(Instrument, Protocol):
    """The ammeter of the loop, and the source of the bench's own checks."""

    def configure_ammeter(self, *, current_range: float, limit: float, nplc: float) -> None:
        """Force 0 V and measure current on a fixed range (A), with a compliance limit (A). Output stays as it is."""

    def configure_source(
        self, *, voltage: float, current_range: float, limit: float, nplc: float, remote_sense: bool = False
    ) -> None:
        """Force ``voltage`` (V) and measure current on a fixed range (A). Output stays as it is.

        :param remote_sense: hold and read the voltage at the sense leads (4-wire).
        """

    def output(self, on: bool) -> None:
        """Switch the output, and read back that it did."""

    def read_current(self, count: int = 1) -> MeanReading:
        """Take ``count`` readings of the current, A, positive out of HI."""

    def read_voltage(self, count: int = 1) -> MeanReading:
        """Take ``count`` readings of the voltage at the terminals, V, HI against LO."""

    @property
    def current_ranges(self) -> Sequence[float]:
        """Return the current ranges, A, ascending."""

    def current_accuracy(self, current_range: float) -> Accuracy:
        """Return the data-sheet accuracy of a current range."""

    def voltage_accuracy(self, voltage_range: float) -> Accuracy:
        """Return the data-sheet accuracy of a voltage range."""


class Digitizer(Instrument, Protocol):
    """Voltage against time."""

    @property
    def voltage_ranges(self) -> Sequence[float]:
        """Return the voltage ranges, V, ascending."""

    @property
    def min_sample_rate(self) -> float:
        """Return the slowest sample rate, 1/s."""

    @property
    def max_sample_rate(self) -> float:
        """Return the fastest sample rate, 1/s."""

    @property
    def max_samples(self) -> int:
        """Return how many samples one record can have."""

    def input_resistance(self, voltage_range: float) -> float:
        """Return the input resistance on a range, Ω."""

    def voltage_accuracy(self, voltage_range: float) -> Accuracy:
        """Return the data-sheet accuracy of a digitizing range."""

    def configure(self, *, voltage_range: float, sample_rate: float, count: int) -> None:
        """Choose range (V), rate (1/s) and record length, and read them back."""

    def capture(self) -> Waveform:
        """Take one record, now."""

    def watch(
        self,
        *,
        level: float,
        duration: float,
        pre: float,
        post: float,
        zero: float = 0.0,
        action: Callable[[], object] = ...,
    ) -> Watch:
        """Watch at the configured range and rate until the input leaves ``zero`` ± ``level`` (V), or for ``duration``.

        :param duration: s of bench time from when the trigger is surely live; arming comes before it.
        :param pre: at least so much of what was before the departure is kept, s.
        :param post: at least so much of what follows is recorded, s, > 0.
        :param action: called once when armed.
        """

    def capture_around(self, action: Callable[[], object], *, pre: float, post: float) -> EventRecord:
        """Take a record at the configured range and rate, from ``pre`` (s) before calling ``action`` to ``post`` after.

        :raises BenchError: also when ``action`` takes longer than ``post``.
        """


class LoadBox(Instrument, Protocol):
    """The resistance decade."""

    def set_resistance(self, ohms: float) -> None:
        """Set the box; refuse what its decades cannot make."""


OPEN_LOAD = "open"
"""What a skin module is asked for to leave the loop open where the load would be."""


class SkinNetwork(Instrument, Protocol):
    """The module that puts skin-like networks in the place of the load box."""

    @property
    def networks(self) -> Sequence[str]:
        """Return the names of the networks that can be selected."""

    def select(self, name: str | None) -> None:
        """Put a network into the loop, ``open`` for nothing at all; None for the box."""


class Switch(Instrument, Protocol):
    """The relays between device, load, shunt and instruments."""

    def set_port(self, port: str) -> None:
        """Connect ``device``, ``open``, ``short`` or ``reference`` to the loop."""

    def set_bypass(self, bypassed: bool) -> None:
        """Take the SMU out of the loop (True), or put it in."""

    def set_tap(self, tap: str) -> None:
        """Connect the digitizer across the ``shunt`` or the ``output``."""

    def select_shunt(self, ohms: float) -> None:
        """Put the shunt of that nominal value into the loop."""


class Stimulator(Instrument, Protocol):
    """The device under test, where it can be driven."""

    def select_mode(self, mode: str) -> None:
        """Choose a mode by the name the plan uses."""

    def set_level(self, level: int) -> None:
        """Choose an intensity level, 1 … top."""

    def level_up(self) -> None:
        """Press "up" once."""

    def start(self) -> None:
        """Start the output."""

    def stop(self) -> None:
        """Stop the output, and read back that it did."""

    def pause(self) -> None:
        """Pause the running output, until it is started again.

        :raises CannotDo: when it has no such control.
        """

    def connect_charger(self, connected: bool) -> None:
        """Plug the charger in, or pull it out.

        :raises CannotDo: when it has none that could be worked from here.
        """


class Reference(Instrument, Protocol):
    """A certified current source behind the port ``reference``."""

    def set_current(self, amperes: float) -> None:
        """Choose one of the certified currents and switch the output on."""

    def set_pulses(self, amperes: float) -> None:
        """Choose certified biphasic pulses by their amplitude, A, and switch the output on."""

    def off(self) -> None:
        """Switch the output off, and read back that it is."""


class Environment(Instrument, Protocol):
    """The thermometer."""

    def temperature(self) -> float:
        """Return the air temperature at the bench, °C."""


class Clock(Protocol):
    """Bench time: the only way harness and drivers wait."""

    def now(self) -> float:
        """Return the bench time, s."""

    def wait(self, seconds: float) -> None:
        """Let ``seconds`` of bench time pass."""
