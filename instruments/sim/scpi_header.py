# SPDX-License-Identifier: MIT
"""Command headers: patterns as manuals print them, and the tree that finds the method for what was sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from instruments.sim.scpi_arguments import Arguments, forms
from instruments.sim.scpi_message import Unit

_NODE = re.compile(r"(\[)?:?(\*?[A-Za-z][A-Za-z0-9_|]*)(?:\[(\d+)\])?:?(\])?")
_Command = TypeVar("_Command", bound=Callable[[Any, Arguments], None])
_Query = TypeVar("_Query", bound=Callable[[Any, Arguments], str | bytes])


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One header of an instrument and the method behind it.

    :param parameters: the most it takes; more is error -108.
    """

    pattern: str
    query: bool
    parameters: int
    method: str


@dataclass
class Node:
    """One node of the header tree; all spellings of a mnemonic lead to the same child."""

    children: dict[str, "Node"] = field(default_factory=dict)
    command: Entry | None = None
    query: Entry | None = None


@dataclass(frozen=True, kw_only=True)
class _PatternNode:
    """One node of a pattern: for each mnemonic that may stand there, all its spellings."""

    choices: tuple[tuple[str, ...], ...]
    optional: bool


def command(pattern: str, *, parameters: int = 1) -> Callable[[_Command], _Command]:
    """Make a method serve ``HEADER …``.

    :param pattern: as a manual prints it: ``SOURce[1]:VOLTage[:LEVel]``; capitals are the short form, brackets hold
        what may be left out. ``VOLTage|CURRent`` is either; :meth:`Arguments.node` tells which.
    :param parameters: the most parameters it takes (0 for an action); a missing one is found when it is read.
    """
    return lambda method: _mark(method, pattern, query=False, parameters=parameters)


def query(pattern: str, *, parameters: int = 0) -> Callable[[_Query], _Query]:
    """Make a method answer ``HEADER?``; see :func:`command`."""
    return lambda method: _mark(method, pattern, query=True, parameters=parameters)


def _mark(method: Any, pattern: str, *, query: bool, parameters: int) -> Any:
    entry = Entry(pattern=pattern, query=query, parameters=parameters, method=method.__name__)
    method.scpi_entries = (*getattr(method, "scpi_entries", ()), entry)
    return method


def header_tree(cls: type) -> Node:
    """Return the tree of all headers of a class; what a subclass defines goes before what it inherits."""
    root = Node()
    for base in reversed(cls.__mro__):
        for attribute in vars(base).values():
            for entry in getattr(attribute, "scpi_entries", ()):
                _insert(root, _nodes(entry.pattern), entry)
    return root


def find(root: Node, unit: Unit) -> Entry | None:
    """Return the entry a unit's header names, or None when the instrument has no such header."""
    node: Node | None = root
    for word in unit.header:
        node = node.children.get(word) if node else None
    if node is None:
        return None
    return node.query if unit.query else node.command


def _nodes(pattern: str) -> list[_PatternNode]:
    found: list[_PatternNode] = []
    position = 0
    while position < len(pattern):
        match = _NODE.match(pattern, position)
        if match is None or (match[1] is None) != (match[4] is None):
            raise ValueError(f"header pattern {pattern!r} is not understood at character {position}")
        choices = tuple(_spellings(mnemonic, match[3]) for mnemonic in match[2].split("|"))
        found.append(_PatternNode(choices=choices, optional=match[1] is not None))
        position = match.end()
    return found


def _spellings(mnemonic: str, suffix: str | None) -> tuple[str, ...]:
    return tuple(form + end for form in forms(mnemonic) for end in (("", suffix) if suffix else ("",)))


def _insert(node: Node, rest: list[_PatternNode], entry: Entry) -> None:
    if not rest:
        if entry.query:
            node.query = entry
        else:
            node.command = entry
        return
    for spellings in rest[0].choices:
        child = next((node.children[word] for word in spellings if word in node.children), None) or Node()
        node.children.update(dict.fromkeys(spellings, child))
        _insert(child, rest[1:], entry)
    if rest[0].optional:
        _insert(node, rest[1:], entry)
