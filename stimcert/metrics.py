# SPDX-License-Identifier: MIT
"""The catalogue of metrics: what may stand as ``metric`` in a limit row, a declaration or a bench test.

Definitions are those of the field; where a definition breaks on real waveforms, the module that computes it says what
holds instead. A magnitude has no sign: bounds of it are never negative. A signed metric is positive when current leaves
the active terminal.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import GetCoreSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from stimcert.quantity import Dimension, Quantity, QuantityField, pattern


@dataclass(frozen=True, kw_only=True)
class MetricFacts:
    """One metric.

    :param words: its name for people.
    :param signed: whether the value has a sign.
    :param at_lowest: whether it exists at the lowest level only.
    :param of_event: whether it exists around an event only.
    """

    words: str
    dimension: Dimension
    signed: bool = False
    at_lowest: bool = False
    of_event: bool = False

    @property
    def unit(self) -> str:
        """Return the SI unit."""
        return self.dimension.unit


def _facts(words: str, dimension: Dimension, **more: bool) -> MetricFacts:
    return MetricFacts(words=words, dimension=dimension, **more)


_A, _S, _HZ, _C = Dimension.CURRENT, Dimension.TIME, Dimension.FREQUENCY, Dimension.CHARGE
_SHARE = Dimension.SHARE

METRICS: dict[str, MetricFacts] = {
    "current.peak": _facts("absolute peak current", _A),
    "current.positive_peak": _facts("positive peak current", _A),
    "current.negative_peak": _facts("magnitude of the negative peak current", _A),
    "current.peak_to_peak": _facts("peak-to-peak current", _A),
    "current.baseline_to_peak": _facts("baseline-to-peak current", _A),
    "current.amplitude": _facts("pulse amplitude (plateau)", _A),
    "current.mean": _facts("mean current", _A, signed=True),
    "current.rms": _facts("r.m.s. current (true)", _A),
    "current.ac_rms": _facts("a.c. r.m.s. current", _A),
    "current.rectified": _facts("average rectified current", _A),
    "current.ripple": _facts("ripple, peak-to-peak over mean", _SHARE),
    "current.regulation": _facts("deviation from the current at the first load", _SHARE),
    "intensity.step": _facts("rise of the current from the level below", _A),
    "intensity.drop": _facts("fall of the current where it should rise", _A),
    "intensity.minimum": _facts("current at the lowest level, as a share of the top level's", _SHARE, at_lowest=True),
    "current.density_peak": _facts("peak current density", Dimension.CURRENT_DENSITY),
    "current.density_rms": _facts("r.m.s. current density", Dimension.CURRENT_DENSITY),
    "pulse.phase_duration": _facts("phase duration at 50 %", _S),
    "pulse.second_phase": _facts("duration of the second phase at 50 %", _S),
    "pulse.width": _facts("pulse width", _S),
    "pulse.gap": _facts("interphase gap", _S),
    "pulse.frequency": _facts("repetition frequency", _HZ),
    "pulse.spread": _facts("spread of the repetition period (standard deviation)", _S),
    "pulse.duty": _facts("duty of the pulses", _SHARE),
    "pulse.rise": _facts("rise time, 10 to 90 %", _S),
    "pulse.fall": _facts("fall time, 90 to 10 %", _S),
    "pulse.overshoot": _facts("overshoot", _SHARE),
    "pulse.droop": _facts("droop", _SHARE),
    "pulse.carrier": _facts("carrier frequency", _HZ),
    "burst.rate": _facts("burst rate", _HZ),
    "burst.duration": _facts("burst duration", _S),
    "burst.duty": _facts("duty of the bursts", _SHARE),
    "program.on": _facts("ON time", _S),
    "program.off": _facts("OFF time", _S),
    "program.ramp_up": _facts("ramp up of the program, 0 to 90 %", _S),
    "program.ramp_down": _facts("ramp down of the program, 90 % to 0", _S),
    "program.duty": _facts("duty of the program", _SHARE),
    "current.reversal": _facts("largest current against the prevailing direction, as a share of that along it", _SHARE),
    "polarity.shortest": _facts("shortest time between two changes of sign", _S),
    "polarity.longest": _facts("longest time between two changes of sign", _S),
    "polarity.gap": _facts("longest time without current at a change of sign", _S),
    "charge.phase": _facts("charge per phase, the largest", _C),
    "charge.net": _facts("net charge per pulse", _C, signed=True),
    "charge.imbalance": _facts("charge imbalance", _SHARE),
    "charge.dose": _facts("charge of a treatment, ∫|i| dt", _C),
    "charge.course": _facts("charge of a course of treatments", _C),
    "treatment.drift": _facts("largest deviation of the peak current from that at the start", _SHARE),
    "treatment.mean_drift": _facts("largest change of the mean current since the start", _A),
    "treatment.auto_off": _facts("time after which the output ends by itself", _S),
    "energy.pulse": _facts("energy per pulse", Dimension.ENERGY),
    "event.charge": _facts("charge of the event, beyond the output otherwise", _C, of_event=True),
    "event.energy": _facts("energy of the event, beyond the output otherwise", Dimension.ENERGY, of_event=True),
    "output.change": _facts("change of amplitude or polarity, as a share of what they were", _SHARE),
    "power.density": _facts("mean power density", Dimension.POWER_DENSITY),
    "voltage.peak": _facts("absolute peak voltage", Dimension.VOLTAGE),
}
"""Every metric by its name."""


def unit_of(quantity: str) -> str:
    """Return the SI unit of a metric, or of a quantity of the bench's own: those are currents."""
    return METRICS[quantity].unit if quantity in METRICS else "A"


