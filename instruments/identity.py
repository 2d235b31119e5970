# SPDX-License-Identifier: MIT
"""Which instruments answer, and whether they are those of the station file with certificates that hold."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from instruments.calibration import Calibration
from instruments.errors import BenchError
from instruments.station_entries import Instrument

SIMULATED_PREFIX = "SIM-"
"""How the serial number of every simulated instrument begins."""


@dataclass(frozen=True, kw_only=True)
class Identified:
    """One role with what answered there.

    :param identity: the whole reply to ``*IDN?``; empty when nothing answered.
    :param calibration: certificate, calibrated and due (ISO dates); None where the station file names none.
    :param accuracy_source: the document behind its accuracy table; None where it has no table.
    :param accuracy_status: ``verified`` or ``unverified``.
    :param problem: why there is no identity.
    """

    role: str
    driver: str
    resource: str
    identity: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    simulated: bool = False
    calibration: Mapping[str, str] | None = None
    accuracy_source: str | None = None
    accuracy_status: str | None = None
    problem: str | None = None
    problem_code: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the form that journal and record keep."""
        return asdict(self)


def split_identity(reply: str) -> dict[str, str]:
    """Return manufacturer, model, serial and firmware of a reply to ``*IDN?``.

    Source: IEEE 488.2-1992, 10.14: four fields, separated by commas; the last may hold more of them.
    """
    fields = [field.strip() for field in reply.split(",", 3)]
    fields += [""] * (4 - len(fields))
    return dict(zip(("manufacturer", "model", "serial", "firmware"), fields, strict=True))


def dated(calibration: Calibration, today: datetime.date) -> dict[str, str]:
    """Return a certificate with its days, as seen from ``today``."""
    days = {"calibrated": calibration.calibrated, "due": calibration.due}
    return {"certificate": calibration.certificate} | {key: day.on(today).isoformat() for key, day in days.items()}


@dataclass(frozen=True, kw_only=True)
class Mismatch:
    """One thing that is not as the station file says."""

    code: str
    role: str
    expected: str
    found: str

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.role}: expected {self.expected}, found {self.found}"


def identity_mismatch(entry: Instrument, found: Identified) -> Mismatch | None:
    """Compare who answers with the station file; only what the file names is compared."""
    if found.problem is not None:
        return Mismatch(
            code=found.problem_code or BenchError.code,
            role=found.role,
            expected=_expected(entry),
            found=f"no answer: {found.problem}",
        )
    wrong = any(
        wanted is not None and wanted != getattr(found, key)
        for key, wanted in (("manufacturer", entry.manufacturer), ("model", entry.model), ("serial", entry.serial))
    )
    if not wrong:
        return None
    return Mismatch(code="wrong_identity", role=found.role, expected=_expected(entry), found=found.identity)


def _expected(entry: Instrument) -> str:
    return ",".join(part for part in (entry.manufacturer, entry.model, entry.serial) if part) or "an answer to *IDN?"


def calibration_mismatches(calibrations: Mapping[str, Calibration], today: datetime.date) -> list[Mismatch]:
    """Return every certificate that does not hold on ``today``.

    :param calibrations: by what they belong to.
    """
    return [
        Mismatch(
            code="calibration_expired",
            role=owner,
            expected=f"a certificate that holds on {today.isoformat()}",
            found=f"{entry.certificate} from {entry.calibrated.on(today)} to {entry.due.on(today)}",
        )
        for owner, entry in calibrations.items()
        if not entry.holds_on(today)
    ]


def refuse(mismatches: Iterable[Mismatch]) -> None:
    """Raise one error that names all mismatches; its code is that of the first.

    :raises BenchError: when there is any.
    """
    found = list(mismatches)
    if not found:
        return
    first = found[0]
    raise BenchError(
        "; ".join(map(str, found)),
        code=first.code,
        role=first.role,
        expected=first.expected,
        found=first.found,
        roles=", ".join(dict.fromkeys(one.role for one in found)),
    )
