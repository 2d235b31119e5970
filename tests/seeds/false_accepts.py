# SPDX-License-Identifier: MIT
"""How often is a value accepted whose true value is not? One measurement each, end to end, through drivers and VISA.

    python tests/seeds/false_accepts.py --count 5000                     # exit code 1 when a demand is not kept

One process, one simulated bench at one point, reseeded over its control port before every measurement: the mean of five
SMU readings of a direct current of exactly 400 µA, its budget, the same by Monte Carlo (10⁴ draws, the wider interval
counts), and decisions by ``guard-U`` against limits that lie where the true value is ON the limit, 0.5 U and 1 U beyond
it, and 2 U inside. U here is the nominal one: k·√(σ²/n + u_B²) with the true σ of the noise.

``rectangles``: hidden errors evenly in the data sheet's intervals, noise as it is. ``type A``: noise so large that five
readings and their Student's t dominate the budget; accepts on the limit must occur then.
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.session.bench import Bench  # noqa: E402
from stimcert.decision import decide  # noqa: E402
from stimcert.measured import Measured  # noqa: E402
from stimcert.models import mean_current  # noqa: E402
from stimcert.monte_carlo import simulate, widened  # noqa: E402
from stimcert.uncertainty import coverage_factor  # noqa: E402
from stimcert.verdict import Verdict  # noqa: E402
from tests.seeds.coverage import clopper_pearson  # noqa: E402
from tests.seeds.reseeded import reseeded  # noqa: E402

PLAN, DEVICE = ROOT / "test_plans" / "galvanic_facial.toml", "galvanic_good"
LEVEL, TRUE, RULE, READINGS, DRAWS = 5, 400e-6, "guard-U", 5, 10_000
NOISE = {"rectangles": 1.0, "type A": 450.0}
# Noise of one reading on the 1 mA range, A: the simulated instrument's own figure.
SIGMA = 1e-9
OFFSETS = (0.0, 0.5, 1.0, -2.0)
"""How far beyond the limit the true value lies, in nominal U."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many of the values were accepted at one place of the true value."""

    offset: float
    accepted: int
    count: int

    @property
    def interval(self) -> tuple[float, float]:
        """The 99 % Clopper-Pearson interval of the probability."""
        return clopper_pearson(self.accepted, self.count)

    def line(self) -> str:
        """Return the tally as it is printed."""
        low, high = self.interval
        share, where = self.accepted / self.count, f"true value at limit {self.offset:+4.1f} U"
        return f"  {where}: accepted {self.accepted:5d} = {share:8.3%}  [{low:.3%}, {high:.3%}]"

    def broken(self, kind: str) -> str | None:
        """Return in words the demand that is not kept."""
        low, high = self.interval
        if self.offset == 0.0 and not low <= 0.025:
            return f"on the limit at least {low:.2%} are accepted, 2.5 % are allowed"
        if self.offset == 0.0 and kind == "type A" and not self.accepted:
            return "on the limit nothing was accepted: the rule is no guard band of 95 %"
        if self.offset == 0.5 and not (self.accepted / self.count <= 0.002 or low <= 0.002 < 1 / self.count):
            return f"0.5 U beyond the limit {self.accepted / self.count:.2%} were accepted, 0.2 % are allowed"
        if self.offset == 1.0 and self.accepted:
            return f"1 U beyond the limit {self.accepted} were accepted, none is allowed"
        if self.offset == -2.0 and not high >= 0.975:
            return f"2 U inside the limit at most {high:.2%} are accepted, 97.5 % are asked"
        return None


def values(seeds: range, noise: float) -> Iterator[Measured]:
    """Measure the same current once with every seed."""
    with reseeded(PLAN, DEVICE) as world:
        case = next(case for case in world.inputs.plan.cases if "iontophoresis" in case.modes)
        at = case.model_copy(
            update={"modes": ("iontophoresis",), "levels": (LEVEL,), "loads": case.loads[:1], "limits": ()}
        )
        bench = Bench(world.station, world.inputs, {}, lambda point: None)
        for _ in bench.points(at):
            bench.wiring.bypass(False)
            for seed in seeds:
                world.control.tell(f"SEED {seed}", f"NOISE {noise:g},1")
                yield mean_current(bench.ammeter.read(bench.setup))


def nominal(measured: Measured, noise: float) -> float:
    """Return U as it would be with the true σ instead of the one estimated from five readings, A."""
    scatter = noise * SIGMA / math.sqrt(READINGS)
    rows = [row for row in measured.uncertainty.budget if row["dof"] is None]
    certain = math.hypot(*(row["contribution"] for row in rows))
    standard = math.hypot(scatter, certain)
    dof = (READINGS - 1) * (standard / scatter) ** 4
    return coverage_factor(None if dof > 1e6 else math.floor(dof)) * standard


def tallies(kind: str, seeds: range) -> list[Tally]:
    """Measure with every seed, decide at every place, and count what is accepted."""
    accepted = dict.fromkeys(OFFSETS, 0)
    for seed, measured in zip(seeds, values(seeds, NOISE[kind]), strict=True):
        simulated = simulate(measured, seed=seed, draws=DRAWS)
        uncertainty = widened(measured.uncertainty, simulated.half_width)
        size = nominal(measured, NOISE[kind])
        for offset in OFFSETS:
            decision = decide(measured.value, uncertainty, upper=TRUE - offset * size, rule=RULE)
            accepted[offset] += decision.verdict is Verdict.PASS
    return [Tally(offset=offset, accepted=count, count=len(seeds)) for offset, count in accepted.items()]


def broken(kind: str, found: Sequence[Tally]) -> list[str]:
    """Return every demand that is not kept."""
    return [text for tally in found if (text := tally.broken(kind)) is not None]


def main() -> int:
    """Print both tables and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    wrong = []
    for kind in NOISE:
        start = time.perf_counter()
        found = tallies(kind, range(asked.first, asked.first + asked.count))
        print(f"{kind}, {asked.count} measurements, {time.perf_counter() - start:.0f} s")
        print(*(tally.line() for tally in found), sep="\n")
        wrong += [f"{kind}: {text}" for text in broken(kind, found)]
    print(*(wrong or ["every demand kept"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
