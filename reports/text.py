# SPDX-License-Identifier: MIT
"""Text of other people (operators, instruments, files) is data: shown as it is, and able to do nothing.

Escaping for HTML or XML happens where the text is written; here everything a reader could not see is made visible.
"""

import re
from datetime import datetime
from functools import lru_cache
from html import escape

# Controls, marks that turn the direction of reading, line separators, halves of surrogate pairs, non-characters.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
_FORMULA = re.compile(r"(^|;)(?=\s*[=+@\-＝＋＠－])")  # spreadsheets know the full-width forms too
_DELETE = 0x7F
_CONTROL_PICTURES = 0x2400
_DELETE_PICTURE = "\u2421"


def visible(text: str) -> str:
    """Return ``text`` with every hidden character shown: ESC as ``␛``, an override of direction as ``[U+202E]``."""
    return _HIDDEN.sub(_picture, text) if _HIDDEN.search(text) else text


def as_html(text: str) -> str:
    """Return ``text`` as HTML that shows it and does nothing else."""
    return escape(visible(text))


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    return _DELETE_PICTURE if code == _DELETE else f"[U+{code:04X}]"


@lru_cache(maxsize=4096)
def cell(text: str) -> str:
    """Return ``text`` as a spreadsheet shows it instead of computing it: a quote stands before each formula.

    Also behind a semicolon, which is the separator of cells where the comma is the decimal mark.
    Source: OWASP, "CSV Injection".
    """
    return _FORMULA.sub(r"\1'", visible(text))


def moment(text: str | None) -> str | None:
    """Return an ISO 8601 time as people read it: ``2026-11-22 10:15:00 UTC``; what is no time stays as it is."""
    when = _parsed(text)
    return when.strftime("%Y-%m-%d %H:%M:%S UTC") if when else text


def seconds_between(start: str | None, end: str | None) -> float | None:
    """Return the seconds between two ISO 8601 times, or None where one of them is missing or no time."""
    first, last = _parsed(start), _parsed(end)
    return (last - first).total_seconds() if first and last else None


def _parsed(text: str | None) -> datetime | None:
    try:
        when = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return when if when and when.tzinfo else None
