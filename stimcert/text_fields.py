# SPDX-License-Identifier: MIT
"""Texts in files: one line, identifiers, and the few closed vocabularies of plans and limits."""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from stimcert.rules import NAMES, RULE_PATTERN, rule_named

Modality = Literal["microcurrent", "ems", "galvanic"]
Sign = Literal["negative", "positive"]
Regime = Literal["cosmetic", "medical", "fda", "manufacturer"]

MODALITIES: tuple[str, ...] = ("microcurrent", "ems", "galvanic")


def _one_line(text: str) -> str:
    if not text.strip() or text != text.strip() or not text.isprintable():
        raise ValueError("one line of text is needed, without blanks at its ends and without control characters")
    return text


def _matching(pattern: str, wanted: str) -> Callable[[str], str]:
    """Return a validator that names what is wanted instead of showing a pattern."""
    compiled = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(wanted)
        return text

    return check


def _no_device(text: str) -> str:
    if text.partition(".")[0] in _DEVICES:
        raise ValueError("names of devices of Windows (con, prn, aux, nul, com1, lpt1 and others) are not allowed")
    return text


def _described(pattern: str, wanted: str, longest: int) -> object:
    return Field(max_length=longest, json_schema_extra={"pattern": f"^{pattern}$", "description": wanted})


_IDENTIFIER = r"[a-z0-9]+([-_.][a-z0-9]+)*"
_CASE_ID = r"[A-Z]{1,6}-[0-9]{2,4}"
_PROCEDURE = r"[a-z][a-z0-9_]*"
_MODE_NAME = r"[A-Za-z0-9]([A-Za-z0-9 ._+-]*[A-Za-z0-9])?"

# Windows takes a file of such a name, whatever its ending, for the device: stations and plans give files their names.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})

_WANT_IDENTIFIER = "lower-case letters, digits and single - _ . between them are allowed, e.g. microcurrent-facial"
_WANT_CASE_ID = "one to six capital letters, a hyphen and two to four digits are allowed, e.g. OC-01"
_WANT_PROCEDURE = "lower-case letters, digits and _ are allowed, as in bench/test_<procedure>.py"
_WANT_MODE_NAME = "letters, digits, blanks and . _ + - are allowed, as the device's display or manual names the mode"


def _known_rule(text: str) -> str:
    try:
        return rule_named(text).id
    except ValueError as unknown:
        allowed = f"{', '.join(NAMES)} are allowed, with p a fraction above 0 and below 0.5 such as 0.01"
        raise PydanticCustomError("rule", "{text}", {"text": allowed}) from unknown


_WANT_RULE = f"one of {', '.join(NAMES)}"
RuleId = Annotated[
    str,
    Field(json_schema_extra={"pattern": f"^({RULE_PATTERN})$", "description": _WANT_RULE}),
    AfterValidator(_known_rule),
]
Line = Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
Identifier = Annotated[
    str,
    _described(_IDENTIFIER, _WANT_IDENTIFIER, 60),
    AfterValidator(_matching(_IDENTIFIER, _WANT_IDENTIFIER)),
    AfterValidator(_no_device),
]
CaseId = Annotated[str, _described(_CASE_ID, _WANT_CASE_ID, 11), AfterValidator(_matching(_CASE_ID, _WANT_CASE_ID))]
Procedure = Annotated[
    str, _described(_PROCEDURE, _WANT_PROCEDURE, 60), AfterValidator(_matching(_PROCEDURE, _WANT_PROCEDURE))
]
ModeName = Annotated[
    str, _described(_MODE_NAME, _WANT_MODE_NAME, 60), AfterValidator(_matching(_MODE_NAME, _WANT_MODE_NAME))
]


def duplicates(values: Sequence[Hashable]) -> list[int]:
    """Return the indices of the values that stood before; ``None`` is no value."""
    seen: set[Hashable] = {None}
    found = []
    for index, value in enumerate(values):
        if value is not None and value in seen:
            found.append(index)
        seen.add(value)
    return found
