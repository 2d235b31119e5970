# SPDX-License-Identifier: MIT
"""What a mode puts on the parts of the loop: peak voltage, and the power of its pulses, as its maker declares them."""

from dataclasses import dataclass

from stimcert.plan import Mode

SHORT = 0.1
"""s: over which power is averaged. A resistor's element takes longer than this to warm up: a pulse does no harm whose
energy it stands as a mean over so long."""


@dataclass(frozen=True, kw_only=True)
class Stress:
    """The worst that a mode does.

    :param current: largest current, A.
    :param voltage: largest voltage of the device, V; None where it is not declared.
    :param duty: largest share of 100 ms in which current flows, 0 … 1; 1 where the plan declares no pulses.
    """

    current: float
    voltage: float | None
    duty: float

    def amperes(self, load: float) -> float:
        """Return the largest current into a total load (Ω), A: no more than the device has voltage for."""
        if self.voltage is None or load <= 0.0:
            return self.current
        return min(self.current, self.voltage / load)

    def volts(self, load: float) -> float:
        """Return the largest voltage across a total load (Ω), V."""
        return self.amperes(load) * load

    def watts(self, load: float, part: float) -> float:
        """Return the largest power, averaged over 100 ms, in a part (Ω) of a total load (Ω), W."""
        return self.amperes(load) ** 2 * part * self.duty


def stress_of(mode: Mode, worst: float) -> Stress:
    """Return what a mode does at its largest current (A)."""
    return Stress(
        current=worst, voltage=mode.max_voltage.si if mode.max_voltage is not None else None, duty=_duty(mode)
    )


def _duty(mode: Mode) -> float:
    """Return the largest share of 100 ms with current, by width and rate, or by the duty of the pulses, as declared.

    A pulse of two phases lasts two of them. One pulse more than on average may fall into the 100 ms. The duty is that
    inside of bursts, so that no more flows over a longer time.
    """
    width = max(_most(mode, "pulse.width"), 2.0 * _most(mode, "pulse.phase_duration"))
    rate, share = _most(mode, "pulse.frequency"), _most(mode, "pulse.duty")
    found = [1.0]
    if width > 0.0 and rate > 0.0:
        found.append(width * (rate + 1.0 / SHORT))
    if width > 0.0 and share > 0.0:
        found.append(share + width / SHORT)
    return min(found)


def _most(mode: Mode, metric: str) -> float:
    """Return the largest value that keeps what is declared of a metric at any level, SI; 0 where nothing is."""
    return max((entry.bounds[1] for entry in mode.declared if entry.metric == metric), default=0.0)