Metric = Literal[
    "current.peak",
    "current.positive_peak",
    "current.negative_peak",
    "current.peak_to_peak",
    "current.baseline_to_peak",
    "current.amplitude",
    "current.mean",
    "current.rms",
    "current.ac_rms",
    "current.rectified",
    "current.ripple",
    "current.regulation",
    "intensity.step",
    "intensity.drop",
    "intensity.minimum",
    "current.density_peak",
    "current.density_rms",
    "pulse.phase_duration",
    "pulse.second_phase",
    "pulse.width",
    "pulse.gap",
    "pulse.frequency",
    "pulse.spread",
    "pulse.duty",
    "pulse.rise",
    "pulse.fall",
    "pulse.overshoot",
    "pulse.droop",
    "pulse.carrier",
    "burst.rate",
    "burst.duration",
    "burst.duty",
    "program.on",
    "program.off",
    "program.ramp_up",
    "program.ramp_down",
    "program.duty",
    "current.reversal",
    "polarity.shortest",
    "polarity.longest",
    "polarity.gap",
    "charge.phase",
    "charge.net",
    "charge.imbalance",
    "charge.dose",
    "charge.course",
    "treatment.drift",
    "treatment.mean_drift",
    "treatment.auto_off",
    "energy.pulse",
    "event.charge",
    "event.energy",
    "output.change",
    "power.density",
    "voltage.peak",
]
"""The same names, as a type; a test holds both together."""


@dataclass(frozen=True)
class MetricQuantity:
    """Annotation of a field whose dimension is that of the ``metric`` that stands before it in the same table.

    :param above: the value must be greater, SI.
    """

    above: float | None = None

    def read(self, found: Any, info: ValidationInfo) -> Quantity:
        """Read what a file holds; where the metric itself could not be read, any dimension is accepted.

        :raises PydanticCustomError: with a text that says what was found and what is allowed.
        """
        # Without the rest of the table, as when what is left of a bad file is read, any dimension is accepted as well.
        facts = METRICS.get((info.data or {}).get("metric", ""))
        if facts is not None:
            return QuantityField(facts.dimension, above=self.above).read(found)
        return self._of_any_dimension(found)

    def _of_any_dimension(self, found: Any) -> Quantity:
        for dimension in Dimension:
            try:
                return QuantityField(dimension, above=self.above).read(found)
            except PydanticCustomError:
                continue
        return QuantityField(Dimension.CURRENT, above=self.above).read(found)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Tell pydantic how to read and write the field."""
        return core_schema.with_info_plain_validator_function(
            self.read, serialization=core_schema.to_string_ser_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """Describe the field for editors: a string in any unit that a metric has."""
        dimensions = dict.fromkeys(facts.dimension for facts in METRICS.values())
        return {
            "anyOf": [{"type": "string", "pattern": pattern(dimension)} for dimension in dimensions],
            "description": "quantity with its unit, of the metric's dimension",
        }


Bound = Annotated[Quantity, MetricQuantity()]
PositiveBound = Annotated[Quantity, MetricQuantity(above=0.0)]
