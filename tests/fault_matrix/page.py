# SPDX-License-Identifier: MIT
"""The page of the documentation that says what the fault matrix found, and what it cannot test."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.fault_matrix.results import Counts
from tests.fault_matrix.table import Step, rows_of_table
from tests.fault_matrix.trial import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanations" / "fault_matrix.md"
TEMPLATE = Path(__file__).with_name("page.md.in")
INVARIANTS = (
    ("false PASS", ("false PASS", "exit code 0")),
    ("good called bad", ("a broken bench condemns",)),
    ("output left on", ("left live",)),
    ("acknowledged events lost", ("acknowledged events lost", "journal")),
    ("valid FAIL lost", ("a valid FAIL is lost",)),
    ("fault not named", ("unnamed",)),
    ("hangs", ("the run hangs",)),
)
"""What must hold, and how :func:`tests.fault_matrix.trial.trial` begins what it says when it does not."""


def write_page(done: Sequence[Outcome], steps: Sequence[Step], counts: Counts) -> None:
    """Write the page.

    :param steps: that were to be disturbed.
    """
    text = TEMPLATE.read_text(encoding="utf-8").replace("{found}", "\n".join(_found(done, steps, counts)))
    PAGE.write_text(text, encoding="utf-8")


def _found(done: Sequence[Outcome], steps: Sequence[Step], counts: Counts) -> list[str]:
    reached = sum(outcome.injected for outcome in done)
    seams = ", ".join(f"{seam} {count}" for seam, count in sorted(counts["hot"].items()))
    left = len(steps) - len(done)
    commits = Counter(outcome.commit or "no commit" for outcome in done)
    return [
        f"{datetime.now(UTC):%Y-%m-%d}; software: {', '.join(f'{name} ({n} steps)' for name, n in commits.items())}.",
        f"Steps of a run: {seams}.",
        f"Steps to disturb, over all faults and devices: {len(steps)}. Disturbed: {reached}. Not reached: "
        f"{len(done) - reached}. Not tested for want of time: {left}.",
        "",
        "| what must not be | found |",
        "|---|---|",
        *(f"| {name} | {count} |" for name, count in _broken(done).items()),
        "",
        *rows_of_table(done, steps),
    ]


def _broken(done: Sequence[Outcome]) -> dict[str, int]:
    """Return how often each invariant did not hold."""
    said = Counter(
        name for outcome in done for text in outcome.broken for name, words in INVARIANTS if text.startswith(words)
    )
    return {name: said[name] for name, _ in INVARIANTS}
