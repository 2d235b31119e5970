# SPDX-License-Identifier: MIT
"""Read ``record.json``. A run that broke off leaves gaps: each is None here, never an exception."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reports.errors import ReportError
from stimcert.verdict import Verdict

# Declared values are magnitudes: the sign is judged by the case about polarity alone.
_DECLARED = "declared."


class Node:
    """One object of the record; whatever is missing or of another type reads as None or empty."""

    __slots__ = ("data",)

    def __init__(self, data: object) -> None:
        self.data: Mapping[str, Any] = data if isinstance(data, dict) else {}

    def __bool__(self) -> bool:
        """Tell whether there is anything in it."""
        return bool(self.data)

    def text(self, key: str) -> str | None:
        """Return a text or a number as text; None when missing or empty."""
        value = self.data.get(key)
        return None if value is None or value == "" or isinstance(value, dict | list) else str(value)

    def number(self, key: str) -> float | None:
        """Return a finite number or None."""
        return number(self.data.get(key))

    def flag(self, key: str) -> bool | None:
        """Return True, False, or None when nobody recorded it."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else None

    def verdict(self, key: str = "verdict") -> Verdict | None:
        """Return the verdict that is named, None where none is.

        :raises ReportError: for a word that is no verdict; nothing may be guessed here.
        """
        return verdict_of(self.data.get(key))

    def node(self, key: str) -> "Node":
        """Return an object, empty when missing."""
        return Node(self.data.get(key))

    def nodes(self, key: str) -> list["Node"]:
        """Return the objects of a list."""
        return [Node(entry) for entry in self.entries(key)]

    def texts(self, key: str) -> list[str]:
        """Return a list as texts."""
        return [str(entry) for entry in self.entries(key)]

    def entries(self, key: str) -> list[Any]:
        """Return a list, empty when missing."""
        value = self.data.get(key)
        return value if isinstance(value, list) else []

    def items(self) -> Iterator[tuple[str, Any]]:
        """Return key and value of each entry."""
        return iter(self.data.items())


class Measurement(Node):
    """One measurement. What is asked for thousands of times is looked up once.

    :param magnitude: whether its limits hold for the magnitude; :attr:`held` is what they are held against.
    """

    # fmt: off
    __slots__ = ("conditions", "expanded", "held", "kind", "level", "limit", "load", "lower", "magnitude", "mode",
                 "own", "quantity", "unit", "upper", "value")
    # fmt: on

    def __init__(self, data: object, magnitude: bool = False) -> None:
        super().__init__(data)
        self.magnitude = magnitude
        self.conditions = Node(self.data.get("conditions"))
        self.value, self.expanded = self.number("value"), self.number("expanded_uncertainty")
        self.lower, self.upper = self.number("lower_limit"), self.number("upper_limit")
        self.held = abs(self.value) if magnitude and self.value is not None else self.value
        self.kind, self.limit = self.text("kind"), self.text("limit")
        self.quantity, self.unit = self.text("quantity"), self.text("unit")
        self.own = self.verdict()
        self.mode, self.level = self.conditions.text("mode"), self.conditions.data.get("level")
        self.load = self.conditions.number("load")

    def forget(self, key: str) -> None:
        """Let go of an entry that nobody will ask for: thousands of them are most of a record."""
        if isinstance(self.data, dict):
            self.data.pop(key, None)

    @property
    def judged(self) -> bool:
        """Whether it counts for the verdict: neither advice nor information."""
        return self.kind not in ("advisory", "information")


class Case(Node):
    """One case and its measurements."""

    __slots__ = ("measurements",)

    def __init__(self, data: object) -> None:
        super().__init__(data)
        magnitudes = {row.text("id") for row in self.nodes("limits") if _holds_for_magnitude(row)}
        entries = [(entry, Node(entry).text("limit")) for entry in self.entries("measurements")]
        self.measurements = [Measurement(entry, limit in magnitudes) for entry, limit in entries]


class Record(Node):
    """A whole record and its cases."""

    __slots__ = ("cases",)

    def __init__(self, data: object) -> None:
        super().__init__(data)
        self.cases = [Case(entry) for entry in self.entries("cases")]


def _holds_for_magnitude(row: Node) -> bool:
    """Tell whether a row bounds a magnitude: it says so, or it is a value the manufacturer declares."""
    return row.flag("magnitude") is True or (row.text("id") or "").startswith(_DECLARED)


def number(value: object) -> float | None:
    """Return a finite number, or None: true, false, NaN and infinity are none."""
    if type(value) is float:
        return value if math.isfinite(value) else None
    return float(value) if type(value) is int else None


def verdict_of(word: object) -> Verdict | None:
    """Return the verdict a record names, None where it names none.

    :raises ReportError: for a word that is no verdict.
    """
    try:
        return None if word is None else Verdict(word)
    except ValueError as error:
        raise ReportError(f"record.json: {word!r} is no verdict") from error


def read_record(run_dir: Path) -> Record:
    """Read the record of a run.

    :raises ReportError: when there is none, or it is no JSON object.
    """
    path = run_dir / "record.json"
    try:
        record = _parsed(path.read_bytes())
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); render needs the folder of a run") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path}: is no JSON ({error}); restore it from the journal or a copy") from error
    if not isinstance(record, dict):
        raise ReportError(f"{path}: expected an object, found {type(record).__name__}")
    return Record(record)


def _parsed(content: bytes) -> object:
    """Parse JSON. Pydantic's parser needs half the memory of Python's, and is the stricter; Python's has the last word.

    :raises ValueError: when it is no JSON.
    """
    from pydantic_core import from_json

    try:
        return from_json(content)
    except ValueError:
        return json.loads(content)
