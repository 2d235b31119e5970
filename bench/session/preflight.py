# SPDX-License-Identifier: MIT
"""What is looked at before a run begins: is the clock right, is there room, does the disk keep what it is given?"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from bench.session.capture_plan import divide
from bench.session.inputs import Inputs
from bench.session.planner import case_points
from bench.session.sampling import sampling_of
from bench.session.software import RELEASED
from stimcert.plan import Case
from stimcert.store.host import host
from stimcert.store.run_folder import BALLAST, iso, utc_now

_TIMES = 3
"""So many times the largest size that is foreseen: records are repeated one range up, and a report is written too."""
_SAMPLE = 2
"""Bytes of a sample on disk."""
_POINT = 50_000
"""Bytes that journal, record, table and report keep of a point beside its waveform."""
_LEAST = 32_000_000
_BALLAST = 8_000_000
_PROBE = "probe"
_SLACK = timedelta(minutes=1)
"""So much may clocks of machines with one ledger differ, and a clock be set right."""


class CannotBegin(Exception):
    """The run must not begin; its text says why, problem by problem."""


def clock_problems(last_entry: str) -> Iterator[str]:
    """Yield why the wall clock cannot be right. Days of certificates are held against it where the station is read.

    :param last_entry: wall time of the newest entry of the ledger, empty where there is none.
    """
    now = utc_now()
    advice = "set the clock of this machine; times and due dates would be wrong"
    if now.date() < RELEASED:
        yield f"the clock says {iso(now)}, but this software was made on {RELEASED}: {advice}"
    if last_entry and now + _SLACK < datetime.fromisoformat(last_entry):
        yield f"the clock says {iso(now)}, but the ledger of the station has an entry of {last_entry}: {advice}"


def foreseen_size(inputs: Inputs) -> int:
    """Return how many bytes a run of this plan may take at most, as far as it can be foreseen."""
    return sum(
        2 * case_points(inputs, case) * (_SAMPLE * _samples(inputs, case) + _POINT)
        for case in inputs.plan.cases
        if not case.not_applicable
    )


def _samples(inputs: Inputs, case: Case) -> int:
    """Return how many samples a point of a case may come to: a record of the dwell, a slow one of the program."""
    sampling = sampling_of(inputs.station)
    if sampling is None:
        return 0
    slow = max(divide(case, inputs.plan.mode_named(name), sampling).slow for name in case.modes)
    return sampling.samples(case.dwell.si, sampling.fastest) + sampling.samples(slow, sampling.rate_for(slow))


def ballast_size(inputs: Inputs) -> int:
    """Return the bytes that are kept back for the last record."""
    return _BALLAST + sum(case_points(inputs, case) * _POINT for case in inputs.plan.cases) // 2


def room_problems(path: Path, inputs: Inputs) -> Iterator[str]:
    """Yield why a run would not find room.

    :param path: of its folder, which need not exist.
    """
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    needed = max(_LEAST, _TIMES * foreseen_size(inputs)) + ballast_size(inputs)
    free = host().free_space(there)
    if free < needed:
        yield (
            f"{there}: {free / 1e6:.0f} MB are free, {needed / 1e6:.0f} MB are needed "
            f"({_TIMES} times what this plan can fill, and room for the last record): make room, or name --run-root"
        )


def prepare(path: Path, inputs: Inputs) -> None:
    """Write to the run's folder, sync, and read back; then keep room for the last record.

    Better to hear of a bad disk before a device is connected.

    :raises OSError: when what comes back is not what was written, or there is no room.
    """
    file, content = path / _PROBE, os.urandom(4096)
    host().remove(file)
    host().append(file, content)
    if file.read_bytes() != content:
        raise OSError(0, "what was written and synced does not come back", str(file))
    host().remove(file)
    host().remove(path / BALLAST)
    host().reserve(path / BALLAST, ballast_size(inputs))
