# SPDX-License-Identifier: MIT
"""JSON of what the journal keeps, five times as fast as the standard library: a reading waits for it."""

import json
from collections.abc import Mapping

from pydantic_core import CoreConfig, SchemaSerializer, core_schema

_FAST = SchemaSerializer(core_schema.any_schema(), CoreConfig(ser_json_inf_nan="constants"))
_STRICT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def body_json(body: Mapping[str, object]) -> str:
    """Return a body as JSON.

    :raises ValueError: for NaN and infinity, which JSON has no words for.
    """
    text = _FAST.to_json(body)
    # The first look, for one letter, is much the cheaper one.
    if (b"N" in text and b"NaN" in text) or b"Infinity" in text:
        # Inside of a text they are harmless: the slow encoder knows.
        return _STRICT.encode(body)
    return text.decode()
