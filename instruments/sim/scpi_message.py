# SPDX-License-Identifier: MIT
"""From one line on the wire to program message units: quoting, compounds, the path rule.

Source: SCPI-1999.0 volume 1 §6 (headers, path rule), IEEE 488.2-1992 §7 (message units, program data).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

MESSAGES = {
    -101: "Invalid character",
    -102: "Syntax error",
    -104: "Data type error",
    -108: "Parameter not allowed",
    -109: "Missing parameter",
    -113: "Undefined header",
    -151: "Invalid string data",
    -200: "Execution error",
    -221: "Settings conflict",
    -222: "Parameter data out of range",
    -224: "Illegal parameter value",
    -310: "System error",
    -350: "Queue overflow",
    -363: "Input buffer overrun",
}
"""Standard error texts. Source: SCPI-1999.0 volume 2 §21.8."""

_HEADER = re.compile(r":?(\*[A-Z]+|[A-Z][A-Z0-9_]*(?::[A-Z][A-Z0-9_]*)*)(\??)(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_PIECE = re.compile(r"""'[^']*'|"[^"]*"|\([^()]*\)|[^'"(),;]+|[,;()'"]""")


class ScpiError(Exception):
    """A message unit that the instrument refuses.

    :param code: a standard (negative) or the instrument's own (positive) error number.
    :param text: the standard's text when left out.
    """

    def __init__(self, code: int, text: str | None = None) -> None:
        self.code = code
        self.text = MESSAGES.get(code, "Device-specific error") if text is None else text
        super().__init__(f"{code} {self.text}")


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One message unit: its absolute header in upper case, and its raw parameters.

    :param error: code of what is wrong with the unit's form; 0 when nothing is.
    """

    header: tuple[str, ...] = ()
    query: bool = False
    parameters: tuple[str, ...] = ()
    error: int = 0


@lru_cache(maxsize=4096)
def parse(line: bytes) -> tuple[Unit, ...]:
    """Return the message units of one line; empty units (``a;;b``, a trailing ``;``) are no units."""
    try:
        text = line.decode("ascii")
    except UnicodeDecodeError:
        return (Unit(error=-101),)
    units: list[Unit] = []
    path: tuple[str, ...] = ()
    for part in _split(text, ";"):
        if part.strip():
            unit, path = _unit(part.strip(), path)
            units.append(unit)
    return tuple(units)


def _unit(text: str, path: tuple[str, ...]) -> tuple[Unit, tuple[str, ...]]:
    match = _HEADER.fullmatch(text)
    if match is None:
        return Unit(error=-102), path
    name, mark, rest = match.groups()
    nodes = tuple(name.upper().split(":"))
    if not name.startswith("*"):
        nodes = nodes if text.startswith(":") else path + nodes
        path = nodes[:-1]
    parameters, error = _parameters(rest or "")
    return Unit(header=nodes, query=bool(mark), parameters=parameters, error=error), path


def _parameters(text: str) -> tuple[tuple[str, ...], int]:
    if not text.strip():
        return (), 0
    found = tuple(part.strip() for part in _split(text, ","))
    if not all(found):
        return (), -102
    return found, next((-151 for part in found if not _balanced(part)), 0)


def _balanced(text: str) -> bool:
    return not re.search(r"['\"]", re.sub(r"'[^']*'|\"[^\"]*\"", "", text))


def _split(text: str, mark: str) -> list[str]:
    """Split at ``mark`` outside quotes and parentheses. An unclosed quote swallows the rest of the line."""
    if not any(sign in text for sign in "'\"("):
        return text.split(mark)
    parts = [""]
    pieces = _PIECE.findall(text)
    for index, piece in enumerate(pieces):
        if piece in "'\"" and piece:
            parts[-1] += "".join(pieces[index:])
            break
        if piece == mark:
            parts.append("")
        elif mark not in piece or piece[0] in "'\"(":
            parts[-1] += piece
    return parts
