# SPDX-License-Identifier: MIT
"""The rows of the fault matrix: what is done to a run at its n-th step, and how the report may name it.

A *seam* is where the harness meets the world: questions and messages to instruments, SQLite and files, the clock, the
process itself, every fsync of whoever asks for it, and, for mistakes of our own, the first call of each function.
"""

from dataclasses import dataclass
from typing import Literal

Seam = Literal["question", "message", "block", "sqlite", "file", "clock", "event", "function", "fsync", "fdatasync"]

DEVICES = ("hot", "good")
"""The one exceeds the ceiling at its top level and keeps it below: in one run, what is bad must not pass and what is
good must not fail. The other is needed where a fault may come after the record, which the exit code then must tell."""

SILENT, FULL, BEHIND = "silence from then on", "a disk that is full from then on", "replies one behind"

BENCH = ("instrument_silent", "instrument_lost", "garbled_reply", "instrument_refused", "not_a_number", "overrange")
"""How trouble with an instrument is named where it is seen at once."""
CHECKED = (
    "zero_offset", "load_wrong", "load_stuck", "load_wrong_decade", "smu_limited", "smu_overrange", "wrong_identity",
    "wrong_dut", "dut_refused", "reference_wrong", "reference_weak", "reference_pulse_wrong", "digitizer_reversed",
    "temperature_missing",
    "leads_swapped", "paths_disagree", "bypass_wrong", "temperature_outside",
    "safe_state_unconfirmed", "relay_map_wrong", "drifted", "stale_reading", "power_cycled", "current_limited",
)  # fmt: skip
"""How it is named where a self-check stumbles over what it led to."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fault.

    :param id: row of the matrix, as in ``docs/explanations/fault_matrix.md``.
    :param does: what happens, in words; key of :mod:`tests.fault_matrix.injection`.
    :param seam: what is counted.
    :param codes: reason codes that name it. None: whatever the process leaves says nothing, it is gone.
    :param harmless: whether a run may end as if nothing had happened: the fault is recovered from, or changes nothing.
    :param devices: which of :data:`DEVICES` it is tried on.
    """

    id: str
    does: str
    seam: Seam
    codes: tuple[str, ...] | None
    harmless: bool = False
    devices: tuple[str, ...] = ("hot",)

    @property
    def name(self) -> str:
        """Row and fault."""
        return f"{self.id} {self.does}"


_ANY = BENCH + CHECKED
ROWS = (
    Row(id="N1", does="a late reply", seam="question", codes=_ANY, harmless=True),
    Row(id="N1", does="no reply", seam="question", codes=_ANY),
    Row(id="N1", does=SILENT, seam="question", codes=_ANY),
    Row(id="N1", does="connection lost", seam="question", codes=_ANY),
    Row(id="N1", does="half a reply", seam="question", codes=_ANY, harmless=True),
    Row(id="N1", does="an empty reply", seam="question", codes=_ANY),
    Row(id="N1", does="noise for a reply", seam="question", codes=_ANY, harmless=True),
    Row(id="N1", does=BEHIND, seam="question", codes=_ANY),
    Row(id="N1", does="a reply twice", seam="question", codes=_ANY, harmless=True),
    Row(id="N2", does="not a number", seam="question", codes=_ANY, harmless=True),
    Row(id="N2", does="an overflow", seam="question", codes=_ANY, harmless=True),
    Row(id="N6", does="an error in the queue", seam="question", codes=_ANY, harmless=True),
    Row(id="N3", does="a message that gets lost", seam="message", codes=_ANY, harmless=True),
    Row(id="N1", does="a message that cannot be sent", seam="message", codes=_ANY, harmless=True),
    Row(id="N1", does="half a block", seam="block", codes=_ANY),
    Row(id="N2", does="a block of no numbers", seam="block", codes=_ANY, harmless=True),
    Row(id="N2", does="a block of zeros", seam="block", codes=(*_ANY, "no_output_proven"), harmless=True),
    Row(id="N2", does="the block before", seam="block", codes=(*_ANY, "no_output_proven"), harmless=True),
    Row(id="H2", does="disk full in SQLite", seam="sqlite", codes=("storage_failed",), devices=DEVICES),
    Row(id="H2", does="I/O error in SQLite", seam="sqlite", codes=("storage_failed",), devices=DEVICES),
    Row(id="H2", does="disk full", seam="file", codes=("storage_failed",), devices=DEVICES),
    Row(id="H2", does="I/O error", seam="file", codes=("storage_failed",), devices=DEVICES),
    Row(id="H2", does="an fsync that fails", seam="fsync", codes=("storage_failed",), devices=DEVICES),
    Row(id="H2", does="an fdatasync that fails", seam="fdatasync", codes=("storage_failed",), devices=DEVICES),
    Row(id="H2", does=FULL, seam="event", codes=("storage_failed",)),
    Row(id="H3", does="the clock jumps a day ahead", seam="clock", codes=("clock_set",), harmless=True),
    Row(id="H3", does="the clock jumps a day back", seam="clock", codes=("clock_set",), harmless=True),
    Row(id="H1", does="kill -9", seam="event", codes=None),
    Row(id="H1", does="exit with code 0", seam="event", codes=None),
    Row(id="O2", does="SIGTERM", seam="event", codes=("interrupted",), devices=DEVICES),
    Row(id="O2", does="SIGINT three times", seam="event", codes=("interrupted",), devices=DEVICES),
    Row(
        id="S1",
        does="an exception",
        seam="function",
        codes=("test_crashed", "bench_error", *_ANY),
        harmless=True,
        devices=DEVICES,
    ),
)
"""Every row that software can inject on this machine."""
