# SPDX-License-Identifier: MIT
"""Time for 1,000 budgets of eight terms, each with its decision, after import; and the same budgets through GTC."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from stimcert.decision import decide
from stimcert.gtc_reference import by_gtc
from stimcert.term import Term, normal, rectangular, standard
from stimcert.uncertainty import evaluate

COUNT = 1000
RULES = ("guard-U", "guard-0.83U", "pfa:0.01", "simple")


def terms(n: int) -> list[Term]:
    """Return the budget of one peak current across 100 Ω; no two are alike."""
    volts, slope = 0.05 + n * 1e-6, 0.01
    instrument = "digitizer accuracy, gain and offset"
    return [
        rectangular("g", half_width=1e-3, unit="%", sensitivity=volts * slope, source="gain", bundle=instrument),
        rectangular("v", half_width=5e-5, unit="V", sensitivity=slope, source="offset", bundle=instrument),
        rectangular("res", half_width=2e-6, unit="V", sensitivity=slope),
        standard("v0", uncertainty=1e-7, unit="V", sensitivity=-slope, dof=99_999, source="zero"),
        normal("R", expanded=0.01, unit="Ω", sensitivity=-volts * slope**2, source="shunt"),
        rectangular("max", half_width=1e-5, unit="V", sensitivity=slope),
        standard("noise", uncertainty=(1 + n % 50) * 1e-6, unit="V", sensitivity=slope, dof=4.0 + n % 7),
        rectangular("align", half_width=1e-6, unit="V", sensitivity=slope),
    ]


def timed(work: Callable[[int], object], repeats: int) -> tuple[float, float]:
    """Return the time of the first ``COUNT`` calls, and the median of all rounds, s."""
    spent = []
    for _ in range(repeats):
        begun = time.perf_counter()
        for n in range(COUNT):
            work(n)
        spent.append(time.perf_counter() - begun)
    return spent[0], median(spent)


def budget_and_decision(n: int) -> object:
    """Make one budget from its terms, and decide by it."""
    return decide(5e-4 + n * 1e-7, evaluate(terms(n)), upper=6e-4, lower=1e-4, rule=RULES[n % len(RULES)])


def through_gtc(n: int) -> object:
    """Make the same budget by GTC, without a decision."""
    return by_gtc(terms(n))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args(arguments).repeats
    first, ours = timed(budget_and_decision, repeats)
    through_gtc(0)
    _, theirs = timed(through_gtc, repeats)
    print(f"first {COUNT} budgets with decisions, after import   {first:8.3f} s   at most 0.15 s")
    print(f"{COUNT} budgets with decisions, median of {repeats} rounds    {ours:8.3f} s")
    print(f"{COUNT} budgets through GTC, median of {repeats} rounds       {theirs:8.3f} s   ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
