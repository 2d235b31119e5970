# SPDX-License-Identifier: MIT
"""The page of the documentation that says what the fault matrix found, and what it cannot test."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.fault_matrix.trial import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanations" / "fault_matrix.md"
TEMPLATE = Path(__file__).with_name("page.md.in")


def write_page(table: list[str], done: list[Outcome], planned: int, counts: dict[str, int], seed: int) -> None:
    """Write the page.

    :param planned: how many steps were to be disturbed.
    """
    injected = [outcome for outcome in done if outcome.injected]
    kinds = Counter(text.partition(":")[0] for outcome in done for text in outcome.broken)
    steps = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    words = ", ".join(f"{kind}: {count}" for kind, count in kinds.items()) or "none"
    summary = (
        f"{datetime.now(UTC):%Y-%m-%d}, seed {seed}. Steps of a run: {steps}.\n"
        f"Disturbed: {len(injected)} of {planned} distinct (fault, step, device).\n"
        f"Invariants that did not hold: {words}.\n"
    )
    text = TEMPLATE.read_text(encoding="utf-8").replace("{found}", "\n".join([summary, *table]))
    PAGE.write_text(text, encoding="utf-8")
