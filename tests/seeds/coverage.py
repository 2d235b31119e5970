# SPDX-License-Identifier: MIT
"""Do the intervals value ± U hold the true value as often as they say? End to end, through drivers and VISA.

    python tests/seeds/coverage.py --seeds 500                      # exit code 1 when a demand is not kept
    python tests/seeds/coverage.py --seeds 500 --spread BUDGET --noise 50,3
    python tests/seeds/coverage.py --seeds 500 --spread BUDGET --noise 50,3 --inflate 1.5    # must fail

One process, one simulated bench, reseeded over its control port: consecutive seeds, one value per quantity and seed.
Each seed draws other hidden errors, other noise and another phase of the device. With ``DATASHEET`` they lie evenly in
what data sheets and certificates promise, gain and offset each for itself; with ``BUDGET`` they are drawn from the
distributions that the budgets state (what a zero cannot take away counts as offset: the zero is taken without one).

Some rows of a budget are about what no record can show: an event hidden in the noise of a plateau, an edge of any shape
between two samples, a drift since the check (:data:`HIDDEN`). The simulated device and bench do none of that, and what
a record cannot show no simulation of a record can either. With ``BUDGET`` those rows are drawn like all others, each
from the distribution that it states, and added to the error; with ``DATASHEET`` they are not.

True values are those of the device file (the simulated device delivers exactly what it is set to); that of the load is
asked of the simulator.
"""

import argparse
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.session.bench import Bench  # noqa: E402
from bench.session.check_context import BenchState, CheckContext  # noqa: E402
from bench.session.evaluate import outcome  # noqa: E402
from bench.session.load_check import loop_resistance  # noqa: E402
from bench.session.point import Point  # noqa: E402
from bench.session.zero_check import check_zero  # noqa: E402
from stimcert.allowance import Allowance  # noqa: E402
from stimcert.measured import Measured  # noqa: E402
from stimcert.models import resistance  # noqa: E402
from stimcert.plan import Case  # noqa: E402
from stimcert.quantity import Dimension, parse  # noqa: E402
from tests.seeds.reseeded import Reseeded, reseeded  # noqa: E402

PLAN = ROOT / "test_plans" / "microcurrent_facial.toml"
DEVICE = ROOT / "instruments" / "sim" / "devices" / "microcurrent_good.toml"
LOAD, VOLTS = 2e3, 2.0
# Of the device at level 8, mode lift: 450 µA for 5 ms of every 10 ms; of mode tone two phases of 5 ms cancel.
TRUE = {
    "SMU current": 225e-6,
    "digitized peak": 450e-6,
    "pulse width": 10e-3,
    "charge": 2.25e-6,
    "net charge": 0.0,
}
DWELL = {"lift": "200 ms", "tone": "160 ms"}
METRICS = {
    "lift": {"digitized peak": "current.peak", "charge": "charge.phase"},
    "tone": {"pulse width": "pulse.width", "net charge": "charge.net"},
}
HIDDEN = {
    "δv_drift": "what the digitizer drifted since the check",
    "δI_drift": "what the SMU drifted since the check",
    "δv_max": "a peak that hides in the noise of a plateau",
    "δv_align": "an event between two samples",
    "δt_1": "an edge between two samples",
    "δt_2": "the other edge",
    "δq_ends": "what lies at the ends of a phase",
    "δq_max": "a charge that hides in the noise of the others",
}
"""Rows about what no record shows, by their symbol: all of them rectangles."""
LEAST_COVERAGE, LEAST_DOF, DRAWS = 0.93, 20, 20_000
ALLOWED_Z = (0.85, 1.1)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One value of one seed, with what is true, and the coverage that its own budget predicts."""

    error: float
    standard: float
    expanded: float
    dof: float
    predicted: float

    @property
    def z(self) -> float:
        """(value − true) / u."""
        return self.error / self.standard

    @property
    def covered(self) -> bool:
        """Whether value ± U holds the true value."""
        return abs(self.error) <= self.expanded


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How one seed is drawn.

    :param spread: where hidden errors come from.
    :param noise: by what the noise of the SMU and of the digitizer is multiplied.
    :param inflate: multiplies u and U, as a wrong budget would.
    """

    random: np.random.Generator
    spread: str
    noise: tuple[float, float]
    inflate: float

    def hidden(self, measured: Measured) -> float:
        """Return what no record can show of an error, drawn from the budget's own rows; 0 in the data-sheet draw."""
        if self.spread != "BUDGET":
            return 0.0
        rows = [row for row in measured.uncertainty.budget if row["symbol"] in HIDDEN]
        return sum(row["contribution"] * math.sqrt(3.0) * self.random.uniform(-1.0, 1.0) for row in rows)


