# SPDX-License-Identifier: MIT
"""The base of every model that is read from a file, and what can still be read of a file with mistakes.

A model says with :meth:`StrictModel.checks` what must hold between its own fields. Each check is a generator of
its own: in a file with mistakes, a check that lacks the value it needs is left out and the others still run, so
that a user sees all mistakes at once.
"""

import datetime
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import is_dataclass
from typing import Annotated, Any, NamedTuple, Self, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticCustomError

Path = tuple[str | int, ...]
M = TypeVar("M", bound="StrictModel")


class Misfit(NamedTuple):
    """Something between the fields of a model that does not fit: where, and what was found and is allowed."""

    path: Path
    text: str


class StrictModel(BaseModel):
    """A frozen model that takes no unknown keys, converts no types and accepts no NaN."""

    model_config = ConfigDict(defer_build=True, extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Return one generator per thing that must hold between the fields; paths start at this model."""
        return ()

    @model_validator(mode="after")
    def _refuse_misfits(self) -> Self:
        found = [misfit for check in self.checks() for misfit in check]
        if found:
            raise PydanticCustomError("misfit", "{text}", {"text": "; ".join(misfit.text for misfit in found)})
        return self


def json_schema(model: type[StrictModel]) -> dict[str, Any]:
    """Return the JSON schema of a file, for editors and other programs; quantities are strings with a pattern."""
    schema = model.model_json_schema(schema_generator=_Generator)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


class _Generator(GenerateJsonSchema):
    """Writes a default as it would stand in the file."""

    def encode_default(self, dft: Any) -> Any:
        return str(dft) if is_dataclass(dft) else super().encode_default(dft)


def as_json(found: Any) -> str:
    """Write a parsed TOML value as JSON, dates as ISO 8601, so that pydantic's strict JSON rules apply."""
    return json.dumps(found, default=_iso)


def _iso(found: Any) -> str:
    if isinstance(found, datetime.date | datetime.time):
        return found.isoformat()
    raise TypeError(f"no TOML value: {found!r}")


def nested_model(annotation: Any) -> tuple[type[StrictModel] | None, bool]:
    """Return the model behind ``Model``, ``Model | None`` or ``tuple[Model, ...]``, and whether there are many."""
    if get_origin(annotation) is Annotated:
        return nested_model(get_args(annotation)[0])
    if isinstance(annotation, type) and issubclass(annotation, StrictModel):
        return annotation, False
    many = get_origin(annotation) in (tuple, list)
    inner = [part for part in get_args(annotation) if part not in (Ellipsis, type(None))]
    model = nested_model(inner[0])[0] if len(inner) == 1 else None
    return model, many


def salvage(model: type[M], table: dict[str, Any]) -> M:
    """Return an instance with every field that can be read; a field that cannot is absent (AttributeError)."""
    partial = model.model_construct()
    partial.__dict__.clear()
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key in table:
            with suppress(ValidationError):
                partial.__dict__[name] = _salvaged(field, table[key])
        elif not field.is_required():
            partial.__dict__[name] = field.get_default(call_default_factory=True, validated_data={})
    return partial


def _salvaged(field: FieldInfo, found: Any) -> Any:
    model, many = nested_model(field.annotation)
    if model is not None and many and isinstance(found, list) and found:
        return tuple(salvage(model, element if isinstance(element, dict) else {}) for element in found)
    if model is not None and not many and isinstance(found, dict):
        return salvage(model, found)
    annotation: Any = Annotated[field.annotation, *field.metadata, "at least one"]
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    return adapter.validate_json(as_json(found), strict=True)


def misfits_within(value: Any, path: Path = ()) -> Iterator[Misfit]:
    """Run all checks of a salvaged model and of the models in it; those that lack a value are left out."""
    if isinstance(value, tuple | list):
        for index, element in enumerate(value):
            yield from misfits_within(element, (*path, index))
    if not isinstance(value, StrictModel):
        return
    for check in value.checks():
        yield from _tried(check, path)
    for name, field in type(value).model_fields.items():
        yield from misfits_within(value.__dict__.get(name), (*path, field.alias or name))


def _tried(check: Iterable[Misfit], path: Path) -> Iterator[Misfit]:
    with suppress(AttributeError):
        for misfit in check:
            yield Misfit((*path, *misfit.path), misfit.text)
