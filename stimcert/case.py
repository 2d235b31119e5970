# SPDX-License-Identifier: MIT
"""One case of a test plan: what is measured where, and what it is held against."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from stimcert.events import EventName, StateName
from stimcert.places import SHORT
from stimcert.procedures import PROCEDURES, facts_of
from stimcert.quantity import Dimension, PositiveSeconds, Quantity, QuantityField, Seconds, parse
from stimcert.skin import SKIN_MODELS, NetworkName
from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import CaseId, Identifier, Line, ModeName, Procedure, duplicates

if TYPE_CHECKING:
    from stimcert.plan import Mode

REPETITIONS = 10
"""Of each event, unless a case says otherwise."""


def _levels(found: Any) -> Any:
    """Let ``"all"`` and arrays of whole numbers pass."""
    if found == "all":
        return found
    whole = isinstance(found, list | tuple) and all(isinstance(n, int) and not isinstance(n, bool) for n in found)
    if not whole or not found:
        text = f'found {found!r:.60}; "all" or an array of levels is allowed, e.g. [1, 8]'
        raise PydanticCustomError("levels", "{text}", {"text": text})
    return tuple(found)


_SHORT = Quantity(text=SHORT, si=0.0, dimension=Dimension.RESISTANCE)


class _LoadField(QuantityField):
    """A resistance, or ``"short"``."""

    def read(self, found: Any) -> Quantity:
        """Read what a file holds."""
        return _SHORT if found == SHORT or found == _SHORT else super().read(found)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """Describe the field for editors."""
        return {"anyOf": [{"const": SHORT}, super().__get_pydantic_json_schema__(schema, handler)]}


Load = Annotated[Quantity, _LoadField(Dimension.RESISTANCE, above=0.0)]

_LEVELS_SCHEMA = {
    "anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1}]
}
Levels = Annotated[Any, BeforeValidator(_levels), WithJsonSchema(_LEVELS_SCHEMA)]


class Case(StrictModel):
    """One case of the plan: a procedure, applied to modes at levels and loads, judged against limits.

    :param levels: ``"all"`` or a tuple of levels, 1 … top.
    :param loads: total resistances that the device sees, shunt included; ``short`` is the shunt alone.
    :param skin: networks that stand for skin, with the shunt beside them.
    :param dwell: time to be observed at each point, after ``settle``.
    :param limits: ids of limit rows; ``declared`` stands for what the mode declares.
    :param events: of ``transients``; None for all that can be made at a point. A swap of the polarity is the device's
        own: where no mode declares that it alternates, it is left out unless it is named.
    :param repetitions: of each event, at random phase; 10 by default.
    :param repeats: how often the steady output is measured at each point; each is judged, and the worst counts.
    :param reconnect: whether the leads are taken off and the device is started again before each repeat.
    :param states: of ``idle_output``; stopped by default.
    :param not_applicable: why the case does not apply to this device.
    """

    id: CaseId
    title: Line
    procedure: Procedure
    modes: tuple[ModeName, ...] = Field(min_length=1)
    levels: Levels = "all"
    loads: tuple[Load, ...] = Field(min_length=1)
    skin: tuple[NetworkName, ...] = ()
    dwell: PositiveSeconds
    settle: Seconds = parse("50 ms", Dimension.TIME)
    limits: tuple[Identifier, ...] = ()
    events: tuple[EventName, ...] | None = Field(default=None, min_length=1)
    repetitions: int | None = Field(default=None, ge=1, le=100)
    repeats: int = Field(default=1, ge=1, le=100)
    reconnect: bool = False
    states: tuple[StateName, ...] | None = Field(default=None, min_length=1)
    not_applicable: Line | None = None

    def levels_of(self, mode: "Mode") -> Sequence[int]:
        """Return the levels of the case in a mode, ascending."""
        return range(1, mode.levels + 1) if self.levels == "all" else tuple(sorted(self.levels))

    @property
    def event_repetitions(self) -> int:
        """How often each event is made."""
        return REPETITIONS if self.repetitions is None else self.repetitions

    @property
    def idle_states(self) -> tuple[StateName, ...]:
        """The states that a case goes through at each point; none for a procedure that has none."""
        if facts_of(self.procedure).visits != "states":
            return ()
        return self.states or ("stopped",)

    def places(self) -> Iterator[tuple[float, str | None]]:
        """Yield every load in its order: what it is at direct current, Ω, and the network's name where it is one."""
        yield from ((load.si, None) for load in self.loads)
        yield from ((SKIN_MODELS[name].direct, name) for name in self.skin)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Nothing named twice."""
        fields = ("modes", "levels", "skin", "limits", "events", "states")
        return (
            *(self._once(field) for field in fields),
            self._loads_once(),
            self._keys_of_the_procedure(),
            self._repeats(),
        )

    def _repeats(self) -> Iterator[Misfit]:
        """Check that a procedure can be repeated point by point, and that there is something to reconnect for."""
        facts = facts_of(self.procedure)
        if self.repeats > 1 and (facts.visits or facts.comes_down or facts.discloses or facts.comes_last):
            text = (
                f'found {self.repeats} in a case of procedure "{self.procedure}", where points follow from each other'
            )
            yield Misfit(("repeats",), f"{text}; 1 is allowed")
        if self.reconnect and self.repeats == 1:
            yield Misfit(("reconnect",), "found true without repeats; repeats of 2 or more are needed")

    def _keys_of_the_procedure(self) -> Iterator[Misfit]:
        """Check that events and states are told to a procedure that visits them."""
        visits = facts_of(self.procedure).visits
        for key, wanted in (("events", "events"), ("repetitions", "events"), ("states", "states")):
            if getattr(self, key) is not None and visits != wanted:
                owners = ", ".join(name for name, facts in PROCEDURES.items() if facts.visits == wanted)
                yield Misfit((key,), f'found {key} in a case of procedure "{self.procedure}"; {owners} has them')

    def _once(self, field: str) -> Iterator[Misfit]:
        values = getattr(self, field) or ()
        for index in duplicates([*values] if values != "all" else []):
            yield Misfit((field, index), f'found "{values[index]}" twice; once is allowed')

    def _loads_once(self) -> Iterator[Misfit]:
        for index in duplicates([load.si for load in self.loads]):
            yield Misfit(("loads", index), f'found "{self.loads[index]}" twice; once is allowed')
