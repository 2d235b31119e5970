# SPDX-License-Identifier: MIT
"""Run a simulated device with many seeds, on all cores, and print how the verdicts fall.

    python tests/seeds/run_seeds.py --device microcurrent_good --seeds 500 --least PASS=495
    python tests/seeds/run_seeds.py --device microcurrent_edge --seeds 200 --most PASS=15 --most FAIL=10

Each seed draws other hidden errors of the instruments and other noise. Each is a run of ``pytest bench/`` in a process
of its own, forked (so not on Windows) from one that has imported the libraries. Run folders are removed. Exit code 1
when a bound given is not kept.
"""

import argparse
import os
import sys
import time
from collections import Counter
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from one_run import ROOT, preload, record_of

SHOWN = 20


def run(seed: int, options: list[str]) -> tuple[int, str, str]:
    """Run one seed and return it with the verdict and, unless PASS, the reason."""
    code, record, said = record_of([f"--sim-seed={seed}", *options])
    if record is None:
        return seed, "NO RECORD", said
    verdict, reason = record["verdict"], record["reason"]
    if (code == 0) is not (verdict == "PASS"):
        verdict = f"{verdict} with exit code {code}"
    return seed, verdict, "" if verdict == "PASS" or not reason else f"{reason['code']}: {reason['text']}"


def bound(text: str) -> tuple[str, int]:
    """Read ``PASS=495``."""
    verdict, _, count = text.partition("=")
    return verdict, int(count)


def main() -> int:
    """Run all seeds and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="microcurrent_good")
    parser.add_argument("--plan")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--least", type=bound, action="append", default=[], metavar="VERDICT=N")
    parser.add_argument("--most", type=bound, action="append", default=[], metavar="VERDICT=N")
    asked = parser.parse_args()
    options = [f"--sim-device={asked.device}"] + ([f"--plan={Path(asked.plan).resolve()}"] if asked.plan else [])
    start = time.perf_counter()
    os.chdir(ROOT)
    preload()
    with get_context("fork").Pool(asked.jobs, maxtasksperchild=1) as pool:
        seeds = range(asked.first, asked.first + asked.seeds)
        found = pool.map(partial(run, options=options), seeds, chunksize=1)
    counts = Counter(verdict for _, verdict, _ in found)
    print(f"{asked.device}, {asked.seeds} seeds from {asked.first}, {time.perf_counter() - start:.0f} s")
    for verdict, count in counts.most_common():
        print(f"  {verdict:20} {count:5d}  {100 * count / len(found):5.1f} %")
    common = counts.most_common(1)[0][0]
    for seed, verdict, reason in [entry for entry in found if entry[1] != common][:SHOWN]:
        print(f"  seed {seed}: {verdict}: {reason}")
    broken = [f"{word}: {counts[word]}, at least {n} are asked" for word, n in asked.least if counts[word] < n]
    broken += [f"{word}: {counts[word]}, at most {n} are allowed" for word, n in asked.most if counts[word] > n]
    print("\n".join(broken) or "every bound kept")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
