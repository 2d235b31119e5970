# SPDX-License-Identifier: MIT
"""Strict reading of TOML files: a valid object, or every mistake with its line and column.

A file that is not TOML gives its first syntax error; a missing key stands at its table's position. Nothing here
opens a file: the caller brings the bytes.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError

from stimcert.strict_model import Misfit, Path, StrictModel, as_json, json_schema, misfits_within, salvage
from stimcert.toml_wording import wording

if TYPE_CHECKING:
    from stimcert.toml_positions import Positions

__all__ = ["Document", "InvalidFile", "Misfit", "Path", "Problem", "StrictModel", "json_schema", "load"]

MAX_BYTES = 1 << 20
M = TypeVar("M", bound=StrictModel)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a file. Lines and columns count from 1; 1:1 where the file as a whole is meant."""

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        """Return ``file:line:column: key: message``."""
        key = f"{self.key}: " if self.key else ""
        return f"{self.file}:{self.line}:{self.column}: {key}{self.message}"


class InvalidFile(ValueError):
    """A file with mistakes.

    :param problems: all of them, in the order of the file.
    :param partial: what could be read in spite of them, for checks against other files; None when nothing could.
    """

    def __init__(self, problems: Iterable[Problem], partial: "Document[Any] | None" = None) -> None:
        self.problems = tuple(sorted(set(problems)))
        self.partial = partial
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True, kw_only=True)
class Document(Generic[M]):
    """One file that was read.

    :param name: how messages call the file.
    :param table: the file as :mod:`tomllib` gives it.
    :param partial: whether the file has mistakes, so that fields of ``value`` may be absent.
    """

    name: str
    text: str
    table: dict[str, Any]
    value: M
    partial: bool = False

    @cached_property
    def positions(self) -> "Positions":
        """Return where keys and values stand; found out on first use, because most files have no mistake."""
        from stimcert.toml_positions import Positions

        return Positions(self.text)

    def problem(self, path: Path, message: str, *, at_key: bool = False) -> Problem:
        """Return a problem with the value at ``path``, e.g. ``("mode", 0, "levels")``, or with its key."""
        place = self.positions.key(path) if at_key else self.positions.value(path)
        return Problem(self.name, place.line, place.column, key_text(path), message)


def key_text(path: Path) -> str:
    """Write a path for people: ``mode[2].declared[1].value``; elements count from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def load(data: bytes, model: type[M], name: str) -> Document[M]:
    """Read one file.

    :param name: how messages call the file, e.g. the path as the user gave it.
    :raises InvalidFile: with every mistake.
    """
    text = _decoded(data, name)
    table = _parsed(text, name)
    try:
        return Document(name=name, text=text, table=table, value=model.model_validate_json(as_json(table)))
    except ValidationError as error:
        partial = Document(name=name, text=text, table=table, value=salvage(model, table), partial=True)
        raise InvalidFile([*_problems(error, model, partial), *_misfits(partial)], partial) from None


def _decoded(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise InvalidFile([Problem(name, 1, 1, "", f"found {len(data)} bytes; at most {MAX_BYTES} are allowed")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode(errors="replace")
        message = f"found byte 0x{data[error.start]:02x}, which is not UTF-8; a TOML file is UTF-8 text"
        raise InvalidFile([_problem_after(before, name, message)]) from None
    if not text.strip():
        raise InvalidFile(
            [Problem(name, 1, 1, "", 'found an empty file; TOML that begins with "schema = 1" is needed')]
        )
    return text


def _problem_after(before: str, name: str, message: str) -> Problem:
    """Return a problem at the place where the text ``before`` ends."""
    return Problem(name, before.count("\n") + 1, len(before) - before.rfind("\n"), "", message)


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise InvalidFile(
            [Problem(name, 1, 1, "", "found arrays or tables nested too deeply; a few levels are allowed")]
        ) from None
    except ValueError as error:
        raise InvalidFile([_syntax_problem(str(error), text, name)]) from None


_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def _syntax_problem(message: str, text: str, name: str) -> Problem:
    at = _AT.search(message)
    if at is None:
        return Problem(name, 1, 1, "", "found a value that no program can read, such as a number of 5000 digits")
    found = "".join(sign if sign.isprintable() else "�" for sign in _AT.sub("", message))[:200]
    said = f'not valid TOML: {found}; allowed is key = value, with text and quantities in quotes: upper = "600 µA"'
    if at[1]:
        return Problem(name, int(at[1]), int(at[2]), "", said)
    return _problem_after(text.rstrip("\n"), name, said)


def _problems(error: ValidationError, model: type[StrictModel], document: Document[Any]) -> Iterator[Problem]:
    """Yield what pydantic found, except what :meth:`StrictModel.checks` found: those have their own paths."""
    for item in error.errors(include_url=False):
        path, found = _in_file(item["loc"], document.table, missing=item["type"] == "missing")
        if item["type"] == "misfit" or _miscounted(item, found):
            continue
        at_key = item["type"] == "extra_forbidden"
        yield document.problem(path, wording(item, path, found, model), at_key=at_key)


def _miscounted(item: Mapping[str, Any], found: Any) -> bool:
    """Whether pydantic calls an array too short because it counts only the elements without mistakes."""
    return item["type"] == "too_short" and isinstance(found, list) and len(found) >= item["ctx"]["min_length"]


def _in_file(location: Path, table: Any, *, missing: bool) -> tuple[Path, Any]:
    """Return the part of pydantic's location that exists in the file (unions add steps of their own), and its value."""
    path: Path = ()
    for step in location:
        inside = step in table if isinstance(table, dict) else isinstance(table, list) and isinstance(step, int)
        if not inside:
            return ((*path, step) if missing else path), table
        path, table = (*path, step), table[step]
    return path, table


def _misfits(document: Document[Any]) -> Iterator[Problem]:
    for misfit in misfits_within(document.value):
        yield document.problem(misfit.path, misfit.text)
