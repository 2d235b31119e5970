# SPDX-License-Identifier: MIT
"""Decision rules: how wide the guard band is that a value must keep from its limit.

    guard-U            w = U
    guard-0.83U        w = 0.83 U
    pfa:<p>            w = t(1 − p, ν)·u: at the acceptance limit the device is beyond its limit with probability p;
                       between two limits so close that both leave a risk w is wider, so that both together leave p
    simple             w = 0
    standard-inherent  w = 0: the standard that sets the limit already allows for the uncertainty of its own method

Source: JCGM 106:2012, 8.2 (simple acceptance) and 8.3.2 (guarded acceptance, w = r·U); ILAC-G8:09/2019, 4.2
(statements), and its table 1 as others quote it (0.83 U); ISO/IEC 17025:2017, 7.8.6.1 note (rule inherent in the
specification).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from stimcert.risk import band_between_limits
from stimcert.student import quantile, upper_tail

RULE_PATTERN = r"guard-U|guard-0\.83U|simple|standard-inherent|pfa:0\.[0-9]{1,6}"
"""What a rule's id looks like, for editors and validators."""

NAMES = ("guard-U", "guard-0.83U", "pfa:<p>", "simple", "standard-inherent")
"""The rules that there are; p is a fraction above 0 and below 0.5, ``pfa:0.01``."""

