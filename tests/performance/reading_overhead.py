# SPDX-License-Identifier: MIT
"""Time that the bench adds to a reading, over a bare PyVISA loop that exchanges the same messages.

Slopes between a small and a large run, so that start and end cancel; both sides in turn, in one run. The unit of
comparison is what the machine at hand can do: ``*IDN?`` round trips and one fdatasync, measured here as well.
"""

import argparse
from statistics import median

from bare import replay, round_trip, sync_time, transcript
from processes import run_workload, scratch_folder
from workload import write_workload

SMALL, LARGE = 500, 2000
ROUND_TRIPS = 12


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    bench: dict[int, list[float]] = {SMALL: [], LARGE: []}
    bare: dict[int, list[float]] = {SMALL: [], LARGE: []}
    with scratch_folder() as scratch:
        loads = {size: write_workload(scratch / str(size), size) for size in (SMALL, LARGE)}
        said = {size: transcript(scratch, workload) for size, workload in loads.items()}
        trip, sync = round_trip(loads[SMALL].device), sync_time(scratch / "sync")
        for _ in range(repeats):
            for size, workload in loads.items():
                bench[size].append(run_workload(scratch, workload).process.seconds)
                bare[size].append(replay(said[size][0], workload.device, journal=scratch / "journal"))
    readings = {size: said[size][1] for size in loads}
    more = readings[LARGE] - readings[SMALL]
    messages = (len(said[LARGE][0]) - len(said[SMALL][0])) / more
    slope = (median(bench[LARGE]) - median(bench[SMALL])) / more
    floor = (median(bare[LARGE]) - median(bare[SMALL])) / more
    allowed = ROUND_TRIPS * trip + sync
    whole = (median(bench[LARGE]) - median(bare[LARGE])) / readings[LARGE]
    print(f"readings                        {readings[SMALL]} and {readings[LARGE]}, medians of {repeats} runs")
    print(f"*IDN? round trip                {trip * 1e6:8.1f} µs")
    print(f"one fdatasync                   {sync * 1e6:8.1f} µs")
    print(f"messages a reading              {messages:8.2f}")
    print(f"bare PyVISA loop, a reading     {floor * 1e6:8.1f} µs")
    print(f"pytest bench/, a reading        {slope * 1e6:8.1f} µs")
    print(f"added, a reading                {(slope - floor) * 1e6:8.1f} µs")
    print(f"   start and report included    {whole * 1e6:8.1f} µs")
    print(f"   in *IDN? round trips, after one fdatasync  {(slope - floor - sync) / trip:.1f} (at most {ROUND_TRIPS})")
    print(f"added / ({ROUND_TRIPS} round trips + fdatasync) = {(slope - floor) / allowed:.2f} (at most 1)")


if __name__ == "__main__":
    main()
