# SPDX-License-Identifier: MIT
"""Files that describe simulated devices, and the verdict that each must get: written before it is ever run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from instruments.sim.device import Device
from instruments.sim.device_entries import HabitKeys
from instruments.sim.device_fields import Capacitance, Settling, Voltage
from instruments.sim.mode_entry import ModeEntry
from stimcert.strict_toml import Misfit, load

__all__ = ["DEVICES", "DeviceFile", "ModeEntry", "find_device", "read_device", "shipped_devices"]

DEVICES = Path(__file__).parent / "devices"

Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9._/+-]([A-Za-z0-9 ._/+-]{0,58}[A-Za-z0-9._/+-])?$")]
"""Text that fits into an identity: printable ASCII without the signs that separate fields and messages."""

PlanId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
CaseId = Annotated[str, Field(pattern=r"^[A-Z]{1,6}-[0-9]{2,4}$")]
VerdictWord = Literal[
    "PASS",
    "CONDITIONAL_PASS",
    "INCONCLUSIVE",
    "NOT_RUN",
    "CONDITIONAL_FAIL",
    "ABORTED",
    "FAIL",
    "ERROR",
    "NOT_APPLICABLE",
]


def _several(found: object) -> object:
    """Take a single verdict for a list of one; a list becomes the tuple that strict mode asks for."""
    if isinstance(found, str):
        return (found,)
    return tuple(found) if isinstance(found, list) else found


Expected = Annotated[
    tuple[VerdictWord, ...], BeforeValidator(_several, json_schema_input_type=VerdictWord | tuple[VerdictWord, ...])
]
"""A verdict, or a list of those among which chance decides: the hidden errors of the bench are drawn by seed."""


class DeviceFile(HabitKeys):
    """One device file.

    ``expected`` gives for each plan the verdicts that a run may end with, ``expected_cases`` those of single cases.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
    manufacturer: Label
    model: Label
    firmware: Label
    description: Annotated[str, Field(min_length=1, max_length=500)]
    rail: Voltage
    settling: Settling
    stuck_level: Annotated[int, Field(ge=1)] | None = None
    output_capacitance: Capacitance | None = None
    expected: dict[PlanId, Expected] = {}
    expected_cases: dict[PlanId, dict[CaseId, Expected]] = {}
    modes: Annotated[tuple[ModeEntry, ...], Field(alias="mode")]

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between the modes, and of the two tables of verdicts."""
        return (
            self._distinct(),
            self._stuck(),
            self._expectations(),
            self._something_expected(),
            self._contact_surges(),
            self._in_amperes(),
            self._faulty_modes(),
        )

    def _distinct(self) -> Iterator[Misfit]:
        if not self.modes:
            yield Misfit(("mode",), "found no modes; at least one [[mode]] is needed")
        seen: set[str] = set()
        for index, mode in enumerate(self.modes):
            if mode.name in seen:
                yield Misfit(("mode", index, "name"), f'found "{mode.name}" twice; names of modes are unique')
            seen.add(mode.name)

    def _stuck(self) -> Iterator[Misfit]:
        most = max((mode.top_level for mode in self.modes), default=0)
        if self.stuck_level is not None and self.stuck_level > most:
            yield Misfit(("stuck_level",), f"found {self.stuck_level}; the modes have at most {most} levels")

    def _expectations(self) -> Iterator[Misfit]:
        for plan in self.expected_cases.keys() - self.expected.keys():
            yield Misfit(("expected_cases", plan), f'found cases of "{plan}", whose own verdict stands nowhere')

    def _something_expected(self) -> Iterator[Misfit]:
        # Not a min_length, for the reason given at the amplitudes.
        places: list[tuple[tuple[str, ...], tuple[VerdictWord, ...]]]
        places = [(("expected", plan), verdicts) for plan, verdicts in self.expected.items()]
        for plan, cases in self.expected_cases.items():
            places += [(("expected_cases", plan, case), verdicts) for case, verdicts in cases.items()]
        for path, verdicts in places:
            if not verdicts:
                yield Misfit(path, "found no verdict; at least one is needed")

    def _contact_surges(self) -> Iterator[Misfit]:
        if self.lift_off is not None or self.no_load_trip is not None:
            return
        for index, surge in enumerate(self.surges):
            if "contact" in surge.on:
                yield Misfit(("surge", index, "on"), 'found "contact"; it needs [lift_off] or [no_load_trip]')

    def _faulty_modes(self) -> Iterator[Misfit]:
        known = [mode.name for mode in self.modes]
        for index, name in enumerate((self.late_fault.modes or ()) if self.late_fault is not None else ()):
            if name not in known:
                text = f'found "{name}"; modes of this device: {", ".join(known)}'
                yield Misfit(("late_fault", "modes", index), text)

    def _in_amperes(self) -> Iterator[Misfit]:
        """Yield whatever is given as a current to a mode that regulates a voltage."""
        if not any(mode.voltages for mode in self.modes):
            return
        paths: list[tuple[str | int, ...]] = [("surge", index, "amplitude") for index in range(len(self.surges))]
        if self.late_fault is not None and self.late_fault.direct is not None:
            paths.append(("late_fault", "direct"))
        if self.leakage is not None:
            paths.append(("leakage",))
        for path in paths:
            yield Misfit(path, 'found a current; a device with modes that have "voltages" has none')

    def device(self) -> Device:
        """Return the device as the simulated stimulator is built from it."""
        return Device(
            manufacturer=self.manufacturer,
            model=self.model,
            firmware=self.firmware,
            rail=self.rail.si,
            settling=self.settling.si,
            stuck_level=self.stuck_level,
            output_capacitance=self.output_capacitance.si if self.output_capacitance else 0.0,
            behaviours=self.behaviours(),
            modes=tuple(mode.mode() for mode in self.modes),
        )


def find_device(name: str) -> Path:
    """Return the path of a shipped device by its name, or of any device file by its path.

    :raises FileNotFoundError: when there is neither; says which devices are shipped.
    """
    shipped = DEVICES / f"{name}.toml"
    if Path(name).name == name and shipped.is_file():
        return shipped
    if Path(name).is_file():
        return Path(name)
    raise FileNotFoundError(f"no device file {name!r}; shipped devices: {', '.join(shipped_devices())}")


def shipped_devices() -> list[str]:
    """Return the names of all devices that come with the simulator."""
    return sorted(path.stem for path in DEVICES.glob("*.toml"))


def read_device(name: str) -> DeviceFile:
    """Read and check a device file, by the name of a shipped one or by path.

    :raises FileNotFoundError: when there is no such file.
    :raises stimcert.strict_toml.InvalidFile: with every mistake in it.
    """
    path = find_device(name)
    return load(path.read_bytes(), DeviceFile, str(path)).value
