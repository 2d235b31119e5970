# SPDX-License-Identifier: MIT
"""Lines for a terminal: no wider than what a screen, a log or a ticket shows without folding it anywhere."""

import re
from textwrap import wrap

WIDTH = 99
_LABEL = re.compile(r"^\s*\S+(?: \S+)*?\s{2,}")
_LONGEST_LABEL = 20
# A number and its unit are not parted; no text that is folded has such a blank of its own.
_TOGETHER, _HELD = re.compile(r"(?<=[0-9±]) (?=[0-9A-Za-zµΩ%°])"), "\N{NO-BREAK SPACE}"


def wrapped(line: str, width: int = WIDTH) -> list[str]:
    """Return a line as one or more of at most ``width`` characters; what follows stands under what it goes on with.

    A word that is longer, as a path may be, stays whole.
    """
    if len(line) <= width:
        return [line]
    label = _LABEL.match(line)
    indent = label.end() if label is not None and label.end() <= _LONGEST_LABEL else _leading(line) + 2
    folded = wrap(
        _TOGETHER.sub(_HELD, line),
        width,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
    )
    return [part.replace(_HELD, " ") for part in folded] or [line]


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip())
