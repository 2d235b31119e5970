# SPDX-License-Identifier: MIT
"""The loop with a capacitor in the skin network, solved exactly from one corner of its law to the next.

    Cp · du/dt = i(u) − u / Rp

with ``u`` the voltage on the capacitor and ``i(u)`` the loop's law (:mod:`instruments.sim.laws`). On a straight line of
the law this is one exponential; where it meets a corner (the source its rail, the SMU its limit) the time is solved.
"""

from math import expm1, log

from instruments.sim.course import Course, Quantity, Stage
from instruments.sim.laws import Line
from instruments.sim.network import Loop
from instruments.sim.skin_network import Network


def charge(u: float, law: list[Line], network: Network, loop: Loop, span: tuple[float, float], course: Course) -> float:
    """Follow the capacitor through one stretch of constant demand.

    :param u: its voltage at the beginning, V, positive as a positive current charges it.
    :param span: beginning and end of the stretch, bench time, s.
    :param course: gets the stages.
    :returns: its voltage at the end, V.
    """
    now, stop = span
    index = next(place for place, line in enumerate(law) if u <= line.high)
    while now < stop:
        line = law[index]
        rate = (1 / network.parallel - line.i1) / network.capacitance
        final = line.i0 / (1 / network.parallel - line.i1)
        course.add(_stage(now, u, line, rate, u - final, loop))
        lasts = _until(line, u, final, rate)
        if not now + lasts < stop:
            return u + (u - final) * expm1(-rate * (stop - now))
        now += lasts
        rises = final > u
        u, index = (line.high, index + 1) if rises else (line.low, index - 1)
    return u


def _until(line: Line, u: float, final: float, rate: float) -> float:
    """Return after what time the capacitor reaches the end of the line, s."""
    corner = line.high if final > u else line.low
    beyond = final > corner if final > u else final < corner
    return log((final - u) / (final - corner)) / rate if beyond else float("inf")


def _stage(now: float, u: float, line: Line, rate: float, amplitude: float, loop: Loop) -> Stage:
    current = Quantity(line.i0 + line.i1 * u, line.i1 * amplitude)
    voltage = Quantity(line.v0 + line.v1 * u, line.v1 * amplitude)
    smu = Quantity(loop.emf)
    if line.limited:
        smu = Quantity(current.begin * loop.resistance + u - voltage.begin, amplitude - voltage.first)
    return Stage(now, (rate, 0.0), current, voltage, smu, line.limited)
