# SPDX-License-Identifier: MIT
"""What must be sent to whom so that a bench carries no current: data, so that another process can do it.

Standard library only: the guard reads it before it has loaded anything else.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

SAFE_ORDER = ("dut", "switch", "smu", "reference")
"""The order of every safe-off: the source of the energy first, then the loop, then our own sources."""


@dataclass(frozen=True, kw_only=True)
class SafeCommands:
    """One instrument's way to safety.

    :param resource: VISA resource name.
    :param off: messages that take the energy away; none of them is a query.
    :param ask: pairs of a query and the answer of a safe instrument.
    :param library: PyVISA's name of the VISA library, ``@py`` for PyVISA-py.
    """

    role: str
    resource: str
    off: tuple[str, ...]
    ask: tuple[tuple[str, str], ...]
    library: str = "@py"


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """All that the guard needs to know.

    :param log: path of the file to which it appends what it did; None for none.
    :param timeout: s for each answer, and for each connection to come about.
    :param harness: process id of the harness, which is ended when it hangs; None to leave it alone.
    :param locks: files of the bench's locks.
    :param alarm: file that keeps the next run away from a bench that may be live; None for none.
    """

    roles: tuple[SafeCommands, ...]
    log: str | None = None
    timeout: float = 0.25
    harness: int | None = None
    locks: tuple[str, ...] = ()
    alarm: str | None = None

    def to_json(self) -> str:
        """Return the recipe as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str | bytes) -> "Recipe":
        """Return the recipe of a line that :meth:`to_json` wrote."""
        fields = json.loads(line)
        roles = tuple(_commands(entry) for entry in fields.pop("roles"))
        return cls(roles=roles, locks=tuple(fields.pop("locks")), **fields)


def _commands(entry: dict[str, object]) -> SafeCommands:
    ask, off = entry["ask"], entry["off"]
    if not isinstance(ask, list) or not isinstance(off, list):
        raise TypeError(f"recipe of role {entry.get('role')}: 'ask' and 'off' must be lists")
    return SafeCommands(
        role=str(entry["role"]),
        resource=str(entry["resource"]),
        off=tuple(str(message) for message in off),
        ask=tuple((str(query), str(answer)) for query, answer in ask),
        library=str(entry["library"]),
    )


def in_safe_order(roles: Iterable[SafeCommands]) -> tuple[SafeCommands, ...]:
    """Return the entries in the order in which they must be sent."""
    return tuple(sorted(roles, key=lambda entry: SAFE_ORDER.index(entry.role)))


def library_of(resource: str) -> str:
    """Return the VISA library for a resource: PyVISA-py for plain sockets, the platform's own for the rest.

    Sockets need no installation with PyVISA-py, and are what it does best.
    """
    name = resource.upper()
    return "@py" if name.startswith("TCPIP") and name.endswith("SOCKET") else ""
