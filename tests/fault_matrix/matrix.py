# SPDX-License-Identifier: MIT
"""Disturb a short run at every step, by every row, and count what does not hold afterwards.

    python tests/fault_matrix/matrix.py --count                        # how many steps there are, and no more
    python tests/fault_matrix/matrix.py --results=FILE                 # all of them; with the same FILE again: goes on
    python tests/fault_matrix/matrix.py --sample=100                   # steps drawn at random, seed printed
    python tests/fault_matrix/matrix.py --row="N1 no reply" --at=17    # one step
    python tests/fault_matrix/matrix.py --results=FILE --docs          # and write docs/explanations/fault_matrix.md

Processes are forked, so not on Windows. A disk that is really full takes the right to mount one (Linux), an fsync that
fails takes strace; without them these steps are counted as not done. Exit code 1 when anything does not hold, 2 when
FILE is of another run.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.fault_matrix import small_disk, traced  # noqa: E402
from tests.fault_matrix.results import Counts, OtherRun, Results, key_of  # noqa: E402
from tests.fault_matrix.rows import DEVICES, FULL, ROWS, Row  # noqa: E402
from tests.fault_matrix.table import Step, rows_of_table  # noqa: E402
from tests.fault_matrix.trial import COUNTING, Outcome, trial  # noqa: E402

LACKS = "this machine lacks what it takes: strace, or the right to mount a disk"


def counted() -> Counts:
    """Return, for each device, how many steps each seam has in an undisturbed run."""
    apart = [next(row for row in ROWS if row.seam == seam) for seam in ("function", *traced.CALLS)]
    found = {}
    for device in DEVICES:
        found[device] = dict(trial(COUNTING, 0, device).counts)
        for row in filter(can_be_done, apart):
            found[device][row.seam] = trial(row, 0, device).counts[row.seam]
    return found


def can_be_done(row: Row) -> bool:
    """Whether this machine has what a fault takes."""
    return small_disk.possible() if row.does == FULL else row.seam not in traced.CALLS or traced.possible()


def every_step(counts: Counts) -> list[Step]:
    """Return each step of each row, on the devices that the row is for."""
    return [
        (row, at, device)
        for row in ROWS
        for device in row.devices
        for at in range(1, counts[device].get(row.seam, 0) + 1)
    ]


def sample(steps: list[Step], size: int | None, seed: int) -> list[Step]:
    """Return steps in a random order, so that a run that is stopped has seen some of everything.

    :param size: how many; each row is among them once, as far as there is room. None for all.
    """
    mixed = random.Random(seed).sample(steps, len(steps))
    if size is None:
        return mixed
    first = {step[0].name: step for step in reversed(mixed)}
    rest = [step for step in mixed if step not in first.values()]
    return [*first.values(), *rest][:size]


def command_of(outcome: Outcome) -> str:
    """Return what does the same once more."""
    which = f'--row="{outcome.row.name}" --at={outcome.at} --device={outcome.device}'
    return f"python tests/fault_matrix/matrix.py {which}"


def main() -> int:
    """Run what was asked for and return the exit code."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            results = Results(asked.results or Path(scratch) / "results", counted())
        except OtherRun as error:
            print(error)
            return 2
        steps = sample(_selected(every_step(results.counts), asked), asked.sample, asked.seed)
        for row in ROWS:
            if not can_be_done(row):
                print(f"not tested: {row.name}; {LACKS}")
        _announce(steps, results.counts, asked.seed)
        if not asked.count:
            _disturb(steps, results, asked)
    wanted = {key_of(*step) for step in steps}
    done = [outcome for outcome in results.done if key_of(outcome.row, outcome.at, outcome.device) in wanted]
    print(*rows_of_table(done, steps), sep="\n")
    if asked.docs:
        from tests.fault_matrix.page import write_page

        write_page(done, steps, results.counts)
    return 0 if asked.count or (done and not any(outcome.broken for outcome in done)) else 1


def _announce(steps: list[Step], counts: Counts, seed: int) -> None:
    print(f"seed {seed}; {len(steps)} steps to disturb; steps of a run:")
    for device, seams in counts.items():
        print(f"  {device}: {', '.join(f'{seam} {count}' for seam, count in sorted(seams.items()))}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--row", help="id or name of a row")
    parser.add_argument("--at", type=_span, metavar="K[-L]", help="this step only, or from K to L")
    parser.add_argument("--device", choices=DEVICES)
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, help="stop after so long; what was not reached is counted")
    parser.add_argument("--results", type=Path, metavar="FILE", help="keep what was found; go on where FILE ends")
    parser.add_argument("--again", action="store_true", help="do what broke a promise once more")
    parser.add_argument("--count", action="store_true", help="disturb nothing")
    parser.add_argument("--docs", action="store_true", help="write docs/explanations/fault_matrix.md")
    return parser.parse_args()


def _span(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _selected(steps: list[Step], asked: argparse.Namespace) -> list[Step]:
    rows = {row for row in ROWS if asked.row in (None, row.name, row.id)}
    steps = [step for step in steps if step[0] in rows and asked.device in (None, step[2])]
    return steps if asked.at is None else [step for step in steps if step[1] in asked.at]


def _disturb(steps: list[Step], results: Results, asked: argparse.Namespace) -> None:
    """Disturb what is not done yet, a few at a time."""
    there, start = results.keys(again=asked.again), time.monotonic()
    left = [step for step in steps if key_of(*step) not in there and can_be_done(step[0])]
    waiting: set[Future[Outcome]] = set()
    coming, new = iter(left), 0
    with ThreadPoolExecutor(asked.jobs) as pool:
        while True:
            late = asked.minutes is not None and time.monotonic() - start >= 60 * asked.minutes
            room = 0 if late else asked.jobs - len(waiting)
            waiting |= {pool.submit(trial, *step) for step in islice(coming, room)}
            if not waiting:
                return
            ended, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                new += 1
                results.add(future.result())
                _show(future.result(), new, len(left), start)


def _show(newest: Outcome, new: int, total: int, start: float) -> None:
    """Say what does not hold at once, and how far it is now and then."""
    for text in newest.broken:
        where = f" {newest.place}" if newest.place else ""
        print(f"  {text}{where}\n    {command_of(newest)}", flush=True)
    if new % 100 == 0:
        seconds = time.monotonic() - start
        left = (total - new) * seconds / new
        print(f"{new} of {total}, {seconds:.0f} s, about {left / 60:.0f} min to go", flush=True)


if __name__ == "__main__":
    sys.exit(main())
