# SPDX-License-Identifier: MIT
"""What a station file says about each instrument, by role."""

import re
from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from pydantic import Field

from instruments.calibration import Calibration
from stimcert.quantity import (
    Dimension,
    Ohms,
    PositiveAmperes,
    PositiveOhms,
    PositiveSeconds,
    PositiveShare,
    PositiveVolts,
    PositiveWatts,
    Seconds,
    parse,
)
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Line, duplicates

EMBEDDED = "embedded:"
# Interface types and resource classes of VISA resource strings (VPP-4.3, 4.3.1.1).
_RESOURCE = re.compile(r"(TCPIP|USB|GPIB|ASRL|VXI|PXI|PRLGX-\w+)[^\s:]*::\S+", re.IGNORECASE | re.ASCII)
# Drivers that need no connection: a hand, or the computer's own clock.
_UNCONNECTED = frozenset({"manual", "real"})


class Instrument(StrictModel):
    """One role of a station.

    :param resource: VISA resource, or ``embedded:<role>`` on the embedded simulated bench.
    :param warm_up: time from power-on until its accuracy holds, as its manual says.
    :param manufacturer: as in the reply to ``*IDN?``; as ``model`` and ``serial``.
    """

    has_identity: ClassVar[bool] = True
    is_calibrated: ClassVar[bool] = False

    driver: str
    resource: Line | None = None
    manufacturer: Line | None = None
    model: Line | None = None
    serial: Line | None = None
    timeout: PositiveSeconds = parse("2 s", Dimension.TIME)
    warm_up: Seconds = parse("0 s", Dimension.TIME)
    calibration: Calibration | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a wire to it."""
        return self.driver not in _UNCONNECTED

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check resource, expected identity and certificate."""
        return self._resource_fits(), self._identity_is_known(), self._certificate_is_there()

    def _resource_fits(self) -> Iterator[Misfit]:
        if self.connected and self.resource is None:
            yield Misfit(("resource",), f'missing; driver "{self.driver}" needs a VISA resource')
        if not self.connected and self.resource is not None:
            yield Misfit(
                ("resource",), f'found "{self.resource}"; driver "{self.driver}" has no connection: leave it out'
            )
        if (
            self.resource is not None
            and not self.resource.startswith(EMBEDDED)
            and not _RESOURCE.fullmatch(self.resource)
        ):
            wanted = '"TCPIP::192.0.2.10::5025::SOCKET", "USB0::…::INSTR", "GPIB0::24::INSTR" or "embedded:<role>"'
            yield Misfit(("resource",), f'found "{self.resource}"; a VISA resource is needed, e.g. {wanted}')

    def _identity_is_known(self) -> Iterator[Misfit]:
        if self.connected and self.has_identity:
            for key, found in (("model", self.model), ("serial", self.serial)):
                if found is None:
                    yield Misfit((key,), "missing; it is needed to see that the right instrument answers")

    def _certificate_is_there(self) -> Iterator[Misfit]:
        if self.is_calibrated and self.connected and self.calibration is None:
            yield Misfit(("calibration",), "missing; certificate, calibrated and due are needed for this role")


class SmuEntry(Instrument):
    """The source-measure unit.

    :param remote_sense: whether its sense leads are connected at the ends of its own two leads, so that loads are
        measured 4-wire.
    :param current_range: forces the range of mean readings of the device.
    :param max_voltage: largest voltage its terminals stand.
    """

    is_calibrated = True
    driver: Literal["keithley2450"]
    remote_sense: bool = False
    current_range: PositiveAmperes | None = None
    max_voltage: PositiveVolts = parse("200 V", Dimension.VOLTAGE)
    max_power: PositiveWatts = parse("20 W", Dimension.POWER)


class DigitizerEntry(Instrument):
    """The digitizer.

    :param max_voltage: largest voltage its input stands.
    """

    is_calibrated = True
    driver: Literal["dmm6500"]
    max_voltage: PositiveVolts = parse("1 kV", Dimension.VOLTAGE)


