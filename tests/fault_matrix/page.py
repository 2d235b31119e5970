# SPDX-License-Identifier: MIT
"""The page of the documentation that says what the fault matrix found, and what it cannot test."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.fault_matrix.trial import Outcome

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanations" / "fault_matrix.md"

_HEAD = """# The fault matrix

A run of two cases is disturbed, once, at its n-th step, for n = 1, 2, 3 … to its end, by each of the faults below. A *step* is a
question to an instrument, a message to one, a block of samples, a statement of SQLite, a file, a look at the clock, an event of the
journal, or the first call of a function of ours. Everything else is as a user has it: processes, VISA over TCP, the guard, the
simulated bench. One device exceeds the ceiling at its top level, the other keeps it.

After each of them must hold:

- no PASS of the device that exceeds the ceiling, no FAIL of the one that keeps it, and no exit code 0 without a sealed, complete
  PASS; a run ends as an undisturbed one only where the fault is one that is recovered from or changes nothing;
- output off by the simulator's own account, or the alarm;
- every acknowledged event is in the journal, and its chain holds;
- no reading beyond the limit that was stored is lost from `device_finding`;
- the reason code of the record names the fault.

    .tox/faults/bin/python tests/fault_matrix/matrix.py --docs      # redoes this page; hours
    .venv/bin/tox run -e faults -- --sample 100                     # a sample; the seed is printed

"""
_TAIL = """
*As undisturbed*: the verdict of a run to which nothing was done. *No record*: the process was gone; its journal is unsealed, which
`python -m bench verify` says. *Not reached*: steps that the run no longer came to, or that this table was not given the time for.

## Not tested

| row | fault | why |
|---|---|---|
| B1–B4, N4, N5 | faults of the bench and of identities | named faults of the simulated bench, each with its own test (`tests/bench/test_faults_end_to_end.py`) |
| B5 | an interlock that opens | no instrument of this version reports one |
| D1–D5 | faults of the device | simulated devices, each with its own test (`tests/bench/test_devices_end_to_end.py`, [traps](traps.md)) |
| O1–O3 | files, other runs | `tests/bench/test_inputs.py`; the ledger |
| O4, O5 | mandatory fields, two keys | need approval and signatures, which this version does not have |
| H4 | loss of power, torn pages | needs a machine that can be switched off; SQLite's own promise is relied upon |
| H5 | edited journals and records | `python -m bench verify`, with its own tests |
| H6 | two runs on one bench | `tests/bench/test_exclusive_bench.py` |
| H7 | suspended machine | the clock's seam in `tests/instruments/safety/test_heartbeat.py`; a hang end to end |
| H8 | locales, consoles | one machine, one locale |
| S2 | a part of the tests | `tests/bench/test_command_line.py` |
"""


def write_page(table: list[str], done: list[Outcome], planned: int, counts: dict[str, int], seed: int) -> None:
    """Write the page.

    :param planned: how many steps were to be disturbed.
    """
    injected = [outcome for outcome in done if outcome.injected]
    kinds = Counter(text.partition(":")[0] for outcome in done for text in outcome.broken)
    steps = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    words = ", ".join(f"{kind}: {count}" for kind, count in kinds.items()) or "none"
    summary = [
        f"{datetime.now(UTC):%Y-%m-%d}, seed {seed}. Steps of a run: {steps}. Disturbed: {len(injected)} of {planned} distinct",
        f"(fault, step, device). Invariants that did not hold: {words}.",
        "",
    ]
    PAGE.write_text(_HEAD + "\n".join([*summary, *table, ""]) + _TAIL, encoding="utf-8")
