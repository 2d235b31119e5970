# SPDX-License-Identifier: MIT
"""Kill runs with ``kill -9`` at random moments, go on with each, and print what came of them.

    python tests/kill/run_kills.py --device microcurrent_good --kills 100
    python tests/kill/run_kills.py --device microcurrent_hot --kills 50
    python tests/kill/run_kills.py --device microcurrent_hot --kills 50 --after-level 8

The killed run is a process as a user starts it; what goes on with it is forked (so not on Windows). Exit code 1 when
anything is wrong: another verdict or other cases than undisturbed, an acknowledged event lost, a finished case measured
again, or a bench that was on for more than 0.5 s after the kill.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench.calls import plan_on  # noqa: E402
from tests.bench.forked import run_forked  # noqa: E402
from tests.kill.kills import Outcome, after_lines, just_read_level, log_of, moments, one_kill  # noqa: E402


def main() -> int:
    """Kill, go on, print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="microcurrent_good")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--after-level", type=int, help="kill just after the first reading at this level")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    asked = parser.parse_args()
    print(f"device {asked.device}, {asked.kills} kills, seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="kills-") as scratch:
        outcomes = kills(Path(scratch), asked)
    return report(outcomes)


def kills(scratch: Path, asked: argparse.Namespace) -> list[Outcome]:
    """Kill as often as asked for, one after the other."""
    options = (f"--plan={plan_on(scratch)}", f"--sim-device={asked.device}")
    first = run_forked(scratch / "undisturbed", *options)
    lines = len(log_of(scratch / "undisturbed"))
    print(f"undisturbed: {first.record['verdict']}, {lines} lines in the simulator's log", flush=True)
    found, began = [], time.monotonic()
    for number, (line, jitter) in enumerate(moments(asked.seed, asked.kills, lines), start=1):
        moment = just_read_level(asked.after_level) if asked.after_level else after_lines(line)
        folder = scratch / f"run{number}"
        outcome = one_kill(folder, options, first.record, moment, jitter)
        found.append(outcome)
        if outcome.wrong:
            at = f"line {line} + {jitter * 1e3:.0f} ms, {outcome.when}"
            print(f"{number}: {at}: {'; '.join(outcome.wrong)}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        if number % 10 == 0:
            print(f"{number} of {asked.kills}, {time.monotonic() - began:.0f} s", flush=True)
    return found


def report(outcomes: list[Outcome]) -> int:
    """Print the figures; return 1 when anything was wrong."""
    for when, count in sorted(Counter(outcome.when for outcome in outcomes).items()):
        print(f"killed {when:36} {count:4}")
    for verdict, count in sorted(Counter(o.verdict or "nothing to go on with" for o in outcomes).items()):
        print(f"verdict in the end: {verdict:25} {count:4}")
    delays = [outcome.delay for outcome in outcomes if outcome.delay is not None]
    if delays:
        print(f"off after the kill: {len(delays)} times on, median {median(delays):.3f} s, longest {max(delays):.3f} s")
    print(f"acknowledged events {sum(o.events for o in outcomes)}, finished cases {sum(o.finished for o in outcomes)}")
    print(f"measurements of torn attempts kept {sum(o.torn for o in outcomes)}")
    wrong = sum(bool(outcome.wrong) for outcome in outcomes)
    print(f"wrong: {wrong} of {len(outcomes)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
