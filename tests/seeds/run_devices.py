# SPDX-License-Identifier: MIT
"""Run every simulated device on every shipped plan that its file expects something of, and print what was expected.

    python tests/seeds/run_devices.py
    python tests/seeds/run_devices.py --plan microcurrent-type --device microcurrent_hot

Device files say before any run how each case must end. The suite holds some of them to it; this holds all. Processes
are forked, so not on Windows. Exit code 1 when a device ends otherwise.
"""

import argparse
import os
import sys
import time
import tomllib
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from one_run import ROOT, preload, record_of

from instruments.sim.device_file import read_device, shipped_devices

Pair = tuple[str, str]


def shipped_plans() -> dict[str, Path]:
    """Return the shipped plans by id."""
    return {tomllib.loads(p.read_text(encoding="utf-8"))["id"]: p for p in sorted(ROOT.glob("test_plans/*.toml"))}


def differences(pair: Pair) -> tuple[Pair, float, list[str]]:
    """Run a device on a plan; return the seconds it took, and what ended otherwise than its file says."""
    name, plan = pair
    start = time.perf_counter()
    _, record, said = record_of([f"--sim-device={name}", f"--plan={shipped_plans()[plan]}"])
    seconds = time.perf_counter() - start
    return pair, seconds, ["no record: " + said] if record is None else list(_otherwise(name, plan, record))


def _otherwise(name: str, plan: str, record: dict[str, Any]) -> list[str]:
    device = read_device(name)
    found = {case["id"]: case for case in record["cases"] if case["id"] != "STATION"}
    expected = device.expected_cases.get(plan, {})
    wrong = [
        f"{case}: expected {' or '.join(verdicts)}, found {found[case]['verdict']}: {found[case]['reason']}"
        for case, verdicts in expected.items()
        if found[case]["verdict"] not in verdicts
    ]
    wrong += [f"{case}: nothing is expected of it" for case in found if case not in expected]
    if record["verdict"] not in device.expected[plan]:
        wrong.append(f"expected {' or '.join(device.expected[plan])}, found {record['verdict']}: {record['reason']}")
    return wrong


def main() -> int:
    """Run all pairs and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device")
    parser.add_argument("--plan", metavar="ID")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    pairs = [
        (name, plan)
        for name in shipped_devices()
        for plan in sorted(read_device(name).expected)
        if asked.device in (None, name) and asked.plan in (None, plan)
    ]
    os.chdir(ROOT)
    preload()
    wrong = 0
    with get_context("fork").Pool(asked.jobs, maxtasksperchild=1) as pool:
        for (name, plan), seconds, found in pool.imap(differences, pairs, chunksize=1):
            wrong += bool(found)
            print(f"{name:28} {plan:22} {seconds:6.1f} s  {'as expected' if not found else 'OTHERWISE'}", flush=True)
            print(*(f"    {line}" for line in found), sep="\n", end="\n" if found else "")
    print(f"{len(pairs)} runs, {wrong} otherwise than expected")
    return 1 if wrong or not pairs else 0


if __name__ == "__main__":
    sys.exit(main())
