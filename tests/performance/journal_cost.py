# SPDX-License-Identifier: MIT
"""Time that the journal adds to a reading: everything in it, with one fdatasync a commit, and with none.

Two runs in turn, of the same plan: the second has SQLite sync nothing, so that what is left is the journal's own work:
to encode, to chain, to insert, to commit. What fdatasync costs is the disk's affair, and stands apart; how often it is
called is counted. The time of the second run is that of the processor, so that other programs do not count.

Most of that work is done while an instrument takes the next reading. What is left, a reading waits for, and for its
share of the commits: that is what the journal adds to it.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from bare import sync_time
from processes import ROOT, scratch_folder
from workload import Workload, write_workload

ALLOWED = 60e-6


class Watch:
    """Adds up the time inside of some functions; what they call of each other counts once."""

    def __init__(self) -> None:
        self.seconds = self.busy = self.waited_for = 0.0
        self.instrument_busy = False
        self.calls: dict[str, int] = {}
        self._inside = False

    def over(self, owner: Any, name: str) -> None:
        """Watch a method."""
        method = getattr(owner, name)

        def watched(*arguments: Any, **named: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            if self._inside:
                return method(*arguments, **named)
            self._inside, began, busy = True, time.perf_counter(), time.thread_time()
            try:
                return method(*arguments, **named)
            finally:
                self.seconds += time.perf_counter() - began
                spent = time.thread_time() - busy
                self.busy += spent
                self.waited_for += 0.0 if self.instrument_busy else spent
                self._inside = False

        setattr(owner, name, watched)

    def meanwhile(self, station: Any) -> None:
        """Know when a station has work done while one of its instruments takes a reading."""
        arrange = station.meanwhile

        def arranged(itself: Any, work: Callable[[], None]) -> None:
            def marked() -> None:
                self.instrument_busy = True
                try:
                    work()
                finally:
                    self.instrument_busy = False

            arrange(itself, marked)

        station.meanwhile = arranged


def measure(workload: Workload, folder: Path, *, synced: bool) -> dict[str, float]:
    """Run the bench on a workload in a process of its own; return readings, s in the journal, events and commits."""
    answers = multiprocessing.get_context("fork").SimpleQueue()
    process = multiprocessing.get_context("fork").Process(target=_run, args=(workload, folder, synced, answers))
    process.start()
    found = answers.get()
    process.join()
    return dict(found)


def _run(workload: Workload, folder: Path, synced: bool, answers: Any) -> None:
    import pytest

    from bench.session.run_store import RunStore
    from instruments.station import Station
    from stimcert.store import journal

    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ["XDG_STATE_HOME"] = str(folder.parent / "state")
    if not synced:
        pragmas = [p for p in journal._PRAGMAS if p[0] != "synchronous"]
        journal._PRAGMAS = (*pragmas, ("synchronous", "OFF", "0"))  # type: ignore[assignment]
    watch = Watch()
    for name in ("log", "note", "intend", "results_in"):
        watch.over(RunStore, name)
    watch.meanwhile(Station)
    watch.over(journal.Journal, "_write")
    options = [f"--plan={workload.plan}", f"--sim-device={workload.device}", f"--run-dir={folder}"]
    code = int(pytest.main(["bench/", "-q", "-p", "no:cacheprovider", *options]))
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    rows = [m for case in record["cases"] if case["id"] != "STATION" for m in case["measurements"]]
    keys = ("mode", "level", "load", "one_more_up", "attempt")
    distinct = {(row["quantity"], *(row["conditions"].get(key) for key in keys)) for row in rows}
    answers.put(
        {
            "code": code,
            "readings": len(distinct),
            "seconds": watch.seconds,
            "busy": watch.busy,
            "waited_for": watch.waited_for,
            "commits": watch.calls["_write"],
            "events": record["journal"]["events"],
        }
    )
    os._exit(0)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs=2, default=(500, 2000), help="readings of the two runs")
    asked = parser.parse_args()
    small, large = asked.sizes
    with scratch_folder() as scratch:
        loads = {size: write_workload(scratch / str(size), size) for size in (small, large)}
        found: dict[tuple[int, bool], list[dict[str, float]]] = {}
        for repeat in range(asked.repeats):
            for size, workload in loads.items():
                for synced in (True, False):
                    one = measure(workload, scratch / f"run-{size}-{synced}-{repeat}", synced=synced)
                    found.setdefault((size, synced), []).append(one)
        sync = sync_time(scratch / "sync")

    def slope(key: str, synced: bool) -> float:
        more, less = (median(one[key] for one in found[size, synced]) for size in (large, small))
        many, few = (found[size, synced][0]["readings"] for size in (large, small))
        return (more - less) / (many - few)

    bare, waited_for, commits = slope("busy", False), slope("waited_for", False), slope("commits", True)
    added, allowed = commits * sync + waited_for, sync + ALLOWED
    print(f"readings               {found[small, True][0]['readings']:.0f} and {found[large, True][0]['readings']:.0f}")
    print(f"events a reading       {slope('events', True):8.2f}")
    print(f"commits a reading      {commits:8.2f} (at most 1, each one fdatasync)")
    print(f"in the journal, synced {slope('seconds', True) * 1e6:8.1f} µs a reading")
    print(f"one fdatasync          {sync * 1e6:8.1f} µs")
    print(f"without fdatasync      {bare * 1e6:8.1f} µs of processor time, most of it while an instrument measures")
    print(f"   of it waited for    {waited_for * 1e6:8.1f} µs")
    print(f"added to a reading     {added * 1e6:8.1f} µs (at most one fdatasync and {ALLOWED * 1e6:.0f} µs)")
    print(f"share of what is allowed {added / allowed:.2f}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
