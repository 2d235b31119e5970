# SPDX-License-Identifier: MIT
"""Disturb a short run at every step, by every row, and count what does not hold afterwards.

    python tests/fault_matrix/matrix.py                        # all of it: hours
    python tests/fault_matrix/matrix.py --sample 100           # steps drawn at random, seed printed
    python tests/fault_matrix/matrix.py --row "H1 kill -9"
    python tests/fault_matrix/matrix.py --docs                 # and write docs/explanations/fault_matrix.md

Processes are forked, so not on Windows. Exit code 1 when anything does not hold.
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fault_matrix.rows import ROWS, Row  # noqa: E402
from tests.fault_matrix.trial import COUNTING, Outcome, trial  # noqa: E402

DEVICES = ("hot", "good")
"""The one must never PASS; the other must never FAIL."""
Step = tuple[Row, int, str]


def steps_of(row: Row, counts: dict[str, int]) -> Iterator[int]:
    """Yield every step of a row's seam in an undisturbed run; functions are counted as they come."""
    yield from range(1, counts.get(row.seam, 0) + 1)


def counted() -> dict[str, int]:
    """Return how many steps each seam has in an undisturbed run."""
    counts = dict(trial(COUNTING, 0, "hot").counts)
    functions = next(row for row in ROWS if row.seam == "function")
    return counts | {"function": trial(functions, 0, "hot").counts["function"]}


def chosen(counts: dict[str, int], asked: argparse.Namespace) -> list[Step]:
    """Return what to do, in a random order, so that a run that is stopped has seen some of everything."""
    rows = [row for row in ROWS if asked.row in (None, row.name, row.id)]
    devices = [name for name in DEVICES if asked.device in (None, name)]
    steps = [(row, at, device) for row in rows for at in steps_of(row, counts) for device in devices]
    random.Random(asked.seed).shuffle(steps)
    if asked.sample is None:
        return steps
    # Every row at least once, then whatever comes.
    first = {row: next(step for step in steps if step[0] is row) for row in rows}
    rest = [step for step in steps if step not in first.values()]
    return [*first.values(), *rest][: asked.sample]


def main() -> int:
    """Run what was asked for and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--row", help="id or name of a row")
    parser.add_argument("--device", choices=DEVICES)
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, help="stop after so long; what was not reached is counted")
    parser.add_argument("--docs", action="store_true", help="write docs/explanations/fault_matrix.md")
    asked = parser.parse_args()
    start = time.monotonic()
    counts = counted()
    steps = chosen(counts, asked)
    print(f"seed {asked.seed}; steps of a run: {', '.join(f'{k} {v}' for k, v in sorted(counts.items()))}")
    done: list[Outcome] = []
    with ThreadPoolExecutor(asked.jobs) as pool:
        waiting = {pool.submit(trial, *step): step for step in steps}
        for future in as_completed(waiting):
            if future.cancelled():
                continue
            done.append(future.result())
            _show(done, len(steps), start)
            if asked.minutes and time.monotonic() - start > 60 * asked.minutes:
                for other in waiting:
                    other.cancel()
    table = list(rows_of_table(done, steps))
    print(*table, sep="\n")
    if asked.docs:
        from tests.fault_matrix.page import write_page

        write_page(table, done, len(steps), counts, asked.seed)
    return 1 if any(outcome.broken for outcome in done) or not done else 0


def _show(done: list[Outcome], total: int, start: float) -> None:
    """Say what does not hold at once, and how far it is now and then."""
    newest = done[-1]
    for text in newest.broken:
        where = f" {newest.place}" if newest.place else ""
        print(f"  {newest.row.name}, step {newest.at}{where}, {newest.device}: {text}", flush=True)
    if len(done) % 100 == 0:
        print(f"{len(done)} of {total}, {time.monotonic() - start:.0f} s", flush=True)


def rows_of_table(done: list[Outcome], steps: list[Step]) -> Iterator[str]:
    """Yield a Markdown table: for each row what was done and what came of it."""
    planned = Counter(row.name for row, _, _ in steps)
    yield "| row | fault | injected | not reached | as undisturbed | ERROR | ABORTED | no record | other | broken |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row in ROWS:
        if not planned[row.name]:
            continue
        ours = [outcome for outcome in done if outcome.row is row]
        reached = [outcome for outcome in ours if outcome.injected]
        words = Counter(_word(outcome) for outcome in reached)
        broken = sum(bool(outcome.broken) for outcome in ours)
        cells = [words[word] for word in ("same", "ERROR", "ABORTED", "none", "other")]
        missing = planned[row.name] - len(reached)
        yield f"| {row.id} | {row.does} | {len(reached)} | {missing} | {' | '.join(map(str, cells))} | {broken} |"


def _word(outcome: Outcome) -> str:
    if outcome.verdict is None:
        return "none"
    if outcome.verdict == ("FAIL" if outcome.device == "hot" else "PASS"):
        return "same"
    return outcome.verdict if outcome.verdict in ("ERROR", "ABORTED") else "other"


if __name__ == "__main__":
    sys.exit(main())
