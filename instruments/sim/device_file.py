# SPDX-License-Identifier: MIT
"""Files that describe simulated devices, and the verdict that each must get: written before it is ever run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from instruments.sim.stimulator import Device, Mode
from instruments.sim.waveforms import Train, biphasic, direct, monophasic
from stimcert.quantity import Dimension, Quantity, QuantityField
from stimcert.strict_toml import Misfit, StrictModel, load

DEVICES = Path(__file__).parent / "devices"

Amplitude = Annotated[Quantity, QuantityField(Dimension.CURRENT, at_least=0.0)]
Duration = Annotated[Quantity, QuantityField(Dimension.TIME, above=0.0)]
Rate = Annotated[Quantity, QuantityField(Dimension.FREQUENCY, above=0.0)]
Rail = Annotated[Quantity, QuantityField(Dimension.VOLTAGE, above=0.0)]
Settling = Annotated[Quantity, QuantityField(Dimension.TIME, at_least=0.0)]
Label = Annotated[str, Field(pattern=r"^[A-Za-z0-9._/+-]([A-Za-z0-9 ._/+-]{0,58}[A-Za-z0-9._/+-])?$")]
"""Text that fits into an identity: printable ASCII without the signs that separate fields and messages."""

Name = Annotated[str, Field(pattern=r"^[!#-&(-~]([ !#-&(-~]{0,38}[!#-&(-~])?$")]
"""Text that fits between the quotes of a message."""

PlanId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
CaseId = Annotated[str, Field(pattern=r"^[A-Z]{1,6}-[0-9]{2,4}$")]
VerdictWord = Literal[
    "PASS", "CONDITIONAL_PASS", "INCONCLUSIVE", "NOT_RUN", "CONDITIONAL_FAIL", "ABORTED", "FAIL", "ERROR"
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


class ModeEntry(StrictModel):
    """One ``[[mode]]`` of a device file."""

    name: Name
    waveform: Literal["dc", "monophasic", "biphasic"]
    polarity: Literal["positive", "negative"] = "positive"
    amplitudes: tuple[Amplitude, ...]
    frequency: Rate | None = None
    width: Duration | None = None
    gap: Duration | None = None

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold of the levels, and between waveform, frequency, width and gap."""
        return self._levels(), self._timing(), self._fit()

    def _levels(self) -> Iterator[Misfit]:
        # Not a min_length: pydantic counts only what it could read, and would complain of one bad amplitude twice.
        if not self.amplitudes:
            yield Misfit(("amplitudes",), "found no amplitudes; one for each level is needed, at least one")

    def _timing(self) -> Iterator[Misfit]:
        pulsed = self.waveform != "dc"
        for key in ("frequency", "width"):
            if pulsed and getattr(self, key) is None:
                yield Misfit((), f'has no {key}; a "{self.waveform}" mode needs one')
        allowed = {"dc": (), "monophasic": ("frequency", "width"), "biphasic": ("frequency", "width", "gap")}
        for key in ("frequency", "width", "gap"):
            if getattr(self, key) is not None and key not in allowed[self.waveform]:
                yield Misfit((key,), f'found a {key}; a "{self.waveform}" mode has none')

    def _fit(self) -> Iterator[Misfit]:
        if self.waveform == "dc" or self.frequency is None or self.width is None:
            return
        phases = 2 if self.waveform == "biphasic" else 1
        used = phases * self.width.si + (self.gap.si if self.gap else 0.0)
        if used > (1 + 1e-9) / self.frequency.si:
            yield Misfit(("width",), f'found "{self.width}"; {phases} of it (and the gap) exceed the period')

    def train(self) -> Train:
        """Return the waveform of unit amplitude."""
        if self.frequency is None or self.width is None:
            return direct()
        if self.waveform == "monophasic":
            return monophasic(self.frequency.si, self.width.si)
        return biphasic(self.frequency.si, self.width.si, self.gap.si if self.gap else 0.0)

    def mode(self) -> Mode:
        """Return the mode as the simulated stimulator runs it."""
        sign = -1.0 if self.polarity == "negative" else 1.0
        return Mode(name=self.name, train=self.train(), amplitudes=tuple(sign * level.si for level in self.amplitudes))


class DeviceFile(StrictModel):
    """One device file.

    ``expected`` gives for each plan the verdicts that a run may end with, ``expected_cases`` those of single cases.
    """

    schema_version: Literal[1] = Field(alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,60}$")]
    manufacturer: Label
    model: Label
    firmware: Label
    description: Annotated[str, Field(min_length=1, max_length=500)]
    rail: Rail
    settling: Settling
    stuck_level: Annotated[int, Field(ge=1)] | None = None
    expected: dict[PlanId, Expected] = {}
    expected_cases: dict[PlanId, dict[CaseId, Expected]] = {}
    modes: Annotated[tuple[ModeEntry, ...], Field(alias="mode")]

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return what must hold between the modes, and of the two tables of verdicts."""
        return self._distinct(), self._stuck(), self._expectations(), self._something_expected()

    def _distinct(self) -> Iterator[Misfit]:
        if not self.modes:
            yield Misfit(("mode",), "found no modes; at least one [[mode]] is needed")
        seen: set[str] = set()
        for index, mode in enumerate(self.modes):
            if mode.name in seen:
                yield Misfit(("mode", index, "name"), f'found "{mode.name}" twice; names of modes are unique')
            seen.add(mode.name)

    def _stuck(self) -> Iterator[Misfit]:
        most = max((len(mode.amplitudes) for mode in self.modes), default=0)
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

    def device(self) -> Device:
        """Return the device as the simulated stimulator is built from it."""
        return Device(
            manufacturer=self.manufacturer,
            model=self.model,
            firmware=self.firmware,
            rail=self.rail.si,
            settling=self.settling.si,
            stuck_level=self.stuck_level,
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
