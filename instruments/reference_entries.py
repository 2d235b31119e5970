# SPDX-License-Identifier: MIT
"""What a station file says about the reference source: certified currents, and pulses of certified charge."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from instruments.calibration import Calibration
from stimcert.quantity import Amperes, Dimension, PositiveAmperes, PositiveSeconds, Quantity, QuantityField
from stimcert.strict_model import Misfit

PositiveCoulombs = Annotated[Quantity, QuantityField(Dimension.CHARGE, above=0.0)]

_PLAUSIBLE = 0.05


class ReferenceCurrent(Calibration):
    """A certified current of the reference source; positive leaves the terminal where the device's active one goes."""

    value: Amperes
    expanded_uncertainty: PositiveAmperes
    coverage_factor: float = Field(default=2.0, ge=1.0, le=5.0)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check the uncertainty, and the certificate's days."""
        return *super().checks(), self._uncertainty_is_small()

    def _uncertainty_is_small(self) -> Iterator[Misfit]:
        if self.expanded_uncertainty.si >= abs(self.value.si):
            text = f'found "{self.expanded_uncertainty}"; it must be less than the magnitude of "{self.value}"'
            yield Misfit(("expanded_uncertainty",), text)


class ReferencePulse(Calibration):
    """Biphasic pulses of the reference source: two phases of equal and opposite charge, one after the other.

    :param current: amplitude, with the sign of the first phase.
    :param width: of each phase.
    :param period: from pulse to pulse.
    :param charge: of each phase, magnitude, with its expanded uncertainty at ``coverage_factor``.
    :param net_expanded_uncertainty: of the charge of both phases together, which is zero.
    """

    current: Amperes
    width: PositiveSeconds
    period: PositiveSeconds
    charge: PositiveCoulombs
    expanded_uncertainty: PositiveCoulombs
    net_expanded_uncertainty: PositiveCoulombs
    coverage_factor: float = Field(default=2.0, ge=1.0, le=5.0)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check what the certificate's figures say about each other, and its days."""
        return *super().checks(), self._uncertainties_are_small(), self._charge_fits(), self._phases_fit()

    def _uncertainties_are_small(self) -> Iterator[Misfit]:
        for key in ("expanded_uncertainty", "net_expanded_uncertainty"):
            found = getattr(self, key)
            if found.si >= self.charge.si:
                yield Misfit((key,), f'found "{found}"; it must be less than the charge, "{self.charge}"')

    def _charge_fits(self) -> Iterator[Misfit]:
        nominal = abs(self.current.si) * self.width.si
        if not abs(self.charge.si - nominal) <= _PLAUSIBLE * nominal:
            text = (
                f'found "{self.charge}"; a phase of {self.current} and {self.width} has within 5 % of {nominal:.4g} C'
            )
            yield Misfit(("charge",), text)

    def _phases_fit(self) -> Iterator[Misfit]:
        if 4 * self.width.si > self.period.si:
            text = f'found "{self.period}"; at least half of it must be pause: two phases of {self.width} need more'
            yield Misfit(("period",), text)
