# SPDX-License-Identifier: MIT
"""The kinds of values in a device file."""

from typing import Annotated

from pydantic import Field

from stimcert.quantity import Dimension, Quantity, QuantityField

Amplitude = Annotated[Quantity, QuantityField(Dimension.CURRENT, at_least=0.0)]
SignedCurrent = Annotated[Quantity, QuantityField(Dimension.CURRENT)]
Voltage = Annotated[Quantity, QuantityField(Dimension.VOLTAGE, above=0.0)]
VoltageAmplitude = Annotated[Quantity, QuantityField(Dimension.VOLTAGE, at_least=0.0)]
Duration = Annotated[Quantity, QuantityField(Dimension.TIME, above=0.0)]
Settling = Annotated[Quantity, QuantityField(Dimension.TIME, at_least=0.0)]
Rate = Annotated[Quantity, QuantityField(Dimension.FREQUENCY, above=0.0)]
Resistance = Annotated[Quantity, QuantityField(Dimension.RESISTANCE, above=0.0)]
Capacitance = Annotated[Quantity, QuantityField(Dimension.CAPACITANCE, at_least=0.0)]
Share = Annotated[Quantity, QuantityField(Dimension.SHARE, at_least=0.0)]

Name = Annotated[str, Field(pattern=r"^[!#-&(-~]([ !#-&(-~]{0,38}[!#-&(-~])?$")]
"""Text that fits between the quotes of a message."""
