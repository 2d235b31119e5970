# SPDX-License-Identifier: MIT
"""Skin networks as plans name them, and how a plan's loads follow one another."""

from typing import get_args

import pytest
from pydantic import ValidationError

from stimcert.plan import Case
from stimcert.skin import SKIN_MODELS, NetworkName

CASE = {"id": "OC-01", "title": "t", "procedure": "output_current", "modes": ("m",), "dwell": "1 ms", "limits": ("x",)}


def test_the_type_names_every_network() -> None:
    assert get_args(NetworkName) == tuple(SKIN_MODELS)


@pytest.mark.parametrize(
    ("name", "time_constant", "direct"),
    [
        ("N0", 0.33e-3, 2e3),
        ("N1", 0.22e-3, 22.56e3),
        ("N2", 2.2e-3, 221e3),
        ("N3", 0.484e-3, 2.42e3),
        ("N4", 0.1034e-3, 690.0),
    ],
)
def test_time_constant_and_direct_resistance(name: str, time_constant: float, direct: float) -> None:
    assert SKIN_MODELS[name].time_constant == pytest.approx(time_constant)
    assert SKIN_MODELS[name].direct == pytest.approx(direct)


def test_networks_come_after_the_resistances() -> None:
    case = Case.model_validate({**CASE, "loads": ("2 kΩ", "500 Ω"), "skin": ("N1", "N3")})
    assert list(case.places()) == [(2e3, None), (500.0, None), (22560.0, "N1"), (2420.0, "N3")]


@pytest.mark.parametrize(("skin", "said"), [(("N9",), "N9|Input should be"), (("N1", "N1"), "twice")])
def test_unknown_and_repeated_networks_are_refused(skin: tuple[str, ...], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Case.model_validate({**CASE, "loads": ("2 kΩ",), "skin": skin})