_DOFS = (1, 2, 3, 4, 5, 7, 10, 20, 50, 100, 1000, None)
_K = quantile(0.975)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A decision rule.

    :param id: as it stands in a plan.
    :param text: what it does, for the reader of a report.
    :param times_u: the guard band in standard uncertainties, by the degrees of freedom (None for infinite).
    :param share: the guard band in expanded uncertainties; None where the rule does not go by U.
    :param risk: the probability of a false accept that the rule keeps; None where it does not go by one.
    """

    id: str
    text: str
    times_u: Callable[[int | None], float]
    share: float | None = None
    risk: float | None = None

    def band(
        self,
        standard: float,
        dof: int | None = None,
        expanded: float | None = None,
        tolerance: float | None = None,
    ) -> float:
        """Return the guard band w, in the unit of the value.

        :param standard: u ≥ 0.
        :param expanded: U, where it is known: ``guard-U`` must be exactly that.
        :param tolerance: upper minus lower limit, > 0, where there are both.
        """
        if expanded is not None and self.share is not None:
            return self.share * expanded
        w = self.times_u(dof) * standard
        if self.risk is None or tolerance is None:
            return w
        return band_between_limits(w, standard, dof, tolerance, self.risk)

    def risk_at_limit(self, dof: int | None = None) -> float:
        """Return the probability that a device at the acceptance limit is beyond its limit."""
        return upper_tail(self.times_u(dof), dof)


_SHARES = {"guard-U": 1.0, "guard-0.83U": 0.83, "simple": 0.0, "standard-inherent": 0.0}
"""Rule id → guard band as a share of U."""

_FOUR_ZONES = (
    "PASS when the value lies inside the limit by more than {band}; FAIL when it lies beyond by more than that; "
    "conditional in between (ILAC-G8:09/2019, 4.2.3). {risk}"
)
_TEXTS = {
    "guard-U": _FOUR_ZONES.format(
        band="its expanded uncertainty U (guard band w = U)", risk="False accepts stay below 2.5 % per limit."
    ),
    "guard-0.83U": _FOUR_ZONES.format(
        band="0.83 U (guard band w = 0.83 U)", risk="False accepts stay below about 5 % per limit."
    ),
    "simple": "PASS when the value lies inside the limit (guard band w = 0). False accepts reach 50 % at the limit.",
    "standard-inherent": "PASS when the value lies inside the limit (guard band w = 0): the standard that sets the "
    "limit is taken to allow for the uncertainty of measurement already. False accepts reach 50 % at the limit.",
}


@lru_cache(maxsize=64)
def rule_named(name: str) -> Rule:
    """Return a rule by its id.

    :raises ValueError: when there is none, or a risk is no fraction between 0 and 0.5.

        >>> round(rule_named("pfa:0.05").band(standard=10.0), 2), rule_named("simple").band(standard=10.0)
        (16.45, 0.0)
    """
    if name in _SHARES:
        share = _SHARES[name]
        return Rule(id=name, text=_TEXTS[name], times_u=lambda dof: share * quantile(0.975, dof), share=share)
    if name.startswith("pfa:") and re.fullmatch(RULE_PATTERN, name):
        risk = float(name.removeprefix("pfa:"))
        if 0.0 < risk < 0.5:
            return _by_risk(name, risk)
    raise ValueError(f"decision rule {name!r} is unknown; known are {', '.join(NAMES)}, with p a fraction such as 0.01")


def _by_risk(name: str, risk: float) -> Rule:
    text = _FOUR_ZONES.format(
        band=f"t·u, where t is the {1.0 - risk:.6g} quantile of Student's t at the degrees of freedom",
        risk="Between two limits so close that both leave a risk t·u is widened until both together leave no more. "
        f"False accepts stay below {risk * 100.0:.6g} % per decision.",
    )
    return Rule(id=name, text=text, times_u=lambda dof: quantile(1.0 - risk, dof), risk=risk)


def guard_band(share: float) -> Rule:
    """Return a rule of one's own with w = ``share`` · U, as a customer may define it; a plan takes the named ones only.

    :param share: below zero for guarded rejection: the acceptance limit lies beyond the tolerance limit, and only what
        is beyond that for certain is rejected.
    :raises ValueError: for a share that is no number from −10 to 10.

    Source: JCGM 106:2012, 8.3.2.3, w = r·U, and 8.3.3 for w < 0.

        >>> guard_band(1.5).id, guard_band(1.5).band(standard=1.0, expanded=2.0)
        ('guard-1.5U', 3.0)
    """
    if not -10.0 <= share <= 10.0:
        raise ValueError(f"guard band {share!r} U; from −10 to 10 is allowed")
    return Rule(
        id=f"guard-{share:g}U",
        text=_acceptance(share) if share >= 0.0 else _rejection(-share),
        times_u=lambda dof: share * quantile(0.975, dof),
        share=share,
    )


def _acceptance(share: float) -> str:
    band = f"{share:g} U"
    return _FOUR_ZONES.format(
        band=f"{band} (guard band w = {band})",
        risk=f"False accepts stay below {upper_tail(share * _K) * 100.0:.2g} % per limit.",
    )


def _rejection(share: float) -> str:
    return (
        f"PASS up to {share:g} U beyond the limit (guard band w = −{share:g} U), FAIL from there on (guarded "
        f"rejection, JCGM 106:2012, 8.3.3). False rejects stay below {upper_tail(share * _K) * 100.0:.2g} % per limit; "
        "false accepts have no bound."
    )


def at_least_as_strict(rule: str, than: str) -> bool:
    """Tell whether a rule never has a narrower guard band at a single limit than another, whatever the dof.

    :raises ValueError: for an unknown rule.

        >>> at_least_as_strict("pfa:0.01", "guard-U"), at_least_as_strict("guard-0.83U", "guard-U")
        (True, False)
    """
    one, other = rule_named(rule), rule_named(than)
    return all(one.times_u(dof) >= other.times_u(dof) * (1.0 - 1e-12) for dof in _DOFS)


def band_of_expanded(rule: str, expanded: float, tolerance: float | None = None) -> float:
    """Return the guard band of a rule where only U is known, as with a largest U that a limit row allows.

    Where the degrees of freedom matter, they are taken for infinite; ``tolerance`` as for :meth:`Rule.band`.
    """
    return rule_named(rule).band(standard=expanded / _K, expanded=expanded, tolerance=tolerance)
