# SPDX-License-Identifier: MIT
"""What a station file says about the skin module and its networks: Rs + Rp ‖ Cp each."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from instruments.calibration import Calibration
from instruments.roles import OPEN_LOAD
from instruments.station_entries import Instrument
from stimcert.quantity import (
    Dimension,
    PositiveOhms,
    PositiveShare,
    PositiveVolts,
    PositiveWatts,
    Quantity,
    QuantityField,
    Seconds,
    parse,
)
from stimcert.strict_model import Misfit

PositiveFarads = Annotated[Quantity, QuantityField(Dimension.CAPACITANCE, above=0.0)]


def _no_word_of_the_module(name: str) -> str:
    if name.upper() in ("BOX", OPEN_LOAD.upper()):
        raise ValueError("BOX and OPEN are no networks; another name is needed, e.g. N1")
    return name


NetworkName = Annotated[
    str, Field(pattern=r"^[A-Z][A-Z0-9]{0,11}$"), AfterValidator(_no_word_of_the_module)
]  # as the module names it


class SkinEntry(Instrument):
    """The module with skin-like loads, beside the load box.

    :param settle: time its relays take, bounce included.
    :param max_voltage: largest voltage that every network stands.
    :param max_power: largest power that every network stands.
    """

    driver: Literal["scpi_skin", "manual"]
    max_voltage: PositiveVolts
    max_power: PositiveWatts
    settle: Seconds = parse("10 ms", Dimension.TIME)


class Network(Calibration):
    """One network of the skin module, with what its certificate says.

    :param series: Rs.
    :param parallel: Rp.
    :param capacitance: Cp.
    :param expanded_uncertainty: of each of the three, as a share of its value, at ``coverage_factor``.
    """

    name: NetworkName
    series: PositiveOhms
    parallel: PositiveOhms
    capacitance: PositiveFarads
    expanded_uncertainty: PositiveShare
    coverage_factor: float = Field(default=2.0, ge=1.0, le=5.0)

    @property
    def direct(self) -> float:
        """Return what it is at direct current, Ω."""
        return self.series.si + self.parallel.si

    @property
    def time_constant(self) -> float:
        """Return Rp·Cp, s: a current's plateau lasts five of them before it tells of the whole load."""
        return self.parallel.si * self.capacitance.si

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check the uncertainty, and the certificate's days."""
        return *super().checks(), self._uncertainty_is_small()

    def _uncertainty_is_small(self) -> Iterator[Misfit]:
        if self.expanded_uncertainty.si >= 1:
            text = f'found "{self.expanded_uncertainty}"; it must be less than the value itself, 100 %'
            yield Misfit(("expanded_uncertainty",), text)
