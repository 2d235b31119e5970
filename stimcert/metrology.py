# SPDX-License-Identifier: MIT
"""Uncertainty and decision for whoever has neither a bench nor pytest: all there is to know is imported from here.

    >>> from stimcert.metrology import decide, propagate, rectangular, simulate
    >>> current = propagate(
    ...     lambda V, R: V / R,
    ...     [
    ...         rectangular("V", half_width=0.4e-3, unit="V", estimate=0.599),
    ...         rectangular("R", half_width=0.5, unit="Ω", estimate=1000.0),
    ...     ],
    ...     unit="A",
    ... )
    >>> decision = decide(current.value, current.uncertainty, upper=600e-6, rule="guard-U")
    >>> decision.verdict.words, f"{decision.acceptance_upper * 1e6:.2f} µA"
    ('PASS', '599.43 µA')
    >>> simulate(current, seed=1).half_width >= current.uncertainty.expanded
    True

Nothing here reads or writes a file, talks to an instrument, or prints.
"""

from stimcert.decision import Decision, decide
from stimcert.derived import combine, deviation, drop, rise, share
from stimcert.distributions import (
    arcsine,
    counted,
    coverage_interval,
    curvilinear_trapezoid,
    doubted,
    exponential,
    pooled,
    student,
    trapezoidal,
    triangular,
)
from stimcert.gtc_reference import SecondOpinion, by_gtc
from stimcert.joint_simulation import JointSimulation, simulate_together
from stimcert.line import Line, fit_line
from stimcert.measured import Measured, NotMeasurable
from stimcert.monte_carlo import Simulation, numerical_tolerance, second_order, shortest_interval, simulate, widened
from stimcert.propagation import propagate
from stimcert.risk import (
    GlobalRisk,
    conformance_probability,
    global_risk,
    guard_band_of_risk,
    nonconformance_probability,
    updated,
)
from stimcert.rules import Rule, at_least_as_strict, guard_band, rule_named
from stimcert.term import Term, normal, rectangular, repeatability, standard
from stimcert.together import Together, propagate_together
from stimcert.uncertainty import Uncertainty, coverage_factor, evaluate
from stimcert.verdict import Verdict

__all__ = [
    "Decision",
    "GlobalRisk",
    "JointSimulation",
    "Line",
    "Measured",
    "NotMeasurable",
    "Rule",
    "SecondOpinion",
    "Simulation",
    "Term",
    "Together",
    "Uncertainty",
    "Verdict",
    "arcsine",
    "at_least_as_strict",
    "by_gtc",
    "combine",
    "conformance_probability",
    "counted",
    "coverage_factor",
    "coverage_interval",
    "curvilinear_trapezoid",
    "decide",
    "deviation",
    "doubted",
    "drop",
    "evaluate",
    "exponential",
    "fit_line",
    "global_risk",
    "guard_band",
    "guard_band_of_risk",
    "nonconformance_probability",
    "normal",
    "numerical_tolerance",
    "pooled",
    "propagate",
    "propagate_together",
    "rectangular",
    "repeatability",
    "rise",
    "rule_named",
    "second_order",
    "share",
    "shortest_interval",
    "simulate",
    "simulate_together",
    "standard",
    "student",
    "trapezoidal",
    "triangular",
    "updated",
    "widened",
]
