# SPDX-License-Identifier: MIT
"""hold a dummy in the device's place against a limit: it must FAIL just above and PASS just below (then 0)"""

import argparse
import sys
from pathlib import Path
from typing import Any

from bench.session.options import CHECKOUT, DEFAULT_PLAN, DEFAULT_STATION, STATIONS, named_or_file


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.add_argument("--station", default=DEFAULT_STATION, metavar="NAME|FILE")
    parser.add_argument("--plan", type=Path, default=DEFAULT_PLAN, metavar="FILE", help="whose first ceiling it is")
    parser.add_argument("--operator", metavar="TEXT", help="who put the dummy there; needed on a real station")
    parser.add_argument("--sim-seed", type=int, default=0, metavar="N")
    parser.add_argument("--sim-fault", action="append", default=[], metavar="NAME")


def run(parsed: argparse.Namespace) -> int:
    """Check the bench, keep the sealed result, and say what came out; 1 for a bench that does not pass."""
    from bench.session.inputs import InvalidInputs, load_inputs
    from stimcert.store.run_folder import utc_now

    here = Path.cwd()
    station = named_or_file(parsed.station, STATIONS, here)
    try:
        inputs = load_inputs(
            plan=here / parsed.plan, station=station, device=None, checkout=CHECKOUT, today=utc_now().date()
        )
    except InvalidInputs as invalid:
        print(*invalid.problems, sep="\n", file=sys.stderr)
        return 4
    problem = _misuse(inputs, parsed)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 4
    return _check(inputs, parsed)


def _misuse(inputs: Any, parsed: argparse.Namespace) -> str | None:
    """Return what is wrong with the command, None when nothing is."""
    from bench.session.bench_check import NoCeiling, ceiling
    from instruments.sim.faults import FAULTS

    unknown = [name for name in parsed.sim_fault if name not in FAULTS]
    if unknown:
        return f"--sim-fault={unknown[0]}: no such fault; there are {', '.join(FAULTS)}"
    if not inputs.station.embedded and (parsed.sim_fault or parsed.sim_seed):
        return "--sim-fault and --sim-seed: only for the simulated station"
    if not inputs.station.embedded and not parsed.operator:
        return "--operator: missing; who put the dummy in the device's place?"
    try:
        ceiling(inputs)
    except NoCeiling as error:
        return f"--plan: {error}"
    return None


def _check(inputs: Any, parsed: argparse.Namespace) -> int:
    from bench.dummy import bench_check
    from stimcert.bench_check import GOOD
    from stimcert.quantity import show
    from stimcert.store.bench_checks import write_bench_check

    result = bench_check(
        inputs, operator=parsed.operator or "simulated", seed=parsed.sim_seed, faults=tuple(parsed.sim_fault)
    )
    for point in result["points"]:
        words = {key: show(point[key], point["unit"]) for key in ("value", "expanded_uncertainty", "upper_limit")}
        print(
            f"{point['side']:9} {words['value']} ± {words['expanded_uncertainty']}, limit {words['upper_limit']} "
            f"({point['limit']}): {point['verdict']}, wanted {point['wanted']}"
        )
    path = write_bench_check(inputs.station.name, result)
    print(f"kept      {path}")
    print(f"bench     {result['verdict']}" + (f": {result['text']}" if result["text"] else ""))
    return 0 if result["verdict"] == GOOD else 1
