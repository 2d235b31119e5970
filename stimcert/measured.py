# SPDX-License-Identifier: MIT
"""Measurement results, and what to raise where there is none."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stimcert.uncertainty import Uncertainty


@dataclass(frozen=True, kw_only=True)
class Model:
    """How a result depends on its parts where that is not a sum: what a simulation evaluates.

    :param function: of the parts, floats or arrays of one shape.
    :param estimates: of the parts.
    :param coefficients: of each part its sensitivity to each of the result's ``uncertainty.terms``, in their order.
    """

    function: Callable[..., Any]
    estimates: tuple[float, ...]
    coefficients: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A value with its unit and uncertainty.

    :param value: SI; with ``bound`` the least magnitude that the quantity has.
    :param bound: ``>=`` when the value is censored (clipped, over range, limited, too slow): never a plain value.
    :param cause: reason code of the censoring, None without one.
    :param details: facts beside the value: sign, corrections, counts; never judged.
    :param model: how the value depends on its parts where that is not a sum of the terms; None where it is.
    :raises ValueError: for a value that is not finite.
    """

    value: float
    unit: str
    uncertainty: Uncertainty
    bound: Literal[">="] | None = None
    cause: str | None = None
    details: Mapping[str, float] = field(default_factory=dict)
    model: Model | None = None

    def __post_init__(self) -> None:
        """Refuse what is no result: it would slip through comparisons further on."""
        if not math.isfinite(self.value):
            raise ValueError(f"{self.value!r} {self.unit} is no measurement result; raise NotMeasurable instead")


class NotMeasurable(Exception):
    """There is no result, not even a bound.

    :param code: a code of :mod:`stimcert.reason`'s catalogue.
    :param text: what is missing, and what to do.
    :param params: the facts that fill the catalogue's sentence.
    """

    def __init__(self, code: str, text: str, **params: object) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.params: dict[str, object] = {"text": text, **params}
