# SPDX-License-Identifier: MIT
"""Whether a reading costs the same in a long run: µs a reading at 10,000 over that at 1,000.

What a run of next to nothing takes is subtracted, since it would flatter the long run.
"""

import argparse
from statistics import median

from processes import run_workload, scratch_folder
from workload import write_workload

NEXT_TO_NOTHING, SMALL, LARGE = 2, 1000, 10_000
ALLOWED = 1.2


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    sizes = (NEXT_TO_NOTHING, SMALL, LARGE)
    seconds: dict[int, list[float]] = {size: [] for size in sizes}
    readings = {}
    with scratch_folder() as scratch:
        loads = {size: write_workload(scratch / str(size), size) for size in sizes}
        for _ in range(repeats):
            for size, workload in loads.items():
                run = run_workload(scratch, workload)
                seconds[size].append(run.process.seconds)
                readings[size] = run.readings
    base = median(seconds[NEXT_TO_NOTHING])
    each = {
        size: (median(seconds[size]) - base) / (readings[size] - readings[NEXT_TO_NOTHING]) for size in (SMALL, LARGE)
    }
    print(f"{readings[NEXT_TO_NOTHING]} readings: {base:.2f} s")
    for size, value in each.items():
        print(f"{readings[size]:6d} readings: {median(seconds[size]):.2f} s, {value * 1e6:.1f} µs a reading")
    whole = {size: median(seconds[size]) / readings[size] for size in (SMALL, LARGE)}
    print(f"ratio, start included = {whole[LARGE] / whole[SMALL]:.2f}")
    print(f"ratio = {each[LARGE] / each[SMALL]:.2f} (at most {ALLOWED})")


if __name__ == "__main__":
    main()
