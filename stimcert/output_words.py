# SPDX-License-Identifier: MIT
"""The rows of an output specification that words fill, and why a row does not apply to a waveform."""

from collections.abc import Mapping, Sequence
from typing import Any

from stimcert.quantity import show

Body = Mapping[str, Any]
Row = dict[str, Any]

_UNSEEN = "the waveform was not looked at: the case did not come to its end"
_STEADY = 1.1
_ANSWERS = {True: "yes", False: "no", None: "not to be told"}
_BEAT = "the bench examines one output at a time; a beat needs two (interferential current)"


class Form:
    """What was seen of a mode's waveform."""

    def __init__(self, facts: Body) -> None:
        self._facts = facts

    def said(self, key: str) -> str | None:
        """Return what was written down under a key."""
        return self._facts.get(key)

    @property
    def is_direct(self) -> bool:
        """Whether it is direct current."""
        return bool(self._facts["direct"])

    @property
    def why(self) -> str:
        """Why the record shows no form."""
        return str(self._facts.get("why") or "the record does not show it")

    @property
    def pulses_per_burst(self) -> tuple[int, int] | None:
        """Least and most pulses of a burst."""
        counts = self._facts.get("pulses_per_burst")
        return None if counts is None else (counts[0], counts[1])

    @property
    def rates(self) -> str | None:
        """What the one number of a frequency does not tell: rates that change, pauses between bursts."""
        shortest, longest = self._facts.get("intervals") or (1.0, 1.0)
        if not longest > _STEADY * shortest:
            return None
        return f"times from pulse to pulse of {show(shortest, 's')} to {show(longest, 's')}: no one frequency"

    @property
    def _seen(self) -> str:
        return f"in the {show(self._facts['seconds'], 's')} that were recorded"

    def why_not(self, needs: str) -> Row | None:
        """Return the row of what the waveform does not have; None where it has it, or nobody can tell."""
        if needs == "program":
            return self._absent("program", f"no OFF time {self._seen}: the output is continuous")
        if needs != "anything" and self.is_direct:
            return _not_applicable("direct current has no pulses")
        if needs == "two phases" and self._facts.get("phases") == 1:
            return _not_applicable("its pulses have one phase")
        if needs == "bursts":
            return self._absent("bursts", f"no bursts {self._seen}: its pulses come without pauses")
        return None

    def _absent(self, key: str, words: str) -> Row | None:
        return _not_applicable(words) if self._facts.get(key) is False else None


def words_row(key: str, facts: Body, found: Sequence[Body], form: Form | None) -> Row:
    """Return state and text of a row that words fill.

    :param facts: what the plan says of the mode.
    :param found: its measurements.
    :param form: what was seen of its waveform, None where nobody looked.
    """
    match key:
        case "mode_name":
            return _words(facts["mode"])
        case "beat_frequency":
            return _not_applicable(_BEAT)
        case "additional_features":
            return _declared(facts.get("features"), "the plan states none (features of the mode)")
        case "symmetrical_phases":
            return _symmetrical(facts, found, form)
        case "burst_pulses":
            return _burst_pulses(form)
        case _:
            return _form(key, form)


def _form(key: str, form: Form | None) -> Row:
    if form is None:
        return _not_measured(_UNSEEN)
    said = form.said(key)
    if said is None:
        return _not_measured(form.why)
    basis = form.said("basis") if key == "shape" else None
    return _words(f"{said} ({basis})" if basis else said)


def _symmetrical(facts: Body, found: Sequence[Body], form: Form | None) -> Row:
    """Return yes or no, by the largest imbalance and the tolerance that the plan declares for it."""
    absent = form.why_not("two phases") if form is not None else None
    if absent is not None:
        return absent
    valued = [m for m in found if m["quantity"] == "charge.imbalance" and m["value"] is not None]
    if not valued:
        return _not_measured("no imbalance of two phases was measured")
    worst = max(valued, key=lambda m: m["value"])
    value, expanded, allowed = worst["value"], worst["expanded_uncertainty"], facts.get("symmetry")
    seen = f"imbalance {show(value, '%', 3)} ± {show(expanded, '%', 2)} at the worst point"
    if allowed is None:
        return _words(f"{seen}; yes or no needs a tolerance, the plan declares none (symmetry of the mode)")
    return _words(f"{_ANSWERS[_inside(value, expanded, allowed)]}: {seen}, declared tolerance {show(allowed, '%')}")


def net_charge_words(body: Body, facts: Body) -> str:
    """Return whether a net charge is zero as far as can be told, and how the maker says that it is made so."""
    zero = abs(body["value"]) <= body["expanded_uncertainty"]
    told = "not to be told from zero" if zero else "not zero"
    by = facts.get("balanced_by")
    if by:
        return f"{told}; balanced by {by}, as declared"
    return f"{told}; how it is made zero is not declared (balanced_by of the mode)" if zero else told


def _inside(value: float, expanded: float, allowed: float) -> bool | None:
    if value + expanded <= allowed:
        return True
    return False if value - expanded > allowed else None


def _burst_pulses(form: Form | None) -> Row:
    if form is None:
        return _not_measured(_UNSEEN)
    absent = form.why_not("bursts")
    if absent is not None:
        return absent
    if form.pulses_per_burst is None:
        return _not_measured(form.why)
    least, most = form.pulses_per_burst
    return _words(f"{least}" if least == most else f"{least} to {most}")


def _words(text: str) -> Row:
    return {"state": "words", "text": text}


def _declared(text: str | None, missing: str) -> Row:
    return {"state": "declared", "text": text} if text else _not_applicable(missing)


def _not_applicable(why: str) -> Row:
    return {"state": "not applicable", "text": why}


def _not_measured(why: str) -> Row:
    return {"state": "not measured", "text": why}
