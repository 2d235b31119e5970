# SPDX-License-Identifier: MIT
"""``python -m bench VERB``: what there is to do around a run. Thin: each verb calls the package that knows how."""

import argparse
import sys
from pathlib import Path

from bench.session.options import CHECKOUT, DEFAULT_STATION, STATIONS, named_or_file


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code: 0 done, 1 something is wrong, 4 bad input or usage."""
    try:
        return _run(arguments)
    except SystemExit as end:
        # argparse ends a misuse with 2, which stands for an interrupted run here.
        return 4 if end.code == 2 else int(end.code or 0)


def _run(arguments: list[str] | None) -> int:
    parsed, rest = _parser().parse_known_args(arguments)
    if parsed.verb == "sim":
        return _sim(rest)
    if rest:
        _parser().error(f"unrecognized arguments: {' '.join(rest)}")
    return {"check-plan": _check_plan, "render": _render, "verify": _verify}[parsed.verb](parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = verbs.add_parser("check-plan", help="say what a plan will do on a station, and what it can decide")
    check.add_argument("plan", type=Path, metavar="PLAN")
    check.add_argument("--station", default=DEFAULT_STATION, metavar="NAME|FILE")
    render = verbs.add_parser(
        "render", help="render report, table and JUnit file of a run again, from its folder alone"
    )
    render.add_argument("run", type=Path, metavar="RUN")
    verify = verbs.add_parser("verify", help="say whether a run is sealed, unchanged, complete and a PASS (then 0)")
    verify.add_argument("run", type=Path, metavar="RUN|FILE")
    verbs.add_parser("sim", add_help=False, help="serve the simulated bench to any VISA client (sim --help tells more)")
    return parser


def _check_plan(parsed: argparse.Namespace) -> int:
    from bench.session.inputs import InvalidInputs, load_inputs
    from bench.session.usage import unknown_names
    from stimcert.store.run_folder import utc_now

    here = Path.cwd()
    plan, station = here / parsed.plan, named_or_file(parsed.station, STATIONS, here)
    try:
        inputs = load_inputs(plan=plan, station=station, device=None, checkout=CHECKOUT, today=utc_now().date())
    except InvalidInputs as invalid:
        print(*unknown_names(plan=plan, station=station), *invalid.problems, sep="\n", file=sys.stderr)
        return 4
    from bench.session.announcement import announcement

    print(*announcement(inputs), sep="\n")
    return 0


def _render(parsed: argparse.Namespace) -> int:
    from reports import ReportError, write_all

    try:
        print(*write_all(parsed.run), sep="\n")
    except ReportError as error:
        print(error, file=sys.stderr)
        return 4
    return 0


def _verify(parsed: argparse.Namespace) -> int:
    from bench.verification import Wrong, verify

    if not parsed.run.exists():
        print(f"{parsed.run}: no such file or folder; name a run's folder, or its record.json", file=sys.stderr)
        return 4
    try:
        for line in verify(parsed.run):
            print(line)
    except Wrong as wrong:
        print(f"WRONG        {wrong}")
        return 1
    return 0


def _sim(arguments: list[str]) -> int:
    from instruments.sim.__main__ import main as serve

    return serve(arguments)


if __name__ == "__main__":
    sys.exit(main())
