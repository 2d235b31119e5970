# SPDX-License-Identifier: MIT
"""The thermometer of the simulated bench, in a room that stays at 23 °C."""

from instruments.sim.faults import HOT_ROOM
from instruments.sim.scpi import Arguments, ScpiInstrument, query

NOT_A_NUMBER = 9.91e37
"""What SCPI-1999.0, volume 1, 7.2.1.5 has for an answer that is no number."""

ROOM = 23.0
"""Air temperature, °C."""


class Thermometer(ScpiInstrument):
    """The thermometer."""

    role = "environment"

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        return "STIMCERT,THERMOMETER,SIM-TMP-01,1.0"

    @query("MEASure[:SCALar]:TEMPerature")
    def temperature(self, arguments: Arguments) -> str:
        """Return the air temperature, °C."""
        if "temperature_missing" in self.bench.faults:
            return f"{NOT_A_NUMBER:+.6E}"
        return f"{HOT_ROOM if 'temperature_outside' in self.bench.faults else ROOM:+.6E}"
