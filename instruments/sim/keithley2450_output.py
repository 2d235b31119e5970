# SPDX-License-Identifier: MIT
"""The 2450's :OUTPut and :ROUTe headers. Source: 2450-901-01 Rev. B, September 2013, pp. 2-82 … 2-84, 6-31 … 6-36."""

from instruments.sim.keithley2450_source import SourceSubsystem
from instruments.sim.scpi import Arguments, command, query

_FUNCTIONS = ("VOLTage", "CURRent")
_OFF_MODES = {"NORMAL": "NORM", "ZERO": "ZERO", "HIMPEDANCE": "HIMP", "GUARD": "GUAR"}


class OutputSubsystem(SourceSubsystem):
    """:OUTPut and :ROUTe."""

    terminals = "FRON"

    @command("OUTPut[1][:STATe]")
    def _output(self, arguments: Arguments) -> None:
        self.switch_output(arguments.boolean(0))

    @query("OUTPut[1][:STATe]")
    def _output_query(self, arguments: Arguments) -> str:
        return str(int(self.output))

    @command("OUTPut[1]:VOLTage|CURRent:SMODe")
    def _off_mode(self, arguments: Arguments) -> None:
        self._set_off_mode(arguments, arguments.node(*_FUNCTIONS))

    @command("OUTPut[1]:SMODe")
    def _off_modes(self, arguments: Arguments) -> None:
        self._set_off_mode(arguments, "VOLT", "CURR")

    @query("OUTPut[1]:VOLTage|CURRent:SMODe")
    def _off_mode_query(self, arguments: Arguments) -> str:
        return self.source[arguments.node(*_FUNCTIONS)].off_mode

    @query("OUTPut[1]:SMODe")
    def _off_modes_query(self, arguments: Arguments) -> str:
        return self.source[self.source_function].off_mode

    def _set_off_mode(self, arguments: Arguments, *functions: str) -> None:
        mode = _OFF_MODES[arguments.keyword(0, "NORMal", "ZERO", "HIMPedance", "GUARd")]
        for name in functions:
            self.source[name].off_mode = mode
        self.drive()

    @query("OUTPut[1]:INTerlock:TRIPped")
    def _interlock(self, arguments: Arguments) -> str:
        # The name misleads: 1 means that the interlock is closed and every range is available (p. 6-33).
        return str(int(self.interlock_closed))

    @command("ROUTe:TERMinals")
    def _terminals(self, arguments: Arguments) -> None:
        terminals = arguments.keyword(0, "FRONt", "REAR")[:4]
        if terminals != self.terminals:
            self.switch_output(False)
        self.terminals = terminals

    @query("ROUTe:TERMinals")
    def _terminals_query(self, arguments: Arguments) -> str:
        return self.terminals
