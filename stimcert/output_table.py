# SPDX-License-Identifier: MIT
"""The output specification of a run: one column for each mode, filled from measurements, never from a label.

Each row has a state: ``measured`` (a value with its uncertainty, and the measurement that it is), ``words`` (what the
waveform was seen to be), ``declared`` (what the maker says and nobody measured), ``not applicable`` or ``not
measured``; the last two say why. No row is left blank.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stimcert.output_rows import AT, MEASURED, NAMES, ORDER, REGULATORY, RowKind
from stimcert.output_words import Form, net_charge_words, words_row
from stimcert.quantity import show

Body = Mapping[str, Any]
Row = dict[str, Any]

_NEVER = "it was not measured: the case did not come to its end"


def columns(planned: Body, measurements: Sequence[Body], described: Iterable[Body]) -> list[dict[str, Any]]:
    """Return a column for each mode of a case.

    :param planned: the case as ``run_begun`` has it; its ``output`` holds what the plan says of each mode.
    :param measurements: all of the case, in their order.
    :param described: what was seen of the waveform of each mode.
    """
    forms = {entry["mode"]: Form(entry) for entry in described}
    return [
        {
            "case": planned["id"],
            "mode": facts["mode"],
            "rows": list(_rows(facts, _of_mode(measurements, facts["mode"]), forms.get(facts["mode"]))),
        }
        for facts in planned["output"]
    ]


def _of_mode(measurements: Sequence[Body], mode: str) -> list[Body]:
    """Return the measurements of a mode, those apart that were repeated one range up."""
    return [
        body
        for body in measurements
        if body["conditions"]["mode"] == mode and (body.get("reason") or {}).get("code") != "repeated_one_range_up"
    ]


def _rows(facts: Body, found: Sequence[Body], form: Form | None) -> Iterator[Row]:
    kinds = {kind.key: kind for kind in MEASURED}
    for key in ORDER:
        if key in NAMES:
            yield {**_blank(key, NAMES[key]), **words_row(key, facts, found, form)}
        else:
            yield from _measured_rows(kinds[key], facts, found, form)


def _blank(key: str, name: str) -> Row:
    nothing = ("value", "bound", "unit", "expanded_uncertainty", "coverage_factor", "lowest", "highest", "text")
    return {"key": key, "name": name, **dict.fromkeys(nothing), "declared": None, "load": None, "measurement": None}


def _measured_rows(kind: RowKind, facts: Body, found: Sequence[Body], form: Form | None) -> Iterator[Row]:
    why_not = form.why_not(kind.needs) if form is not None else None
    if why_not is not None:
        at = f" at {show(AT, 'Ω')}" if kind.place == "500 Ω" else ""
        yield {**_blank(kind.key, kind.words + at), **why_not}
        return
    for load in _loads(kind, facts):
        name = kind.words if load is None else f"{kind.words} at {show(load, 'Ω')}"
        row = {**_blank(kind.key, name), "load": load, **_filled(kind, facts, found, load)}
        if kind.key == "frequency" and form is not None and row["text"] is None:
            row["text"] = form.rates
        yield row


def _loads(kind: RowKind, facts: Body) -> list[float | None]:
    """Return the loads of a row: the regulatory ones are there whether the case has them or not."""
    if kind.place == "each load":
        return sorted({*REGULATORY, *facts["loads"]})
    return [AT if kind.place == "500 Ω" else None]


def _filled(kind: RowKind, facts: Body, found: Sequence[Body], load: float | None) -> Row:
    """Return what a row holds: the largest magnitude at its load, or what the first load's highest level shows."""
    if load is not None and load not in facts["loads"]:
        return _not_measured(f"the case has no load of {show(load, 'Ω')}")
    candidates = [m for m in found if m["quantity"] == kind.metric and _fits(m, load)]
    valued = [m for m in candidates if m["value"] is not None and "void" not in m]
    if not valued:
        return _not_measured(_why(candidates[-1]) if candidates else _NEVER)
    if kind.place in ("each load", "500 Ω"):
        chosen = max(valued, key=_sure)
        words = net_charge_words(chosen, facts) if kind.key == "net_charge" else None
        return {**_measured(chosen, facts), "text": words}
    chosen = max(valued, key=lambda m: (m["conditions"]["load"] == facts["loads"][0], m["conditions"]["level"]))
    values = [m["value"] for m in valued]
    return {**_measured(chosen, facts), "lowest": min(values), "highest": max(values)}


def _sure(body: Body) -> float:
    """Return the magnitude of a result; of a bound what it is beyond its uncertainty, so a plain one goes first."""
    size, expanded = abs(float(body["value"])), float(body["expanded_uncertainty"])
    return size - expanded if body["bound"] else size


def _fits(body: Body, load: float | None) -> bool:
    where = body["conditions"]
    return where.get("network") is None and (load is None or where["load"] == load)


def _measured(body: Body, facts: Body) -> Row:
    where = body["conditions"]
    declared = [
        entry
        for entry in facts["declared"]
        if (entry["metric"], entry["level"]) == (body["quantity"], where["level"])
        and entry["load_min"] <= where["load"] <= entry["load_max"]
    ]
    return {
        "state": "measured",
        "value": body["value"],
        "bound": body["bound"],
        "unit": body["unit"],
        "expanded_uncertainty": body["expanded_uncertainty"],
        "coverage_factor": body["coverage_factor"],
        "level": where["level"],
        "load": where["load"],
        "declared": {key: declared[0][key] for key in ("value", "tolerance")} if declared else None,
        "measurement": body["index"],
    }


def _not_measured(why: str) -> Row:
    return {"state": "not measured", "text": why}


def _why(body: Body) -> str:
    """Return why a reading gave no value, in the words of what found it out."""
    reason = body.get("void") or body["reason"] or {}
    return str(reason.get("params", {}).get("text") or reason.get("text") or "nobody said why")
