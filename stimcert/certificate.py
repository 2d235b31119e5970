# SPDX-License-Identifier: MIT
"""When a report may be called a certificate: when nothing stands in its way; everything that does is listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stimcert.reason import Reason

CERTIFICATE = "certificate"
TEST_REPORT = "test report"


def _missing() -> dict[str, Any]:
    return {"code": "no_bench_check", "params": {}}


@dataclass(frozen=True, kw_only=True)
class Backing:
    """What stands behind a record beside its measurements.

    :param approved: the plan names who approved it.
    :param job: customer and laboratory are named.
    :param unproven_ranges: ranges of the SMU that no certified current proves, in words.
    :param bench_check: ``code`` and ``params`` of the reason why no bench check speaks for the station at the start of
        the run; None when one does.
    :param profile_gaps: what the profile of the claim asks for and the plan does not have, in words.
    """

    approved: bool
    job: bool
    profile_gaps: Sequence[str]
    unproven_ranges: Sequence[str] = ()
    bench_check: Mapping[str, Any] | None = field(default_factory=_missing)


def blockers(record: Mapping[str, Any], backing: Backing) -> list[Reason]:
    """Return every reason why this record is no certificate, foreseeable ones included.

    :param record: as :func:`stimcert.record.derive` returns it.
    """
    found = [] if record["verdict"] == "PASS" else [Reason("verdict_not_pass", {"verdict": record["verdict"]})]
    if not record["complete"]:
        found.append(Reason("partial"))
    steps = [step for session in record["sessions"] for step in session["clock_steps"]]
    if steps:
        found.append(Reason("clock_set", {"steps": ", ".join(f"{step:+g} s" for step in steps)}))
    return found + foreseeable(record, backing)


def foreseeable(record: Mapping[str, Any], backing: Backing) -> list[Reason]:
    """Return the blockers that are known before anything is measured."""
    found = [Reason("simulated")] if record["simulated"] else []
    profile = record["plan"]["profile"]
    found += [Reason("profile_not_met", {"profile": profile, "text": gap}) for gap in backing.profile_gaps]
    found += [Reason("unverified_limit", {"limit": row}) for row in _unverified_limits(record)]
    found += [Reason("unverified_accuracy", facts) for facts in _unverified_accuracy(record)]
    software = record["software"]
    if not software["released"]:
        found.append(Reason("software_not_released", {"version": software["version"]}))
    if not backing.approved:
        found.append(Reason("plan_not_approved"))
    if not backing.job:
        found.append(Reason("no_job"))
    found += [Reason("range_not_proven", {"range": full_scale}) for full_scale in backing.unproven_ranges]
    if backing.bench_check is not None:
        found.append(Reason(backing.bench_check["code"], backing.bench_check["params"]))
    return found


def document(found: Sequence[Reason]) -> str:
    """Return what the report may call itself."""
    return TEST_REPORT if found else CERTIFICATE


def _unverified_limits(record: Mapping[str, Any]) -> list[str]:
    rows = [row for case in record["cases"] for row in case["limits"] if row["kind"] == "limit"]
    return sorted({row["id"] for row in rows if row["status"] != "verified"})


def _unverified_accuracy(record: Mapping[str, Any]) -> list[dict[str, str]]:
    instruments = record["station"]["instruments"]
    return [
        {"role": entry["role"], "source": entry["accuracy_source"]}
        for entry in instruments
        if entry.get("accuracy_status") not in (None, "verified")
    ]
