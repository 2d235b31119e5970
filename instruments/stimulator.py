# SPDX-License-Identifier: MIT
"""The device under test through its own SCPI port, where it has one."""

from typing import Any

from instruments.errors import CannotDo, InstrumentRefused
from instruments.scpi import SafeSteps, ScpiInstrument
from instruments.settings import number, parse_switch, text

_UNDEFINED = "-113"
"""Undefined header. Source: SCPI-1999, volume 2, 21.8.9."""


class ScpiStimulator(ScpiInstrument):
    """Stimulator with MODE, LEVel and OUTPut. What it refuses is about the plan and the device, not about the bench.

    :param adapter: an open door, or a VISA resource string.
    """

    refusal_code = "dut_refused"
    refusal_advice = "check that the plan's modes and levels are those of this device"
    safe_steps = SafeSteps(off=(":OUTP:STOP",), ask=((":OUTP?", "0"),))

    def __init__(self, adapter: Any, name: str = "stimulator", *, role: str = "dut", **kwargs: Any) -> None:
        super().__init__(adapter, name, role=role, **kwargs)

    mode = text(":MODE", """Control the mode by its name (str of printable ASCII without quotes).""")
    level = number(
        ":LEV",
        """Control the intensity level (int strictly from 1 to 1000; the device knows its top).""",
        1,
        1000,
        whole=True,
    )

    def select_mode(self, mode: str) -> None:
        """Choose a mode by the name the plan uses. The level becomes 1, the output stops."""
        self.change(mode=mode)

    def set_level(self, level: int) -> None:
        """Choose an intensity level, 1 … top."""
        self.change(level=level)

    def level_up(self) -> None:
        """Press "up" once. At the top the device stays where it is."""
        self.write(":LEV:UP")
        self.ask_parts(":LEV?", 1)

    def start(self) -> None:
        """Start the output, and read back that it did."""
        self.write(":OUTP:STAR")
        self._confirm_output(True)

    def stop(self) -> None:
        """Stop the output, and read back that it did."""
        self.write(":OUTP:STOP")
        self._confirm_output(False)

    def pause(self) -> None:
        """Pause the running output, and read back that it did.

        :raises CannotDo: when the port has no such command.
        """
        self._try(":OUTP:PAUS", "pause")
        self._confirm_output(False)

    def connect_charger(self, connected: bool) -> None:
        """Plug the charger in, or pull it out, and read it back.

        :raises CannotDo: when the port has no such command.
        """
        self._try(f":CHAR {connected:d}", "charger")
        (reply,) = self.ask_parts(":CHAR?", 1)
        if self.parsed(":CHAR?", reply, parse_switch) is not connected:
            raise self.refused(f"its charger was asked to be {'in' if connected else 'out'} and reads back {reply!r}")

    def _try(self, command: str, action: str) -> None:
        """Send a command that not every device has."""
        self.write(command)
        try:
            self.check_errors()
        except InstrumentRefused as refusal:
            if not str(refusal.params["errors"]).startswith(f"['{_UNDEFINED}"):
                raise
            text = f"{self._who} knows no {command}: it cannot do {action} from here"
            raise CannotDo(text, role=self.role, action=action) from refusal

    def _confirm_output(self, on: bool) -> None:
        (reply,) = self.ask_parts(":OUTP?", 1)
        if self.parsed(":OUTP?", reply, parse_switch) is not on:
            raise self.refused(f"its output was asked to be {'on' if on else 'off'} and reads back {reply!r}")
