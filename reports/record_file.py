# SPDX-License-Identifier: MIT
"""Read ``record.json``. A run that broke off leaves gaps: each is None here, never an exception."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reports.errors import ReportError


class Node:
    """One object of the record; whatever is missing or of another type reads as None or empty."""

    __slots__ = ("data",)

    def __init__(self, data: object) -> None:
        self.data: Mapping[str, Any] = data if isinstance(data, Mapping) else {}

    def __bool__(self) -> bool:
        """Tell whether there is anything in it."""
        return bool(self.data)

    def text(self, key: str) -> str | None:
        """Return a text or a number as text; None when missing or empty."""
        value = self.data.get(key)
        return None if value is None or value == "" or isinstance(value, Mapping | list) else str(value)

    def number(self, key: str) -> float | None:
        """Return a finite number or None."""
        return number(self.data.get(key))

    def flag(self, key: str) -> bool | None:
        """Return True, False, or None when nobody recorded it."""
        value = self.data.get(key)
        return value if isinstance(value, bool) else None

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


def number(value: object) -> float | None:
    """Return a finite number, or None: true, false, NaN and infinity are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def read_record(run_dir: Path) -> Node:
    """Read the record of a run.

    :raises ReportError: when there is none, or it is no JSON object.
    """
    path = run_dir / "record.json"
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}); render needs the folder of a run") from error
    except (ValueError, RecursionError) as error:
        raise ReportError(f"{path}: is no JSON ({error}); restore it from the journal or a copy") from error
    if not isinstance(record, dict):
        raise ReportError(f"{path}: expected an object, found {type(record).__name__}")
    return Node(record)
