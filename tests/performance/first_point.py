# SPDX-License-Identifier: MIT
"""From the start of ``pytest bench/`` with the shipped plan to its first measured point, station check included."""

import argparse
from statistics import median

from processes import run_bench, scratch_folder

ALLOWED = 1.5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    with scratch_folder() as scratch:
        runs = [run_bench(scratch) for _ in range(repeats)]
    times = [run.first for run in runs]
    print(f"start to first measured point: {median(times):.2f} s ({min(times):.2f}–{max(times):.2f}, {repeats} runs)")
    print(f"ratio = {median(times) / ALLOWED:.2f} of {ALLOWED} s (at most 1)")
    print(f"whole run: {median(run.process.seconds for run in runs):.2f} s, {runs[0].readings} readings")


if __name__ == "__main__":
    main()
