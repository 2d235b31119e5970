# SPDX-License-Identifier: MIT
"""The thermometer of the simulated bench, in a room that stays at 23 °C."""

from instruments.sim.scpi import Arguments, ScpiInstrument, query

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
        return f"{ROOM:+.6E}"
