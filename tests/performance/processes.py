# SPDX-License-Identifier: MIT
"""Start the bench or the simulator, and say how long it took and how much memory it had."""

import fcntl
import json
import os
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from workload import CASE, ROOT, SERIAL, Workload

sys.path.insert(0, str(ROOT))

from instruments.allocator import ENVIRONMENT

_GET_FLAGS, _SET_FLAGS = 0x80086601, 0x40086602
"""FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of Linux, 64 bit."""
_TOP_OF_DIRECTORIES = 0x00020000
"""FS_TOPDIR_FL, chattr's T."""
_FLAGS = struct.Struct("l")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A process that has ended.

    :param seconds: from spawn to exit.
    :param cpu: processor time of it and of the children it waited for, s.
    :param spawned: Unix time of the spawn, s.
    :param peak: largest resident memory of it or of a child it waited for, MiB.
    """

    seconds: float
    cpu: float
    spawned: float
    peak: float
    code: int


@dataclass(frozen=True, kw_only=True)
class BenchRun:
    """One run of the bench.

    :param readings: readings in the plan's case.
    :param first: from spawn to the first reading of a case other than the station check, s.
    """

    process: Finished
    readings: int
    first: float
    verdict: str


def run_process(command: Sequence[str | Path], folder: Path, output: Path) -> Finished:
    """Run a command to its end, in ``folder``."""
    with output.open("wb") as sink:
        spawned, start = time.time(), time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            env=_environment(),
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)  # for Popen: it is reaped already
    return Finished(
        seconds=seconds,
        cpu=usage.ru_utime + usage.ru_stime,
        spawned=spawned,
        peak=usage.ru_maxrss / 1024,
        code=process.returncode,
    )


def _environment() -> dict[str, str]:
    """Return the environment of a user: there, what was compiled once is not compiled again."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Runs of a script have no place in the ledger of whoever starts it.
    return {**kept, "XDG_STATE_HOME": str(Path(_folder_of_this_program().name) / "state")}


def run_bench(scratch: Path, *options: str) -> BenchRun:
    """Run ``pytest bench/`` with these options, in a folder of its own that stays to the end.

    :raises SystemExit: with its output, when it left no record.
    """
    folder, output = Path(mkdtemp(prefix="run-", dir=scratch)) / "run", scratch / "output.txt"
    command = [sys.executable, "-m", "pytest", "bench/", f"--run-dir={folder}", *options]
    process = run_process(command, ROOT, output)
    try:
        record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        return _summary(process, record)
    except FileNotFoundError:
        raise SystemExit(f"the run left no record:\n{output.read_text(errors='replace')}") from None


def run_workload(scratch: Path, workload: Workload, *options: str) -> BenchRun:
    """Run the bench on a workload and see that nothing went wrong there."""
    run = run_bench(scratch, f"--plan={workload.plan}", f"--sim-device={workload.device}", *options)
    if run.verdict != "PASS":
        raise SystemExit(f"the run is {run.verdict}:\n{(scratch / 'output.txt').read_text(errors='replace')[-4000:]}")
    return run


def _summary(process: Finished, record: dict) -> BenchRun:
    cases = [case for case in record["cases"] if case["id"] != "STATION"]
    rows = [row for case in cases for row in case["measurements"]]
    times = [row["conditions"]["wall_time"] for row in rows]
    first = datetime.fromisoformat(min(times)).timestamp() - process.spawned if times else float("nan")
    keys = ("mode", "level", "load", "one_more_up", "attempt")
    distinct = {(row["quantity"], *(row["conditions"].get(key) for key in keys)) for row in rows}
    verdict = next((case["verdict"] for case in cases if case["id"] == CASE), record["verdict"])
    return BenchRun(process=process, readings=len(distinct), first=first, verdict=verdict)


@contextmanager
def simulator(device: Path | str, pace: float = 0.0, log: Path | None = None) -> Iterator[dict[str, int]]:
    """Serve a fresh simulated bench, and give its ports by role.

    :param log: its own account, which it keeps in each run of the bench.
    """
    command = [sys.executable, "-m", "instruments.sim", "--device", str(device), "--seed", "0", "--pace", repr(pace)]
    command += ["--log", str(log)] if log is not None else []
    # As the harness starts its own.
    environment = {**ENVIRONMENT, **_environment()}
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["ports"]
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder on the disk where runs are kept, gone at the end of this program."""
    yield Path(mkdtemp(dir=_folder_of_this_program().name))


@cache
def _folder_of_this_program() -> TemporaryDirectory[str]:
    (ROOT / "runs").mkdir(exist_ok=True)
    folder = TemporaryDirectory(prefix="performance-", dir=ROOT / "runs")
    _spread(Path(folder.name))
    return folder


def _spread(folder: Path) -> None:
    """Have ext4 put each folder in here somewhere else on the disk; other file systems are left alone.

    For a minute it passes over what was just removed, one inode after the other: making a file takes up to fifteen
    times as long beside the runs of a script that ended before (fs/ext4/ialloc.c: recently_deleted, find_group_orlov).
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        (flags,) = _FLAGS.unpack(fcntl.ioctl(descriptor, _GET_FLAGS, _FLAGS.pack(0)))
        fcntl.ioctl(descriptor, _SET_FLAGS, _FLAGS.pack(flags | _TOP_OF_DIRECTORIES))
    except OSError:
        return
    finally:
        os.close(descriptor)


def foreign_options(workload: Workload, station: Path) -> list[str]:
    """Return the options of a run on a simulated bench that was started by somebody else."""
    return [f"--plan={workload.plan}", f"--station={station}", f"--dut-serial={SERIAL}", "--operator=performance"]