def found(measured: object, true: float, draw: Draw) -> Outcome:
    """Compare a result with the truth."""
    if not isinstance(measured, Measured):
        raise RuntimeError(f"nothing was measured: {measured}")
    uncertainty = measured.uncertainty
    return Outcome(
        error=measured.value - true + draw.hidden(measured),
        standard=draw.inflate * uncertainty.standard,
        expanded=draw.inflate * uncertainty.expanded,
        dof=math.inf if uncertainty.dof is None else uncertainty.dof,
        predicted=predicted(measured, draw.random),
    )


def predicted(measured: Measured, random: np.random.Generator) -> float:
    """Return how often an error drawn from a budget lies within U, by Monte Carlo (JCGM 101:2008, 7)."""
    error = np.zeros(DRAWS)
    for row in measured.uncertainty.budget:
        size, dof = row["contribution"], row["dof"]
        if row["distribution"] == "rectangular":
            error += size * math.sqrt(3.0) * random.uniform(-1.0, 1.0, DRAWS)
        else:
            # A scatter of n readings: what it is estimated to be, not what the estimate may be off.
            error += size * random.standard_normal(DRAWS) if dof is None or dof > 1 else size
    return float(np.mean(np.abs(error) <= measured.uncertainty.expanded))


def at(point: Point, bench: Bench, draw: Draw) -> Iterator[tuple[str, Outcome]]:
    """Measure what is asked of a mode."""
    capture = bench.capture(point)
    for quantity, metric in METRICS[point.mode.name].items():
        yield quantity, found(outcome(metric, capture, point), TRUE[quantity], draw)
    if point.mode.name == "lift":
        mean = outcome("current.mean", bench.mean_current(point), point)
        yield "SMU current", found(mean, TRUE["SMU current"], draw)


def load(context: CheckContext, world: Reseeded, draw: Draw) -> Outcome:
    """Measure a load as the station check does."""
    setup, _ = context.setups()[0]
    station, shunt = world.station, setup.shunt.value.si
    station.switch.select_shunt(shunt)
    station.load_box.set_resistance(world.inputs.station.load_box.setting(LOAD, shunt))
    station.switch.set_port("short")
    reading = loop_resistance(context, VOLTS, LOAD, Allowance(limit=LOAD))
    true = world.control.true()["loop"]
    station.switch.set_port("open")
    return found(resistance(*reading.readings), true, draw)


def single(case: Case) -> Case:
    """Return a case at its top level and one load."""
    kept = tuple(entry for entry in case.loads if entry.si == LOAD)
    return case.model_copy(
        update={"levels": (8,), "loads": kept, "limits": (), "dwell": parse(DWELL[case.modes[0]], Dimension.TIME)}
    )


def one_seed(world: Reseeded, seed: int, draw: Draw) -> Iterator[tuple[str, Outcome]]:
    """Yield every quantity with its outcome for one seed."""
    context = CheckContext(
        station=world.station, inputs=world.inputs, report=lambda *words, **facts: None, state=BenchState()
    )
    world.control.tell(
        f"SEED {seed}",
        f"SPREAD {'NONE' if draw.spread == 'BUDGET' else draw.spread}",
        f"NOISE {draw.noise[0]:g},{draw.noise[1]:g}",
    )
    check_zero(context)
    world.control.tell(f"SPREAD {draw.spread}")
    yield "load", load(context, world, draw)
    bench = Bench(world.station, world.inputs, context.state.zeros, lambda point: None)
    for case in map(single, world.inputs.plan.cases):
        for point in bench.points(case):
            yield from at(point, bench, draw)


def clopper_pearson(hits: int, trials: int, confidence: float = 0.99) -> tuple[float, float]:
    """Return the exact interval of a binomial probability. Source: Clopper and Pearson, Biometrika 26 (1934), 404."""
    from scipy.stats import beta

    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, trials - hits + 1))
    high = 1.0 if hits == trials else float(beta.ppf(1 - tail, hits + 1, trials - hits))
    return low, high


