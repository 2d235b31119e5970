# SPDX-License-Identifier: MIT
"""The loop of the bench solved for one set of settings, for all moments at once.

    source (active) ── load box ── shunt ── SMU LO     SMU HI ── source (return)

A current i > 0 leaves the source's active terminal. Inside the SMU it runs from LO to HI, so the SMU's voltage HI − LO
aids it: ``v_source + v_smu = i · R``. With loads that are resistors the solution at one moment does not depend on any
other; what stores charge is solved in :mod:`instruments.sim.reactive` and :mod:`instruments.sim.output_stage`.
"""

from dataclasses import dataclass

import numpy as np

from instruments.sim.piecewise import FloatArray


@dataclass(frozen=True, kw_only=True)
class Loop:
    """Everything in the loop but the source.

    :param resistance: the sum of all that is in series, Ω, > 0; infinite when the loop is interrupted.
    :param emf: the voltage that the SMU forces, HI against LO, V.
    :param limit: the current beyond which the SMU gives its voltage up, A; infinite without an SMU.
    :param conductance: what lies across the source's terminals, S.
    """

    resistance: float
    emf: float = 0.0
    limit: float = float("inf")
    conductance: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Solution:
    """What flows and stands in the loop, one element per segment.

    :param current: A, positive out of the source's active terminal.
    :param source_voltage: V, active against return.
    :param limited: whether the SMU's limit acts.
    """

    current: FloatArray
    source_voltage: FloatArray
    limited: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def solve_forced(voltage: FloatArray, loop: Loop) -> Solution:
    """Solve the loop with a source in it that holds its voltage.

    :param voltage: V, active against return, one element per segment; 0 is a short in the place of the source.
    """
    free = (voltage + loop.emf) / loop.resistance
    current: FloatArray = np.clip(free, -loop.limit, loop.limit)
    return Solution(current=current, source_voltage=voltage, limited=np.abs(free) > loop.limit)


def solve(demand: FloatArray, compliance: float, loop: Loop) -> Solution:
    """Solve the loop with a regulated current source in it.

    The source delivers its demand while its voltage stays within ``compliance``; beyond that it delivers what the
    compliance voltage can drive, and never a current of the other sign.

    :param demand: the current asked of the source, A, one element per segment.
    :param compliance: the largest magnitude of its voltage, V.
    """
    sign = np.where(demand < 0, -1.0, 1.0)  # in the source's own frame its demand is never negative
    emf = sign * loop.emf
    magnitude = np.abs(demand)
    total = loop.conductance + 1 / loop.resistance
    delivered, voltage = _source(magnitude, compliance, total, emf / loop.resistance)
    current = delivered - loop.conductance * voltage
    limited = np.abs(current) > loop.limit
    if limited.any():
        forced = np.copysign(loop.limit, current)
        _, at_limit = _source(magnitude, compliance, loop.conductance, forced)
        current = np.where(limited, forced, current)
        voltage = np.where(limited, at_limit, voltage)
    return Solution(current=sign * current, source_voltage=sign * voltage, limited=limited)


def _source(
    magnitude: FloatArray, compliance: float, conductance: float, drawn: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return current and voltage of a source that sees a conductance beside a current ``drawn`` from it."""
    wanted = compliance * conductance + drawn
    delivered = np.clip(wanted, 0.0, magnitude)
    if conductance == 0.0:  # nothing sets the voltage but the source itself
        return delivered, np.where(magnitude > 0, compliance, 0.0)
    return delivered, np.where(delivered == wanted, compliance, (delivered - drawn) / conductance)
