# SPDX-License-Identifier: MIT
"""``python -m bench VERB``: what there is to do around a run. Each verb is a module of ``bench/cli``."""

import argparse
import sys
from importlib import import_module
from types import ModuleType

from bench.screen import harmless_output

VERBS = ("acknowledge", "bench-check", "check-plan", "close", "lot", "render", "verify")
"""A verb ``do-it`` is ``bench/cli/do_it.py``: its docstring is the help, ``arguments(parser)``, ``run(parsed)``."""
_SIM = "serve the simulated bench to any VISA client (sim --help tells more)"


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code: 0 done, 4 bad input or usage."""
    try:
        with harmless_output():
            return _run(arguments)
    except SystemExit as end:
        # argparse ends a misuse with 2, which stands for an interrupted run here.
        return 4 if end.code == 2 else int(end.code or 0)


def _run(arguments: list[str] | None) -> int:
    modules = {verb: import_module(f"bench.cli.{verb.replace('-', '_')}") for verb in VERBS}
    parser = _parser(modules)
    parsed, rest = parser.parse_known_args(arguments)
    if parsed.verb == "sim":
        from instruments.sim.__main__ import main as serve

        return serve(rest)
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return int(modules[parsed.verb].run(parsed))


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, module in modules.items():
        words = (module.__doc__ or "").strip()
        module.arguments(verbs.add_parser(verb, help=words, description=words))
    verbs.add_parser("sim", add_help=False, help=_SIM)
    return parser


if __name__ == "__main__":
    sys.exit(main())