@dataclass(frozen=True, kw_only=True)
class Row:
    """What all seeds say about one quantity."""

    quantity: str
    seeds: int
    coverage: float
    interval: tuple[float, float]
    predicted: float
    rms: float
    rms_error: float
    dof: float

    @classmethod
    def of(cls, quantity: str, outcomes: Sequence[Outcome]) -> "Row":
        """Sum up the outcomes of a quantity."""
        hits, z = sum(entry.covered for entry in outcomes), np.array([entry.z for entry in outcomes])
        squares = z**2
        rms = float(np.sqrt(squares.mean()))
        return cls(
            quantity=quantity,
            seeds=len(outcomes),
            coverage=hits / len(outcomes),
            interval=clopper_pearson(hits, len(outcomes)),
            predicted=float(np.mean([entry.predicted for entry in outcomes])),
            rms=rms,
            rms_error=float(squares.std(ddof=1) / math.sqrt(len(outcomes)) / (2 * rms)) if rms else 0.0,
            dof=float(np.median([entry.dof for entry in outcomes])),
        )

    def demands(self, spread: str) -> Iterator[str]:
        """Yield in words each demand that is not kept."""
        if not self.coverage >= LEAST_COVERAGE:
            yield f"coverage {self.coverage:.1%} is below {LEAST_COVERAGE:.0%}"
        if spread != "BUDGET":
            if not self.rms <= 1.0 + 3 * self.rms_error:
                yield f"rms z {self.rms:.3f} is above 1 + 3 standard errors of {self.rms_error:.3f}"
            return
        low, high = self.interval
        if not low <= self.predicted <= high:
            yield f"the predicted coverage {self.predicted:.1%} is outside {low:.1%} … {high:.1%}"
        if self.dof >= LEAST_DOF and not ALLOWED_Z[0] <= self.rms <= ALLOWED_Z[1]:
            yield f"rms z {self.rms:.3f} is outside {ALLOWED_Z[0]} … {ALLOWED_Z[1]}"

    def line(self) -> str:
        """Return the row as it is printed."""
        low, high = self.interval
        dof = "inf" if math.isinf(self.dof) else f"{self.dof:.0f}"
        return (
            f"  {self.quantity:15} {self.seeds:5d}  {self.coverage:7.1%}  {low:6.1%} … {high:6.1%}  "
            f"{self.predicted:7.1%}  {self.rms:6.3f} ± {self.rms_error:.3f}  {dof:>8}"
        )


def measure(seeds: range, spread: str, noise: tuple[float, float], inflate: float) -> list[Row]:
    """Measure every quantity with every seed and return a row for each quantity."""
    outcomes: dict[str, list[Outcome]] = defaultdict(list)
    with reseeded(PLAN, DEVICE) as world:
        for seed in seeds:
            random = np.random.default_rng([seed, 1])
            draw = Draw(random=random, spread=spread, noise=noise, inflate=inflate)
            for quantity, one in one_seed(world, seed, draw):
                outcomes[quantity].append(one)
    return [Row.of(quantity, ones) for quantity, ones in outcomes.items()]


def two_factors(text: str) -> tuple[float, float]:
    """Read ``50,3``: by what the noise of the SMU and of the digitizer is multiplied."""
    smu, digitizer = text.split(",")
    return float(smu), float(digitizer)


def main() -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--spread", choices=("DATASHEET", "BUDGET"), default="DATASHEET")
    parser.add_argument("--noise", type=two_factors, default=(1.0, 1.0), metavar="SMU,DIGITIZER", help="multiply noise")
    parser.add_argument(
        "--inflate", type=float, default=1.0, help="multiplies u and U, as a wrong budget would: 1.5 must fail"
    )
    asked = parser.parse_args()
    start = time.perf_counter()
    rows = measure(range(asked.first, asked.first + asked.seeds), asked.spread, asked.noise, asked.inflate)
    print(
        f"hidden errors {asked.spread}, noise × {asked.noise[0]:g} and {asked.noise[1]:g}, U × {asked.inflate:g}, ",
        end="",
    )
    print(f"seeds {asked.first} to {asked.first + asked.seeds - 1}, {time.perf_counter() - start:.0f} s")
    print("  quantity        seeds  covered  99 % interval    predicted  rms z           dof")
    print(*(row.line() for row in rows), sep="\n")
    broken = [f"  {row.quantity}: {text}" for row in rows for text in row.demands(asked.spread)]
    print(*(broken or ["every demand kept"]), sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
