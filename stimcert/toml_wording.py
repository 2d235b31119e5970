# SPDX-License-Identifier: MIT
"""What pydantic found, in the words of somebody who edits a TOML file: what was found, what is allowed."""

import datetime
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from stimcert.strict_model import Path, StrictModel, nested_model

_NEEDED = {
    "string_type": 'text in quotes is needed, e.g. "…"',
    "int_type": "a whole number is needed",
    "int_from_float": "a whole number is needed",
    "float_type": "a number is needed",
    "bool_type": "true or false is needed",
    "tuple_type": "an array […] is needed",
    "list_type": "an array […] is needed",
    "model_type": "a table is needed",
    "model_attributes_type": "a table is needed",
    "dict_type": "a table is needed",
    "date_type": "a date is needed, e.g. 2027-10-23",
    "date_parsing": "a date is needed, e.g. 2027-10-23",
    "date_from_datetime_inexact": "a date without a time is needed, e.g. 2027-10-23",
    "date_from_datetime_parsing": "a date is needed, e.g. 2027-10-23",
    "finite_number": "a finite number is needed",
    "greater_than": "it must be greater than {gt}",
    "greater_than_equal": "it must be at least {ge}",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be at most {le}",
    "too_short": "at least {min_length} are needed",
    "too_long": "at most {max_length} are allowed",
    "string_too_short": "at least {min_length} characters are needed",
    "string_too_long": "at most {max_length} characters are allowed",
    "string_pattern_mismatch": "it must match {pattern}",
    "literal_error": "allowed: {expected}",
    "enum": "allowed: {expected}",
}


def wording(error: Mapping[str, Any], path: Path, found: Any, model: type[StrictModel]) -> str:
    """Return what a pydantic error says about the value ``found`` at ``path``."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"missing; required here: {', '.join(_keys(model, path[:-1], required=True))}"
    if kind == "extra_forbidden":
        return f"unknown key{_guess(path, model)}; allowed here: {', '.join(_keys(model, path[:-1]))}"
    if kind in _NEEDED:
        return f"found {in_toml(found)}; {_NEEDED[kind].format(**context)}"
    if kind == "json_invalid":
        return "found arrays or tables nested too deeply; a few levels are allowed"
    text = str(error["msg"]).removeprefix("Value error, ")
    return text if text.startswith("found ") else f"found {in_toml(found)}; {text[:1].lower()}{text[1:]}"


def in_toml(found: Any) -> str:
    """Write a value as it would stand in the file, cut to one short line."""
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, dict):
        return "a table"
    if isinstance(found, list):
        return f"an array of {len(found)}"
    if isinstance(found, datetime.date | datetime.time):
        return found.isoformat()
    if isinstance(found, int) and abs(found) > 10**18:
        return "a number beyond 10^18"
    text = "".join(sign if sign.isprintable() else "�" for sign in str(found))
    text = text if len(text) <= 60 else text[:60] + "…"
    return f'"{text}"' if isinstance(found, str) else text


def _model_at(model: type[StrictModel] | None, path: Path) -> type[StrictModel] | None:
    for step in path:
        if model is not None and isinstance(step, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            model = nested_model(fields[step].annotation)[0] if step in fields else None
    return model


def _keys(model: type[StrictModel], path: Path, required: bool = False) -> list[str]:
    table = _model_at(model, path)
    fields = table.model_fields.items() if table is not None else ()
    return [field.alias or name for name, field in fields if field.is_required() or not required]


def _guess(path: Path, model: type[StrictModel]) -> str:
    alike = get_close_matches(str(path[-1]), _keys(model, path[:-1]), n=1)
    return f" (did you mean {alike[0]}?)" if alike else ""
