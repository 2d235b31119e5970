# SPDX-License-Identifier: MIT
"""The kinds of values in a device file."""

from typing import Annotated

from pydantic import Field

from stimcert.quantity import (
    Amperes,
    Dimension,
    Farads,
    Hertz,
    PositiveOhms,
    PositiveSeconds,
    PositiveVolts,
    Quantity,
    QuantityField,
    Seconds,
    Share,
)

__all__ = [
    "Amplitude",
    "Capacitance",
    "Duration",
    "Name",
    "Rate",
    "Resistance",
    "Settling",
    "Share",
    "SignedCurrent",
    "Voltage",
    "VoltageAmplitude",
]

Amplitude = Annotated[Quantity, QuantityField(Dimension.CURRENT, at_least=0.0)]
SignedCurrent = Amperes
Voltage = PositiveVolts
VoltageAmplitude = Annotated[Quantity, QuantityField(Dimension.VOLTAGE, at_least=0.0)]
Duration = PositiveSeconds
Settling = Seconds
Rate = Hertz
Resistance = PositiveOhms
Capacitance = Farads

Name = Annotated[str, Field(pattern=r"^[!#-&(-~]([ !#-&(-~]{0,38}[!#-&(-~])?$")]
"""Text that fits between the quotes of a message."""
