# SPDX-License-Identifier: MIT
"""The stimulator's own port: what a hand on its buttons would do."""

from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, query


class StimulatorPort(ScpiInstrument):
    """The device under test, as seen from its control port."""

    role = "dut"

    def identity(self) -> str:
        """Return the answer to ``*IDN?``."""
        device = self.bench.stimulator.device
        return f"{device.manufacturer},{device.model},SIM-0001,{device.firmware}"

    def reset(self) -> None:
        """Stop, and go to the first mode's level 1."""
        self._select(self.bench.stimulator.mode_names[0])

    @command("MODE")
    def set_mode(self, arguments: Arguments) -> None:
        """Choose a mode by its quoted name; the output stops and the level goes to 1."""
        name = arguments.string(0)
        if name not in self.bench.stimulator.mode_names:
            raise ScpiError(-224)
        self._select(name)

    @query("MODE")
    def mode(self, arguments: Arguments) -> str:
        """Return the mode's name, quoted."""
        return f'"{self.bench.stimulator.mode.name}"'

    @command("LEVel")
    def set_level(self, arguments: Arguments) -> None:
        """Choose a level, 1 … top."""
        self._to_level(arguments.integer(0, 1, self.bench.stimulator.top_level))

    @query("LEVel")
    def level(self, arguments: Arguments) -> str:
        """Return the level."""
        return str(self.bench.stimulator.level)

    @command("LEVel:UP", parameters=0)
    def level_up(self, arguments: Arguments) -> None:
        """Press "up" once; at the top the device stays there, or begins again."""
        self.bench.stimulator.level_up()
        self.bench.log.write("dut_level", level=self.bench.stimulator.level)

    @command("OUTPut:STARt", parameters=0)
    def start(self, arguments: Arguments) -> None:
        """Start the output, or go on after a pause; a device that charges may refuse by doing nothing."""
        self.bench.stimulator.start()
        self.bench.log.write("dut_output", on=self.bench.stimulator.on)

    @command("OUTPut:STOP", parameters=0)
    def stop(self, arguments: Arguments) -> None:
        """Stop the output."""
        self._stop()

    @command("OUTPut:PAUSe", parameters=0)
    def pause(self, arguments: Arguments) -> None:
        """Pause a running output, where the device can."""
        self._require(self.bench.stimulator.device.behaviours.pauses)
        self.bench.stimulator.pause()
        self.bench.log.write("dut_output", on=self.bench.stimulator.on)

    @command("CHARger")
    def set_charger(self, arguments: Arguments) -> None:
        """Plug the charger in (1) or pull it out (0), where there is one."""
        self._require(self.bench.stimulator.device.behaviours.charges)
        connected = bool(arguments.integer(0, 0, 1))
        self.bench.stimulator.connect_charger(connected)
        self.bench.log.write("dut_charger", connected=connected)

    @query("CHARger")
    def charger(self, arguments: Arguments) -> str:
        """Return 1 while the charger is connected, else 0."""
        self._require(self.bench.stimulator.device.behaviours.charges)
        return str(int(self.bench.stimulator.charging))

    @query("OUTPut")
    def output(self, arguments: Arguments) -> str:
        """Return 1 while the output runs, else 0."""
        return str(int(self.bench.stimulator.on))

    def _require(self, there: bool) -> None:
        """Refuse, as an undefined header, a command for what the device does not have."""
        if not there:
            raise ScpiError(-113)

    def _select(self, name: str) -> None:
        self._stop()
        self.bench.stimulator.select_mode(name)
        self.bench.log.write("dut_mode", mode=name)

    def _to_level(self, level: int) -> None:
        self.bench.stimulator.set_level(level)
        self.bench.log.write("dut_level", level=level)

    def _stop(self) -> None:
        was_running = self.bench.stimulator.on
        self.bench.stimulator.stop()
        if was_running:
            self.bench.log.write("dut_output", on=False)
