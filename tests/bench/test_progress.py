# SPDX-License-Identifier: MIT
"""What the person at the bench sees: now and then, past pytest's capture, on any console."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.session.lines import wrapped
from bench.session.progress import Progress, colour, printable
from stimcert.verdict import Verdict
from tests.bench.parts import point

# --- what a console can show


def test_what_the_console_knows_stays_as_it_is() -> None:
    assert printable("450.2 µA ± 0.3 µA at 2 kΩ", "utf-8") == "450.2 µA ± 0.3 µA at 2 kΩ"


@pytest.mark.parametrize("encoding", ["ascii", "cp437x", "latin-1", "cp1252"])
def test_what_it_does_not_know_is_said_in_ascii(encoding: str) -> None:
    assert printable("450.2 µA ± 0.3 µA at 2 kΩ", encoding) == "450.2 uA +- 0.3 uA at 2 kohm"


def test_what_has_no_ascii_is_a_question_mark() -> None:
    assert printable("serial 漢", "ascii") == "serial ?"


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J\x1b[1;1HPASS",  # clear the screen and write a verdict
        "good\rPASS",
        "a\nb",
        "a\tb",
        "bell\x07",
        "\x9b31m",  # CSI in one byte
        "right\u202eleft",  # turns what follows round
        "zero\u200bwidth",
        "null\x00",
    ],
)
def test_control_characters_never_reach_the_console(hostile: str) -> None:
    shown = printable(hostile, "utf-8")
    assert shown.isprintable()
    assert "?" in shown
    assert len(shown) == len(hostile)


@given(st.text(), st.sampled_from(["utf-8", "ascii", "cp1252", "nonsense"]))
def test_anything_becomes_one_line_that_the_console_can_encode(text: str, encoding: str) -> None:
    shown = printable(text, encoding)
    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    if encoding != "nonsense":
        shown.encode(encoding)
    else:
        shown.encode("ascii")


def test_every_verdict_has_a_colour_and_only_pass_is_green() -> None:
    green = [verdict for verdict in Verdict if colour(verdict).get("green")]
    assert green == [Verdict.PASS]
    assert all(colour(verdict).get("red") for verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.ABORTED))


# --- lines while it measures


class Console:
    """Stands for pytest's terminal reporter, its capture manager and the configuration that has both.

    :param missing: a plugin that is not loaded.
    """

    def __init__(self, missing: str = "") -> None:
        self.lines: list[tuple[str, dict[str, bool]]] = []
        self.captured = True
        self.pluginmanager = self
        self._missing = missing

    def get_plugin(self, name: str) -> Any:
        return None if name == self._missing else self

    @contextmanager
    def global_and_fixture_disabled(self) -> Iterator[None]:
        self.captured = False
        yield
        self.captured = True

    def ensure_newline(self) -> None:
        assert not self.captured

    def write_line(self, line: str, **markup: bool) -> None:
        assert not self.captured
        self.lines.append((line, markup))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, as a list with its one reading."""
    now = [1000.0]
    monkeypatch.setattr("bench.session.progress.time.monotonic", lambda: now[0])
    return now


def measurement(value: float | None = 450e-6, verdict: str | None = "PASS") -> dict[str, Any]:
    """Return what a progress line says of a measurement."""
    return {"quantity": "current.peak", "value": value, "unit": "A", "upper_limit": 600e-6, "verdict": verdict}


def test_lines_come_at_most_once_a_second(clock: list[float]) -> None:
    console = Console()
    progress = Progress(console, 48)  # type: ignore[arg-type]
    for tick in range(100):
        clock[0] = 1000.0 + tick * 0.1
        progress.point(point(1 + tick % 8))
    assert len(console.lines) == 9


def test_a_line_says_where_what_last_and_how_long_still(clock: list[float]) -> None:
    console = Console()
    progress = Progress(console, 11)  # type: ignore[arg-type]
    for seconds in (0.0, 2.0):
        clock[0] = 1000.0 + seconds
        progress.measured(measurement())
        progress.point(point(3))
    line = console.lines[-1][0]
    assert "OC-01  lift  level 3/8  2 k" in line
    assert "current.peak 450 " in line and " of 600 " in line
    # One point took 2 s; the second of eleven is about to be measured, so that ten are left.
    assert line.endswith("2/11 points, about 20 s left")


def test_one_more_up_is_no_point_of_its_own(clock: list[float]) -> None:
    console = Console()
    progress = Progress(console, 3)  # type: ignore[arg-type]
    for number, at in enumerate([point(7), point(8), point(8, one_more_up=True)]):
        clock[0] = 1000.0 + 2 * number
        progress.point(at)
    assert "2/3 points" in console.lines[-1][0]


def test_the_first_line_promises_nothing(clock: list[float]) -> None:
    console = Console()
    progress = Progress(console, 48)  # type: ignore[arg-type]
    clock[0] += 5.0
    progress.point(point(1))
    assert "left" not in console.lines[0][0]
    assert "last" not in console.lines[0][0]


def test_information_and_what_has_no_value_are_not_shown_as_the_last_value(clock: list[float]) -> None:
    console = Console()
    progress = Progress(console, 48)  # type: ignore[arg-type]
    progress.measured(measurement(123e-6, None))
    clock[0] += 5.0
    progress.point(point(1))
    progress.measured(measurement(None, "INCONCLUSIVE"))
    clock[0] += 5.0
    progress.point(point(2))
    assert len(console.lines) == 2
    assert not any("last" in line for line, _ in console.lines)


def test_lines_are_made_printable_and_keep_their_colour() -> None:
    console = Console()
    Progress(console, 1).write("evil\x1b[0m", red=True)  # type: ignore[arg-type]
    assert console.lines == [("evil?[0m", {"red": True})]


@pytest.mark.parametrize("missing", ["terminalreporter", "capturemanager"])
def test_without_a_terminal_the_bench_measures_in_silence(missing: str) -> None:
    console = Console(missing)
    Progress(console, 1).write("anything")  # type: ignore[arg-type]
    assert console.lines == []


# --- how wide


@pytest.mark.parametrize("line", ["", "short", "x" * 99, "/a/path/" + "y" * 200])
def test_what_fits_or_is_one_word_is_left_alone(line: str) -> None:
    assert wrapped(line) == [line]


@given(st.lists(st.text("abc", min_size=1, max_size=30), min_size=1, max_size=40), st.integers(0, 8))
def test_folding_loses_no_word_and_keeps_the_width(words: list[str], leading: int) -> None:
    parts = wrapped(" " * leading + " ".join(words))
    assert all(len(part) <= 99 for part in parts)
    assert " ".join(parts).split() == words


def test_what_follows_a_label_stands_under_its_words() -> None:
    first, second = wrapped("because         " + "word " * 30)
    assert first.startswith("because         word")
    assert second.startswith(" " * 16 + "word")
