# SPDX-License-Identifier: MIT
"""Whether the last bench check of a station speaks for it: lately a dummy above a limit was FAIL, and below it PASS."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from stimcert.reason import Reason

SCHEMA = 1
SEAL = "sha256"
GOOD = "PASS"


def sealed(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with the SHA-256 over its canonical JSON: what is altered by accident no longer fits it."""
    return {**body, SEAL: _digest(body)}


def intact(result: Mapping[str, Any]) -> bool:
    """Whether a result still fits its seal; one that holds what is no number, or half a character, never had one."""
    try:
        return result.get(SEAL) == _digest({key: value for key, value in result.items() if key != SEAL})
    except ValueError:
        return False


def _digest(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def objection(
    result: Mapping[str, Any] | None,
    *,
    station: str,
    serials: Mapping[str, str | None],
    now: datetime.datetime,
    valid: float,
) -> Reason | None:
    """Return why a bench check does not speak for a station now, None when it does.

    :param result: as :func:`sealed` returned it; None where there is none.
    :param serials: of the station's instruments, by role, as its file names them; None where it names none.
    :param now: with its time zone.
    :param valid: how long a check counts, s.
    """
    if result is None:
        return Reason("no_bench_check")
    ended = _moment(result.get("ended"))
    if not intact(result) or result.get("schema") != SCHEMA or result.get("station") != station or ended is None:
        return Reason("bench_check_damaged")
    when = str(result["ended"])
    if result.get("verdict") != GOOD:
        return Reason("bench_check_failed", {"at": when, "text": str(result.get("text", ""))})
    found = result.get("serials")
    checked = found if isinstance(found, Mapping) else {}
    others = sorted(role for role, serial in serials.items() if serial is not None and checked.get(role) != serial)
    if others:
        return Reason("bench_check_of_others", {"at": when, "roles": ", ".join(others)})
    age = (now - ended).total_seconds()
    if not 0.0 <= age <= valid:
        return Reason("bench_check_overdue", {"at": when, "valid": f"{valid / 3600:g} h"})
    return None


def _moment(text: object) -> datetime.datetime | None:
    try:
        found = datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
