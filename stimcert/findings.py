# SPDX-License-Identifier: MIT
"""What the measurements say about the device: the finding, its worst point, and the advice that it does not keep."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from stimcert.verdict import Verdict, worst

Body = Mapping[str, Any]


def device_finding(cases: Sequence[Body]) -> Verdict:
    """Return the worst verdict of all valid measurements of the device; what the bench could not judge is none."""
    verdicts = (m["verdict"] for case in cases for m in case["measurements"] if m["verdict"])
    return worst(verdict for verdict in map(Verdict, verdicts) if verdict is not Verdict.ERROR)


def _severity(measurement: Body) -> int:
    """Order verdicts. What is void and no finding was measured well, but on a bench that nobody trusts: it is none."""
    verdict, void = Verdict(measurement["verdict"]), "void" in measurement
    return Verdict.INCONCLUSIVE.severity if void and verdict is Verdict.ERROR else verdict.severity


def worst_point(cases: Sequence[Body]) -> dict[str, Any] | None:
    """Return the judged measurement with the worst verdict, and among those the one nearest to its limit or beyond."""
    judged = [
        (_severity(m), nearness(m), case["id"], m)
        for case in cases
        for m in case["measurements"]
        if m["verdict"] is not None and m["value"] is not None
    ]
    if not judged:
        return None
    *_, case_id, measurement = max(judged, key=lambda entry: entry[:2])
    keys = ("index", "quantity", "value", "bound", "unit", "expanded_uncertainty", "lower_limit", "upper_limit")
    return {"case": case_id, **{key: measurement.get(key) for key in (*keys, "verdict", "conditions")}}


def accepted_risk(cases: Sequence[Body]) -> dict[str, Any]:
    """Return how far the PASS statements of a report may be trusted together.

    :return: ``accepted``: how many measurements are PASS with a known risk; ``largest``: the largest probability that
        one of them is false; ``bound``: at most so probable it is that any of them is, however they hang together:
        the sum, 1 at most.

    Source: Boole's inequality; the single risks by JCGM 106:2012, 7 and 9.3.2.
    """
    risks = [
        risk
        for case in cases
        for m in case["measurements"]
        if m["verdict"] == Verdict.PASS.value and (risk := m.get("nonconformance_probability")) is not None
    ]
    return {"accepted": len(risks), "largest": max(risks, default=0.0), "bound": min(math.fsum(risks), 1.0)}


def nearness(measurement: Body) -> float:
    """Return how near a value comes to its limits, as a share of the larger one: 0 on a limit, positive beyond it.

    Limits that hold for a magnitude are held against the magnitude. Around a limit of zero the expanded uncertainty
    takes the place of the limit.
    """
    value, lower, upper = (measurement[key] for key in ("value", "lower_limit", "upper_limit"))
    if value is None:
        return -math.inf
    held = abs(value) if measurement.get("magnitude") else value
    beyond = [held - upper] if upper is not None else []
    beyond += [lower - held] if lower is not None else []
    instead = measurement.get("expanded_uncertainty") or 1.0
    scale = max((abs(limit) for limit in (lower, upper) if limit), default=instead)
    return max(beyond, default=-math.inf) / scale


def advisories(cases: Sequence[Body]) -> list[dict[str, Any]]:
    """Return, for each case and advisory row that is exceeded, the largest exceedance."""
    keys = ("limit", "value", "bound", "unit", "expanded_uncertainty", "lower_limit", "upper_limit", "conditions")
    largest: dict[tuple[str, str], Body] = {}
    for case in cases:
        for measurement in case["measurements"]:
            if measurement["exceeded"]:
                kept = largest.setdefault((case["id"], measurement["limit"]), measurement)
                if nearness(measurement) > nearness(kept):
                    largest[case["id"], measurement["limit"]] = measurement
    return [{"case": name, **{key: m.get(key) for key in keys}} for (name, _), m in largest.items()]
