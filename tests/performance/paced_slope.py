# SPDX-License-Identifier: MIT
"""With 5 ms a reading: the bench's slope over that of a bare loop with one fdatasync a reading."""

import argparse
from statistics import median

from bare import replay, transcript
from processes import run_workload, scratch_folder
from workload import write_workload

SMALL, LARGE = 500, 2000
PACE = 0.005
ALLOWED = 1.05


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    bench: dict[int, list[float]] = {SMALL: [], LARGE: []}
    bare: dict[int, list[float]] = {SMALL: [], LARGE: []}
    with scratch_folder() as scratch:
        loads = {size: write_workload(scratch / str(size), size) for size in (SMALL, LARGE)}
        said = {size: transcript(scratch, workload) for size, workload in loads.items()}
        for _ in range(repeats):
            for size, workload in loads.items():
                bench[size].append(run_workload(scratch, workload, f"--sim-pace={PACE}").process.seconds)
                exchanges, syncs = said[size]
                journal = scratch / "journal"
                bare[size].append(replay(exchanges, workload.device, pace=PACE, syncs=syncs, journal=journal))
    more = said[LARGE][1] - said[SMALL][1]
    slope = (median(bench[LARGE]) - median(bench[SMALL])) / more
    floor = (median(bare[LARGE]) - median(bare[SMALL])) / more
    between = f"slope between {said[SMALL][1]} and {said[LARGE][1]} readings"
    print(f"at {PACE * 1e3:g} ms a reading, {between}, medians of {repeats} runs")
    print(f"bare PyVISA loop with one fdatasync a reading  {floor * 1e3:8.3f} ms")
    print(f"pytest bench/                                  {slope * 1e3:8.3f} ms")
    print(f"ratio = {slope / floor:.3f} (at most {ALLOWED})")


if __name__ == "__main__":
    main()
