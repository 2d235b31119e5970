# SPDX-License-Identifier: MIT
"""The table of the fault matrix: for each row what was done, and what came of it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.fault_matrix.rows import ROWS, Row
from tests.fault_matrix.trial import EXPECTED, Outcome

Step = tuple[Row, int, str]
_HEAD = (
    "| row | fault | steps | disturbed | not reached | to do | as undisturbed | ERROR | ABORTED | no record | other | "
    "broken |"
)


def rows_of_table(done: Sequence[Outcome], steps: Sequence[Step]) -> Iterator[str]:
    """Yield a Markdown table.

    :param steps: that were to be disturbed.
    """
    planned = Counter(row.name for row, _, _ in steps)
    yield _HEAD
    yield "|---" * (_HEAD.count("|") - 1) + "|"
    for row in ROWS:
        if planned[row.name]:
            yield _line(row, planned[row.name], [outcome for outcome in done if outcome.row is row])
    yield _line(None, len(steps), done)


def _line(row: Row | None, planned: int, ours: Sequence[Outcome]) -> str:
    reached = [outcome for outcome in ours if outcome.injected]
    words = Counter(_word(outcome) for outcome in reached)
    counts = [planned, len(reached), len(ours) - len(reached), planned - len(ours)]
    counts += [words[word] for word in ("same", "ERROR", "ABORTED", "none", "other")]
    counts.append(sum(bool(outcome.broken) for outcome in ours))
    name = f"{row.id} | {row.does}" if row is not None else "all | "
    return f"| {name} | {' | '.join(map(str, counts))} |"


def _word(outcome: Outcome) -> str:
    if outcome.verdict is None:
        return "none"
    if outcome.verdict == EXPECTED[outcome.device]:
        return "same"
    return outcome.verdict if outcome.verdict in ("ERROR", "ABORTED") else "other"
