# SPDX-License-Identifier: MIT
"""The lines at the end of a case and of a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stimcert.places import load_words, visit_words
from stimcert.plan import Case
from stimcert.quantity import show
from stimcert.reason import Reason
from stimcert.record import STATION
from stimcert.verdict import Verdict

_WORTH_A_LINE = 1e-6
"""Probability below which nobody needs to be told of a risk."""


def case_line(case: Case, verdict: Verdict, worst: Mapping[str, Any] | None, reason: Reason | None) -> str:
    """Return one line: case, procedure, verdict, and why or how close.

    :param worst: the measurement that decided, where there is one.
    """
    words = f"  {case.id}  {case.procedure}  {', '.join(case.modes)}  {verdict.words}"
    if reason is not None:
        return f"{words}: {error_words(reason)}"
    return f"{words}: {point_words(worst)}" if worst is not None else words


def station_line(reason: Reason | None) -> str:
    """Return what the station check found, in one line; it is said once, however many cases stand on it."""
    return f"  {STATION}  station_check  " + (f"ERROR: {reason.text}" if reason is not None else Verdict.PASS.words)


def error_words(reason: Reason) -> str:
    """Return why the bench could not judge a case."""
    return f"not measured, see {STATION}" if reason.code == "station_check_failed" else reason.text


def point_words(measurement: Mapping[str, Any]) -> str:
    """Return a measurement in words: quantity, value ± U, limit and where."""
    conditions = measurement["conditions"]
    value = measurement_words(measurement)
    load = conditions.get("network") or load_words(conditions["load"], shunt=conditions.get("shunt"))
    where = ", ".join([conditions["mode"], f"level {conditions['level']}", load, *visit_words(conditions)])
    reason = measurement.get("reason")
    found = f" {conditions['modality']}, peak" if "modality" in conditions else ""
    text = f"{measurement['quantity']}{found} {value}{limit_words(measurement)} at {where}"
    return f"{text} ({reason['code'].replace('_', ' ')})" if reason else text


def measurement_words(measurement: Mapping[str, Any]) -> str:
    """Return ``450.2 µA ± 0.3 µA``, or what there is of it."""
    value, unit, expanded = measurement["value"], measurement["unit"], measurement.get("expanded_uncertainty")
    if value is None:
        return "not measured"
    bound = f"{measurement['bound']} " if measurement.get("bound") else ""
    return f"{bound}{show(value, unit)}" + (f" ± {show(expanded, unit, 2)}" if expanded is not None else "")


def limit_words(measurement: Mapping[str, Any]) -> str:
    """Return the limit of a measurement in words, empty where there is none."""
    lower, upper, unit = measurement["lower_limit"], measurement["upper_limit"], measurement["unit"]
    if lower is not None and upper is not None:
        return f", limits {show(lower, unit)} to {show(upper, unit)}"
    if upper is not None:
        return f", limit {show(upper, unit)}"
    return f", at least {show(lower, unit)}" if lower is not None else ""


def summary_lines(record: Mapping[str, Any], folder: Path, publish_error: str | None) -> list[str]:
    """Return the closing lines of a run, the verdict apart."""
    counts = ", ".join(f"{count} {Verdict(word).words}" for word, count in record["counts"].items())
    lines = [f"cases           {counts}", f"device finding  {Verdict(record['device_finding']).words}"]
    if record["worst_point"] is not None:
        lines.append(f"worst point     {record['worst_point']['case']} {point_words(record['worst_point'])}")
    for entry in record["advisories"]:
        lines.append(f"advisory        {entry['limit']} exceeded: {advisory_words(entry)}")
    lines += _path_lines(record.get("self_checks", {}).get("paths"))
    lines += _risk_lines(record.get("risk"))
    lines.append(f"document        {_document_words(record)}")
    lines += _safe_lines(record["safe_state"])
    report = folder / "report.html"
    lines.append(f"report          {report}" if publish_error is None else publish_error)
    if record["reason"] is not None:
        lines.append(f"because         {record['reason']['text']}")
        if record["verdict"] != Verdict.FAIL.value:
            lines.append(f"what to do      {_advice(record)}")
    return lines


def _path_lines(paths: Mapping[str, Any] | None) -> list[str]:
    """Return that both current paths met at no point of the device, where means were taken."""
    if not paths or paths["compared"] or not paths["not_comparable"]:
        return []
    return [f"paths           compared at d.c. only, at no point of the device: {'; '.join(paths['not_comparable'])}"]


def _risk_lines(risk: Mapping[str, Any] | None) -> list[str]:
    """Return how probable it is that any PASS statement is false, where that is worth a line."""
    if risk is None or risk["bound"] < _WORTH_A_LINE:
        return []
    return [f"risk            at most {risk['bound']:.2g} that any of {risk['accepted']} PASS statements is false"]


def _advice(record: Mapping[str, Any]) -> str:
    """Return what to do about the reason of a run: that of the case behind it, where it is one."""
    reason = record["reason"]
    behind = [case["reason"] for case in record["cases"] if case["id"] == reason["params"].get("case")]
    return str((behind[0] if behind and behind[0] else reason)["advice"])


def _document_words(record: Mapping[str, Any]) -> str:
    """Return what the report may call itself; what stands in the way was said at the start, and is in the report."""
    words = str(record["document"]) + ("" if record["complete"] else ", PARTIAL")
    count = len(record["blockers"])
    return f"{words}; {count} thing{'s' * (count > 1)} in the way of a certificate" if count else words


def advisory_words(entry: Mapping[str, Any]) -> str:
    """Return where and by what an advisory was exceeded."""
    return f"{entry['case']} {measurement_words(entry)}{limit_words(entry)}"


def _safe_lines(state: Mapping[str, Any] | None) -> list[str]:
    if state is None:
        return ["safe state      nothing was energised"]
    if state["confirmed"]:
        return ["safe state      output off, confirmed"]
    return [f"safe state      OUTPUT OFF UNCONFIRMED ({', '.join(state['unconfirmed'])}): remove the leads"]
