# SPDX-License-Identifier: MIT
"""Terms of an uncertainty budget: what is known about one input quantity, and how that becomes a standard uncertainty.

Source: JCGM 100:2008, 4.2 (type A) and 4.3 (type B).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SQRT_3 = math.sqrt(3.0)

OF_ONE = "of one reading: neighbours hang together"
"""What the name of a type A term says where nothing was averaged down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One input quantity of a measurement.

    :param symbol: its symbol, unique within a budget.
    :param name: what it is, for the reader of a report.
    :param estimate: its value, in ``unit``.
    :param unit: SI unit of estimate, half-width and standard uncertainty.
    :param standard_uncertainty: u(x), ≥ 0.
    :param half_width: a of a rectangle, or U of a certificate; None where u was evaluated directly.
    :param distribution: ``rectangular``, ``normal``, ``t``, or one of :mod:`stimcert.distributions`.
    :param divisor: half_width / standard_uncertainty; 1 where u was evaluated directly.
    :param sensitivity: ∂y/∂x, with its sign, in the unit of the result per ``unit``.
    :param dof: degrees of freedom of u(x), ≥ 1; infinite by default.
    :param source: names the input where other results depend on the very same one (the gain of an instrument on one
        range, a shunt): its errors then are one and the same. Empty for an input of this result alone.
    :param bundle: names the specification that bounds several inputs together, by one rectangle; empty without one.
    :raises ValueError: for NaN, infinity, a negative uncertainty, or dof < 1.
    """

    symbol: str
    name: str
    estimate: float
    unit: str
    standard_uncertainty: float
    half_width: float | None = None
    distribution: str = "normal"
    divisor: float = 1.0
    sensitivity: float = 1.0
    dof: float = math.inf
    source: str = ""
    bundle: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no uncertainty: instruments send overflow codes, and NaN passes every comparison."""
        if not math.isfinite(self.estimate + self.sensitivity):
            raise ValueError(f"{self.symbol}: estimate {self.estimate!r}, sensitivity {self.sensitivity!r}; not finite")
        if not 0.0 <= self.standard_uncertainty < math.inf:
            raise ValueError(f"{self.symbol}: standard uncertainty {self.standard_uncertainty!r}; not finite and ≥ 0")
        if not self.dof >= 1.0:
            raise ValueError(f"{self.symbol}: degrees of freedom {self.dof!r}; at least 1 is needed")


def rectangular(
    symbol: str,
    *,
    half_width: float,
    unit: str,
    name: str = "",
    estimate: float = 0.0,
    sensitivity: float = 1.0,
    dof: float = math.inf,
    source: str = "",
    bundle: str = "",
) -> Term:
    """Return a term that lies anywhere within ± ``half_width`` of its estimate, all places alike.

    :param dof: finite where the width itself is not well known, by :func:`stimcert.distributions.doubted`.
    :param source: as in :class:`Term`; ``bundle`` likewise.

    Source: JCGM 100:2008, 4.3.7.
    """
    return Term(
        symbol=symbol,
        name=name or symbol,
        estimate=estimate,
        unit=unit,
        standard_uncertainty=half_width / SQRT_3,
        half_width=half_width,
        distribution="rectangular",
        divisor=SQRT_3,
        sensitivity=sensitivity,
        dof=dof,
        source=source,
        bundle=bundle,
    )


def bounded(
    distribution: str,
    divisor: float,
    symbol: str,
    *,
    half_width: float,
    unit: str,
    name: str = "",
    estimate: float = 0.0,
    sensitivity: float = 1.0,
    dof: float = math.inf,
    source: str = "",
) -> Term:
    """Return a term of a distribution with ends, by its divisor half-width / standard uncertainty."""
    return Term(
        symbol=symbol,
        name=name or symbol,
        estimate=estimate,
        unit=unit,
        standard_uncertainty=half_width / divisor,
        half_width=half_width,
        distribution=distribution,
        divisor=divisor,
        sensitivity=sensitivity,
        dof=dof,
        source=source,
    )


def normal(
    symbol: str,
    *,
    expanded: float,
    unit: str,
    coverage_factor: float = 2.0,
    name: str = "",
    estimate: float = 0.0,
    sensitivity: float = 1.0,
    dof: float = math.inf,
    source: str = "",
) -> Term:
    """Return a term from a certificate that states ``expanded`` at ``coverage_factor``.

    :raises ValueError: for a coverage factor below 1, which is no coverage factor but perhaps a probability.

    Source: JCGM 100:2008, 4.3.3.
    """
    if not coverage_factor >= 1.0:
        raise ValueError(f"{symbol}: coverage factor {coverage_factor!r}; at least 1 is needed")
    return Term(
        symbol=symbol,
        name=name or symbol,
        estimate=estimate,
        unit=unit,
        standard_uncertainty=expanded / coverage_factor,
        half_width=expanded,
        divisor=coverage_factor,
        sensitivity=sensitivity,
        dof=dof,
        source=source,
    )


def standard(
    symbol: str,
    *,
    uncertainty: float,
    unit: str,
    name: str = "",
    estimate: float = 0.0,
    sensitivity: float = 1.0,
    dof: float = math.inf,
    source: str = "",
) -> Term:
    """Return a term whose standard uncertainty is known directly."""
    return Term(
        symbol=symbol,
        name=name or symbol,
        estimate=estimate,
        unit=unit,
        standard_uncertainty=uncertainty,
        distribution="normal" if math.isinf(dof) else "t",
        sensitivity=sensitivity,
        dof=dof,
        source=source,
    )


def repeatability(
    symbol: str,
    values: Sequence[float],
    *,
    unit: str,
    name: str = "repeatability",
    estimate: float | None = None,
    sensitivity: float = 1.0,
    ordered: bool = True,
) -> Term:
    """Return the type A term of the mean of ``values``, at least two.

    Readings that follow each other too closely repeat each other's error; where neighbours are correlated, averaging
    has gained nothing that can be proven and the scatter of a single reading is kept; the name says so.

    :param estimate: of the term; the mean by default, 0 where another term of the budget carries it.
    :param ordered: False where the values do not stand in the order in which they were read, as in a table that
        somebody sorted: then neighbours say nothing, and the values are taken for independent.
    :raises ValueError: for fewer than two values.

    Source: JCGM 100:2008, 4.2.3 (mean of independent observations) and 4.2.7 (correlated ones).
    """
    n = len(values)
    if n < 2:
        raise ValueError(f"{symbol}: {n} reading(s); at least two show how they repeat")
    mean = math.fsum(values) / n
    deviations = [value - mean for value in values]
    scatter = math.sqrt(math.fsum(d * d for d in deviations) / (n - 1))
    one = ordered and hang_together(deviations)
    return standard(
        symbol,
        uncertainty=scatter if one else scatter / math.sqrt(n),
        unit=unit,
        name=f"{name}, {OF_ONE}" if one else name,
        estimate=mean if estimate is None else estimate,
        sensitivity=sensitivity,
        dof=n - 1,
    )


def hang_together(deviations: Sequence[float]) -> bool:
    """Tell whether neighbours hang together: lag-1 autocorrelation beyond 2/√n, where white noise stays in 95 %.

    Below 8 readings the test has no power and is not made.
    Source: Box, Jenkins, Reinsel, Time Series Analysis, on the large-lag standard error 1/√n.
    """
    n = len(deviations)
    if n < 8:
        return False
    power = math.fsum(d * d for d in deviations)
    lagged = math.fsum(a * b for a, b in zip(deviations, deviations[1:], strict=False))
    return lagged > 2.0 / math.sqrt(n) * power
