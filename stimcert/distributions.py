# SPDX-License-Identifier: MIT
"""Further distributions of an input quantity, for whoever writes a budget by hand; what a bench needs is in `term`.

Most take ``symbol``, ``unit`` and, by name, ``name``, ``estimate``, ``sensitivity``, ``dof``, ``source`` as
:class:`stimcert.term.Term` has them.

    >>> round(trapezoidal("x", half_width=1.0, top=0.5, unit="V").divisor, 3)
    2.191

Source: JCGM 101:2008, 6.4 and table 1; JCGM 100:2008, 4.3.9 and G.4.2.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TypedDict, Unpack

from stimcert.student import quantile
from stimcert.term import Term, bounded, standard

SQRT_2, SQRT_6 = math.sqrt(2.0), math.sqrt(6.0)


class Facts(TypedDict, total=False):
    """What any term may carry beside its width."""

    name: str
    estimate: float
    sensitivity: float
    dof: float
    source: str


def triangular(symbol: str, *, half_width: float, unit: str, **facts: Unpack[Facts]) -> Term:
    """Return a term within ± ``half_width`` of its estimate whose middle is the likeliest place.

    Source: JCGM 100:2008, 4.3.9.
    """
    return bounded("triangular", SQRT_6, symbol, half_width=half_width, unit=unit, **facts)


def arcsine(symbol: str, *, half_width: float, unit: str, **facts: Unpack[Facts]) -> Term:
    """Return a term that swings between ± ``half_width`` about its estimate as a sine does (U-shaped).

    Source: JCGM 101:2008, 6.4.6.
    """
    return bounded("arcsine", SQRT_2, symbol, half_width=half_width, unit=unit, **facts)


def trapezoidal(symbol: str, *, half_width: float, top: float, unit: str, **facts: Unpack[Facts]) -> Term:
    """Return a term within ± ``half_width`` whose middle part is equally likely, as the sum of two rectangles is.

    :param top: width of the flat part over that of the base, from 0 (a triangle) to 1 (a rectangle).
    :raises ValueError: for any other.

    Source: JCGM 101:2008, 6.4.4: u² = a²·(1 + β²)/6 with the half-width a.
    """
    if not 0.0 <= top <= 1.0:
        raise ValueError(f"{symbol}: flat part {top!r}; a share of the base between 0 and 1 is allowed")
    return bounded(
        "trapezoidal", SQRT_6 / math.sqrt(1.0 + top * top), symbol, half_width=half_width, unit=unit, **facts
    )


def curvilinear_trapezoid(symbol: str, *, half_width: float, doubt: float, unit: str, **facts: Unpack[Facts]) -> Term:
    """Return a rectangle whose own ends are known to within ± ``doubt`` only.

    :param doubt: in the unit of the half-width, from 0 to the half-width.
    :raises ValueError: for any other.

    Source: JCGM 101:2008, 6.4.3: u² = a²/3 + d²/9 with the half-width a and the doubt d.
    """
    if not 0.0 <= doubt <= half_width or not half_width > 0.0:
        raise ValueError(f"{symbol}: {half_width!r} ± {doubt!r}; a half-width above 0 and a smaller doubt are needed")
    divisor = half_width / math.sqrt(half_width**2 / 3.0 + doubt**2 / 9.0)
    return bounded("curvilinear trapezoid", divisor, symbol, half_width=half_width, unit=unit, **facts)


def exponential(symbol: str, *, mean: float, unit: str, name: str = "", sensitivity: float = 1.0) -> Term:
    """Return a quantity that cannot be negative and of which no more than an estimate of its size is known.

    :param mean: > 0: estimate and standard uncertainty at the same time.
    :raises ValueError: for a mean that is not above zero.

    Source: JCGM 101:2008, 6.4.10.
    """
    if not mean > 0.0:
        raise ValueError(f"{symbol}: mean {mean!r}; it must be above zero")
    found = standard(symbol, uncertainty=mean, unit=unit, name=name, estimate=mean, sensitivity=sensitivity)
    return replace(found, distribution="exponential")


def counted(symbol: str, count: int, *, name: str = "", sensitivity: float = 1.0) -> Term:
    """Return the average number of events in an interval like the one in which ``count`` of them were counted.

    :param count: a whole number, ≥ 0; estimate and variance are one more.
    :raises ValueError: for any other.

    Source: JCGM 101:2008, 6.4.11: a gamma distribution with expectation and variance q + 1.
    """
    if not count >= 0 or count != int(count):
        raise ValueError(f"{symbol}: count {count!r}; a whole number from 0 on is needed")
    more = count + 1.0
    found = standard(symbol, uncertainty=math.sqrt(more), unit="1", name=name, estimate=more, sensitivity=sensitivity)
    return replace(found, distribution="gamma")


def student(symbol: str, *, deviation: float, dof: float, unit: str, name: str = "", estimate: float = 0.0) -> Term:
    """Return a quantity distributed like Student's t whose standard deviation is ``deviation``, as NIST has it.

    What was read n times is another thing: there u is the scale of t (JCGM 101:2008, 6.4.9), and
    :func:`stimcert.term.repeatability`, or :func:`stimcert.term.standard` with its degrees of freedom, is meant.

    :param dof: above 2: else t has no deviation.
    :raises ValueError: for any other.

    Source: NIST TN 1900, examples E11 and E13.
    """
    if not dof > 2.0:
        raise ValueError(f"{symbol}: {dof!r} degrees of freedom; more than 2 are needed for a standard deviation")
    found = standard(symbol, uncertainty=deviation, unit=unit, name=name, estimate=estimate, dof=dof)
    return replace(found, distribution="student")


def coverage_interval(symbol: str, *, half_width: float, probability: float, unit: str, **facts: Unpack[Facts]) -> Term:
    """Return a term of which a certificate states an interval and how probably it holds the value, but no factor.

    :param half_width: of the interval about the estimate.
    :param probability: a fraction in (0, 1); 0.5 for what lies inside as likely as not. 95 is refused.
    :param facts: with ``dof`` the interval is that of Student's t.
    :raises ValueError: for any other probability.

    Source: JCGM 100:2008, 4.3.4 to 4.3.6, and H.1.3.2 for Student's t.

        >>> round(coverage_interval("R", half_width=129e-6, probability=0.99, unit="Ω").standard_uncertainty * 1e6)
        50
    """
    if not 0.0 < probability < 1.0:
        raise ValueError(f"{symbol}: probability {probability!r}; a fraction between 0 and 1 is allowed")
    dof = facts.get("dof", math.inf)
    k = quantile((1.0 + probability) / 2.0, None if math.isinf(dof) else math.floor(dof))
    shape = "normal" if math.isinf(dof) else "t"
    return bounded(shape, k, symbol, half_width=half_width, unit=unit, **facts)


def pooled(
    symbol: str, deviations: Sequence[float], dofs: Sequence[float], *, readings: int, unit: str, estimate: float = 0.0
) -> Term:
    """Return the type A term of a mean whose readings scatter as several series, taken before, have shown.

    :param deviations: standard deviation of a single reading in each of the series, ≥ 0.
    :param dofs: degrees of freedom of each, ≥ 1; those of the result are their sum.
    :param readings: how many the mean is of, at least one.
    :raises ValueError: for no series, lists of different length, or fewer readings.

    Source: JCGM 100:2008, 4.2.4 and the note of H.3.6.

        >>> found = pooled("d", [12.0, 14.0], [12, 12], readings=5, unit="nm")
        >>> round(found.standard_uncertainty, 1), found.dof
        (5.8, 24.0)
    """
    if not len(deviations) == len(dofs) > 0 or not readings >= 1:
        raise ValueError(
            f"{symbol}: {len(deviations)} deviations, {len(dofs)} degrees of freedom, {readings} readings; as many "
            "degrees of freedom as deviations are needed, and one reading at least"
        )
    dof = math.fsum(dofs)
    variance = math.fsum(own * s * s for s, own in zip(deviations, dofs, strict=True)) / dof
    return standard(symbol, uncertainty=math.sqrt(variance / readings), unit=unit, estimate=estimate, dof=dof)


def doubted(share: float) -> float:
    """Return the degrees of freedom of an uncertainty that is itself known to within a share of its size only.

    :param share: relative uncertainty of the uncertainty, in (0, 0.7]: more leaves less than one degree of freedom.
    :raises ValueError: for any other.

    Source: JCGM 100:2008, eq. (G.3).

        >>> doubted(0.1), doubted(0.5)
        (50.0, 2.0)
    """
    if not 0.0 < share <= SQRT_2 / 2.0:
        raise ValueError(f"the uncertainty is doubted by {share!r}; a share above 0 and at most 0.7 is allowed")
    return round(0.5 / share**2, 9)
