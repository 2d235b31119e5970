# SPDX-License-Identifier: MIT
"""A straight line through points, as for a calibration curve.

    >>> found = fit_line([1.0, 2.0, 3.0, 4.0], [2.1, 3.9, 6.1, 7.9], unit="V")
    >>> f"{found.intercept.estimate:.2f} + {found.slope.estimate:.2f} x, r = {found.correlation:.2f}"
    '0.10 + 1.96 x, r = -0.91'

Source: JCGM 100:2008, H.3.2, eq. (H.13a) to (H.13g); H.3.6 where the deviation of y is known.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stimcert.term import Term, standard


@dataclass(frozen=True, kw_only=True)
class Line:
    """Intercept and slope of y = intercept + slope · x; they are correlated.

    :param intercept: named ``intercept``, with n − 2 degrees of freedom unless others were given; ``slope`` likewise,
        in ``unit`` per unit of x.
    :param correlation: r of both, in [−1, 1].
    :param residual: standard deviation of the points about the line.
    """

    intercept: Term
    slope: Term
    correlation: float
    residual: float

    @property
    def correlations(self) -> dict[tuple[str, str], float]:
        """What :func:`stimcert.propagation.propagate` takes beside both terms."""
        return {(self.intercept.symbol, self.slope.symbol): self.correlation}


def fit_line(
    x: Sequence[float], y: Sequence[float], *, unit: str, deviation: float | None = None, dof: float = math.inf
) -> Line:
    """Return the line of least squares through points whose x is exact and whose y all scatter alike.

    :param unit: of y.
    :param deviation: standard uncertainty of each y, > 0, where it is known beforehand; by default the points show it.
    :param dof: degrees of freedom of that ``deviation``.
    :raises ValueError: for fewer than three points, lists of different length, x that are all the same, or a deviation
        that is not above zero.
    """
    n = len(x)
    if n != len(y) or n < 3:
        raise ValueError(f"{n} values of x and {len(y)} of y; equally many are needed, and at least three")
    if deviation is not None and not deviation > 0.0:
        raise ValueError(f"deviation of y is {deviation!r}; it must be above zero")
    centre, height = math.fsum(x) / n, math.fsum(y) / n
    spread = math.fsum((a - centre) ** 2 for a in x)
    if not spread > 0.0:
        raise ValueError("all points have the same x: no slope can be found")
    slope = math.fsum((a - centre) * (b - height) for a, b in zip(x, y, strict=True)) / spread
    intercept = height - slope * centre
    left = math.fsum((b - intercept - slope * a) ** 2 for a, b in zip(x, y, strict=True))
    residual = math.sqrt(left / (n - 2))
    reach = math.hypot(math.sqrt(spread / n), centre)
    each, known = (residual, n - 2.0) if deviation is None else (deviation, dof)
    return Line(
        intercept=standard(
            "intercept", uncertainty=each * reach / math.sqrt(spread), unit=unit, estimate=intercept, dof=known
        ),
        slope=standard("slope", uncertainty=each / math.sqrt(spread), unit=unit, estimate=slope, dof=known),
        correlation=-centre / reach,
        residual=residual,
    )
