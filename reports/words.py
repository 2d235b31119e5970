# SPDX-License-Identifier: MIT
"""How verdicts look: word, shape and colour class from one map, so that no template ever decides anything."""

from dataclasses import dataclass

from reports.record_file import Node
from stimcert.metrics import METRICS
from stimcert.verdict import Verdict


@dataclass(frozen=True)
class Look:
    """A verdict on paper.

    :param word: what is written; never colour alone.
    :param mark: one character before the word, where a drawing would be too much.
    :param shape: name of the drawing and of the colour class.
    """

    word: str
    mark: str
    shape: str


LOOKS: dict[Verdict, Look] = {
    Verdict.PASS: Look("PASS", "✓", "pass"),
    Verdict.CONDITIONAL_PASS: Look("CONDITIONAL PASS", "◐", "conditional-pass"),
    Verdict.INCONCLUSIVE: Look("INCONCLUSIVE", "?", "inconclusive"),
    Verdict.NOT_RUN: Look("NOT RUN", "○", "not-run"),
    Verdict.CONDITIONAL_FAIL: Look("CONDITIONAL FAIL", "◭", "conditional-fail"),
    Verdict.ABORTED: Look("ABORTED", "■", "aborted"),
    Verdict.FAIL: Look("FAIL", "✕", "fail"),
    Verdict.ERROR: Look("ERROR", "!", "error"),
    Verdict.NOT_APPLICABLE: Look("NOT APPLICABLE", "–", "not-applicable"),
}
INFORMATION = Look("information", "", "information")
ADVISORY: dict[bool | None, Look] = {
    False: Look("advice kept", "·", "advice-kept"),
    True: Look("advice exceeded", "▲", "advice-exceeded"),
    None: Look("advice not judged", "", "information"),
}

# What a reader of the whole run may take from its verdict.
MEANING: dict[Verdict, str] = {
    Verdict.PASS: "Every case of the plan lies inside its limits, uncertainty included.",
    Verdict.CONDITIONAL_PASS: "At least one value is inside its limit by less than its uncertainty.",
    Verdict.INCONCLUSIVE: "What was measured is not enough to decide. Nothing is said for or against the device.",
    Verdict.NOT_RUN: "Not everything the plan asks for was measured. Nothing is said for or against the device.",
    Verdict.CONDITIONAL_FAIL: "At least one value is beyond its limit by less than its uncertainty.",
    Verdict.ABORTED: "The run was broken off before its end.",
    Verdict.FAIL: "At least one value is beyond its limit by more than its uncertainty.",
    Verdict.ERROR: "The bench was not able to judge. This says nothing about the device.",
    Verdict.NOT_APPLICABLE: "The plan asks for nothing here.",
}

SIMULATED: dict[bool | None, str | None] = {
    True: "Simulated bench: nothing real was measured",
    False: None,
    None: "The instruments were not identified: nothing shows that a real bench measured this",
}
DOCUMENTS = {"certificate": "Certificate", "test report": "Test report"}
ROLES = {
    "smu": "Source-measure unit",
    "digitizer": "Digitizer",
    "load_box": "Load box",
    "switch": "Switch",
    "dut": "Device's own port",
    "reference": "Current reference",
    "environment": "Thermometer",
    "clock": "Clock",
    "skin": "Skin network",
}
NOT_EXAMINED = {
    "Earthed return": "The return of the loop floats. Currents that flow by earth, as through a charger or a computer "
    "on the mains, are not seen: measure on the battery, and leave leakage to a leakage tester.",
    "Several channels": "One output is connected at a time. Currents between the channels of a device that has more, "
    "and beats of two of them, are not seen.",
    "Mains part and isolation": "Leakage, dielectric strength and single faults belong to the safety test of the "
    "device (IEC 60601-1, IEC 60335-1).",
    "Skin": "Loads are resistors and, where the plan names them, networks. A person's skin differs, and changes as "
    "current flows.",
}
"""What no case can show, and why; a reader must not take it for tested."""

QUANTITIES = {
    **{name: facts.words for name, facts in METRICS.items()},
    "current.rectified_mean": "rectified mean current",
    "current.polarity": "current with its sign",
    "modality": "modality",
    "environment.temperature": "temperature",
    "load.resistance": "load resistance",
    "reference.current": "reference current",
    "paths.current": "current by both paths",
    "bypass.current": "reference current with the SMU bypassed",
    "zero": "reading with the port open",
    "zero.shorted": "reading with the leads shorted",
    "relays.leakage": "leakage of the open relays",
    "relays.resistance": "resistance by the relay map",
    "reference.charge": "charge of the reference pulse",
    "warm_up": "time switched on before the first measurement",
    "network.time_constant": "time constant of a skin network",
}


def instrument_words(conditions: Node) -> str | None:
    """Return which instrument or path measured, in words; None where the conditions do not say."""
    name = conditions.text("instrument") or conditions.text("role") or conditions.text("path")
    return None if name is None else ROLES.get(name, name)


def quantity_words(quantity: str | None) -> str:
    """Return a quantity in words, its own name where nobody wrote words for it."""
    return QUANTITIES.get(quantity or "", quantity or "no quantity")
