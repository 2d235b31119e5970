# SPDX-License-Identifier: MIT
"""Command headers: patterns as manuals print them, and the tree that finds the method for what was sent."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from instruments.sim.scpi_arguments import Arguments, forms
from instruments.sim.scpi_message import Unit

_NODE = re.compile(r"(\[)?:?(\*?[A-Za-z][A-Za-z0-9_]*)(?:\[(\d+)\])?:?(\])?")
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
    """One node of the header tree; the short and the long form lead to the same child."""

    children: dict[str, "Node"] = field(default_factory=dict)
    command: Entry | None = None
    query: Entry | None = None


def command(pattern: str, *, parameters: int = 1) -> Callable[[_Command], _Command]:
    """Make a method serve ``HEADER …``.

    :param pattern: as a manual prints it: ``SOURce[1]:VOLTage[:LEVel]``; capitals are the short form, brackets optional.
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


def _nodes(pattern: str) -> list[tuple[tuple[str, ...], bool]]:
    """Return for each node all its spellings and whether it may be left out."""
    found: list[tuple[tuple[str, ...], bool]] = []
    position = 0
    while position < len(pattern):
        match = _NODE.match(pattern, position)
        if match is None or (match[1] is None) != (match[4] is None):
            raise ValueError(f"header pattern {pattern!r} is not understood at character {position}")
        spellings = forms(match[2])
        suffixed = tuple(spelling + match[3] for spelling in spellings) if match[3] else ()
        found.append(((*spellings, *suffixed), match[1] is not None))
        position = match.end()
    return found


def _insert(node: Node, rest: list[tuple[tuple[str, ...], bool]], entry: Entry) -> None:
    if not rest:
        if entry.query:
            node.query = entry
        else:
            node.command = entry
        return
    spellings, optional = rest[0]
    child = next((node.children[word] for word in spellings if word in node.children), None) or Node()
    node.children.update(dict.fromkeys(spellings, child))
    _insert(child, rest[1:], entry)
    if optional:
        _insert(node, rest[1:], entry)
