# SPDX-License-Identifier: MIT
"""What the person at the bench sees while it measures: a line now and then, and a line per case."""

import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

from bench.session.lines import wrapped
from bench.session.point import Point
from stimcert.quantity import show
from stimcert.verdict import Verdict

# Fast enough to see that it lives, slow enough to read and to cost nothing.
_EVERY = 1.0
_ASCII = str.maketrans(dict(zip("µ±×–≤≥…", ["u", "+-", "x", "-", "<=", ">=", "..."], strict=True)) | {"Ω": "ohm"})
_COLOURS = {
    Verdict.PASS: {"green": True},
    Verdict.CONDITIONAL_PASS: {"yellow": True},
    Verdict.INCONCLUSIVE: {"yellow": True},
    Verdict.NOT_RUN: {"yellow": True},
    Verdict.NOT_APPLICABLE: {},
}


def colour(verdict: Verdict) -> dict[str, bool]:
    """Return pytest's markup for a verdict; what is not good is red."""
    return {"bold": True, **_COLOURS.get(verdict, {"red": True})}


class Progress:
    """Writes through pytest's terminal reporter, past its capture, at most once a second.

    :param total: number of points of the run.
    """

    def __init__(self, config: pytest.Config, total: int) -> None:
        self._reporter = config.pluginmanager.get_plugin("terminalreporter")
        self._capture = config.pluginmanager.get_plugin("capturemanager")
        self._total = total
        self._done = 0
        self._started: float | None = None
        self._last = time.monotonic()
        self._newest: Mapping[str, Any] | None = None

    def point(self, point: Point) -> None:
        """Note that a point is about to be measured."""
        now = time.monotonic()
        self._started = self._started or now
        self._done += not point.one_more_up
        if now - self._last < _EVERY:
            return
        self._last = now
        words = f"{point.case.id}  {point.mode.name}  level {point.level}/{point.mode.levels}  {point.load_words}"
        self.write("  " + "  ".join(filter(None, (words, self._latest(), self._left(now)))))

    def measured(self, measurement: Mapping[str, Any]) -> None:
        """Note the newest judged measurement."""
        if measurement["verdict"] is not None:
            self._newest = measurement

    def _latest(self) -> str:
        newest = self._newest
        if newest is None or newest["value"] is None:
            return ""
        upper = newest["upper_limit"]
        limit = f" of {show(upper, newest['unit'])}" if upper is not None else ""
        return f"last {newest['quantity']} {show(newest['value'], newest['unit'])}{limit}"

    def _left(self, now: float) -> str:
        if self._done < 2 or self._started is None:
            return ""
        seconds = (now - self._started) / (self._done - 1) * (self._total - self._done + 1)
        return f"{self._done}/{self._total} points, about {seconds:.0f} s left"

    def write(self, line: str, **markup: bool) -> None:
        """Write a line to the person, whatever pytest captures; a long one is folded."""
        if self._reporter is None or self._capture is None:
            return
        with self._capture.global_and_fixture_disabled():
            self._reporter.ensure_newline()
            for part in wrapped(printable(line)):
                self._reporter.write_line(part, **markup)


def printable(text: str, encoding: str | None = None) -> str:
    """Return ``text`` as the console can show it: ASCII units where it cannot, and no control characters."""
    clean = "".join(character if character.isprintable() else "?" for character in text)
    encoding = encoding or getattr(sys.stdout, "encoding", None) or "ascii"
    try:
        clean.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return clean.translate(_ASCII).encode("ascii", "replace").decode("ascii")
    return clean
