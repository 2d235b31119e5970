# SPDX-License-Identifier: MIT
"""A recipe arrives at the guard as it was sent, and half a recipe is none."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.safety.recipe import SAFE_ORDER, Recipe, SafeCommands, in_safe_order, library_of

COMMANDS = st.builds(
    SafeCommands,
    role=st.sampled_from(SAFE_ORDER),
    resource=st.text(),
    off=st.lists(st.text(), max_size=3).map(tuple),
    ask=st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple),
    library=st.text(),
)
RECIPES = st.builds(
    Recipe,
    roles=st.lists(COMMANDS, max_size=4).map(tuple),
    log=st.none() | st.text(),
    timeout=st.floats(0.01, 10.0),
    harness=st.none() | st.integers(1, 2**22),
    locks=st.lists(st.text(), max_size=3).map(tuple),
    alarm=st.none() | st.text(),
)


@given(RECIPES)
def test_a_recipe_reads_back_from_its_one_line(recipe: Recipe) -> None:
    line = recipe.to_json()
    assert "\n" not in line
    assert Recipe.from_json(line) == Recipe.from_json(line.encode()) == recipe


@given(st.permutations(SAFE_ORDER))
def test_what_delivers_energy_is_switched_off_first(roles: list[str]) -> None:
    one = SafeCommands(role="smu", resource="r", off=(), ask=())
    assert [entry.role for entry in in_safe_order(replace(one, role=role) for role in roles)] == list(SAFE_ORDER)


@pytest.mark.parametrize("key", ["ask", "off"])
def test_commands_that_are_no_list_are_refused(key: str) -> None:
    recipe = Recipe(roles=(SafeCommands(role="smu", resource="r", off=("OFF",), ask=()),))
    fields = json.loads(recipe.to_json())
    fields["roles"][0][key] = "OFF"
    with pytest.raises(TypeError, match="recipe of role smu"):
        Recipe.from_json(json.dumps(fields))


@pytest.mark.parametrize(
    ("resource", "library"),
    [
        ("TCPIP::127.0.0.1::5025::SOCKET", "@py"),
        ("tcpip0::lab::5025::socket", "@py"),
        ("TCPIP0::lab::inst0::INSTR", ""),
        ("USB0::0x05E6::0x2450::0409::INSTR", ""),
    ],
)
def test_plain_sockets_have_a_library_of_their_own(resource: str, library: str) -> None:
    assert library_of(resource) == library