class LoadBoxEntry(Instrument):
    """The resistance decade.

    :param decades: the step of each decade present, e.g. 0.1 Ω … 100 kΩ; each goes from 0 to 9 steps.
    :param tolerance: of the value set.
    :param residual: largest resistance at setting 0.
    """

    driver: Literal["prs200", "manual"]
    decades: tuple[PositiveOhms, ...] = Field(min_length=1)
    tolerance: PositiveShare
    residual: Ohms
    max_power: PositiveWatts
    max_voltage: PositiveVolts
    settle: Seconds = parse("0 s", Dimension.TIME)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check the decades, and what every instrument needs."""
        return *super().checks(), self._decades_are_tens()

    def _decades_are_tens(self) -> Iterator[Misfit]:
        exponents = [_exponent(decade.si) for decade in self.decades]
        for index, exponent in enumerate(exponents):
            if exponent is None:
                text = f'found "{self.decades[index]}"; the step of a decade is a power of ten, e.g. "100 Ω"'
                yield Misfit(("decades", index), text)
        for index in duplicates([*exponents]):
            yield Misfit(("decades", index), f'found "{self.decades[index]}" twice; once is allowed')

    @property
    def step(self) -> float:
        """Return the finest step, Ω."""
        return min(decade.si for decade in self.decades)

    def setting(self, load: float, shunt: float) -> float:
        """Return the value of the box, Ω, that makes a total load with a shunt in series; 0 below the shunt."""
        return round(max(load - shunt, 0.0) / self.step) * self.step

    def can_make(self, load: float, shunt: float) -> bool:
        """Whether the box makes that total: no finer than its finest step, and only with decades it has.

        Up to the value of the shunt, the load is the shunt alone.
        """
        if load <= shunt:
            return True
        steps = load / self.step
        if abs(steps - round(steps)) > 1e-6:
            return False
        present = {_exponent(decade.si) for decade in self.decades}
        finest = _exponent(self.step) or 0
        digits = str(round(self.setting(load, shunt) / self.step))[::-1]
        return all(digit == "0" or finest + place in present for place, digit in enumerate(digits))

    def allowed_text(self) -> str:
        """Return what the box can set, in words."""
        return f"decades of {', '.join(str(decade) for decade in self.decades)}"


def _exponent(value: float) -> int | None:
    """Return n where value is 10^n, else None."""
    mantissa, exponent = f"{value:.12e}".split("e")
    return int(exponent) if float(mantissa) == 1.0 else None


class Channels(StrictModel):
    """Which relay does what. All ports open means that the device is disconnected."""

    device: int = Field(ge=1, le=9999)
    short: int = Field(ge=1, le=9999)
    reference: int | None = Field(default=None, ge=1, le=9999)
    bypass: int | None = Field(default=None, ge=1, le=9999)
    tap_output: int | None = Field(default=None, ge=1, le=9999)

    def numbers(self) -> dict[str, int]:
        """Return the channel of each relay that is there."""
        named = ((name, getattr(self, name, None)) for name in type(self).model_fields)
        return {name: channel for name, channel in named if channel is not None}


class SwitchEntry(Instrument):
    """The relays.

    :param settle: time a relay takes, bounce included.
    """

    driver: Literal["scpi_relay", "manual"]
    channels: Channels | None = None
    settle: Seconds = parse("10 ms", Dimension.TIME)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check the channels, and what every instrument needs."""
        return *super().checks(), self._channels_are_known()

    def _channels_are_known(self) -> Iterator[Misfit]:
        if self.connected and self.channels is None:
            yield Misfit(("channels",), f'missing; driver "{self.driver}" needs the channels of device and short')


class DutEntry(Instrument):
    """The device under test: its serial number is told at the start of a run, not here."""

    has_identity = False
    driver: Literal["scpi_stimulator", "manual"]


class ReferenceEntry(Instrument):
    """The reference source; its currents have certificates of their own in ``[[reference]]``."""

    driver: Literal["scpi_reference"]


class EnvironmentEntry(Instrument):
    """The thermometer."""

    is_calibrated = True
    driver: Literal["scpi_thermometer", "manual"]


class ClockEntry(Instrument):
    """Where bench time comes from."""

    has_identity = False
    driver: Literal["simulated", "real"]
