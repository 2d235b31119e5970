# SPDX-License-Identifier: MIT
"""What is known of a point beside its record, and what some metrics need: load, electrode, what the plan declares."""

from dataclasses import dataclass

from stimcert.measured import NotMeasurable


@dataclass(frozen=True, kw_only=True)
class Toleranced:
    """A value that lies anywhere within ± ``half_width``.

    :param value: SI.
    :param half_width: in the same unit, ≥ 0; 0 for what counts as exact by declaration.
    """

    value: float
    half_width: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a record alone does not show.

    :param load: total resistance that the device sees, Ω; None for a network.
    :param area: smallest contacting area of the electrodes, m²; None where the plan names none.
    :param bursts: whether the plan declares that the pulses come in bursts.
    :param pause_limit: longest time without output that is still a part of the waveform, s, and not an OFF of its
        program; None where the plan declares no cycle.
    :param alternates: declared time after which the current changes its sign, s; None where it does not.
    """

    load: Toleranced | None = None
    area: Toleranced | None = None
    bursts: bool = False
    pause_limit: float | None = None
    alternates: float | None = None

    def known_load(self) -> Toleranced:
        """Return the load.

        :raises NotMeasurable: ``no_resistance`` for a network, in which energy is also stored.
        """
        if self.load is None:
            raise NotMeasurable("no_resistance", "energy is R·∫i² dt on a resistance only: choose loads for this case")
        return self.load

    def known_area(self) -> Toleranced:
        """Return the area.

        :raises NotMeasurable: ``no_electrode_area`` where the plan names none.
        """
        if self.area is None:
            raise NotMeasurable("no_electrode_area", "the plan names no electrode_area for this mode")
        return self.area
