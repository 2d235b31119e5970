# SPDX-License-Identifier: MIT
"""Thermometer of the bench."""

import math
from typing import Any

from instruments.scpi import ScpiInstrument

PLAUSIBLE = (-20.0, 60.0)
"""°C; a broken sensor answers something else."""


class Thermometer(ScpiInstrument):
    """SCPI thermometer.

    :param adapter: an open door, or a VISA resource string.
    """

    def __init__(self, adapter: Any, name: str = "thermometer", *, role: str = "environment", **kwargs: Any) -> None:
        super().__init__(adapter, name, role=role, **kwargs)

    def temperature(self) -> float:
        """Return the air temperature at the bench, °C.

        :raises GarbledReply: when that is no temperature of a room.
        """
        (reply,) = self.ask_parts(":MEAS:TEMP?", 1)
        celsius = float(self.parsed(":MEAS:TEMP?", reply, float))
        if not math.isfinite(celsius) or not PLAUSIBLE[0] <= celsius <= PLAUSIBLE[1]:
            raise self.garbled(":MEAS:TEMP?", reply)
        return celsius
