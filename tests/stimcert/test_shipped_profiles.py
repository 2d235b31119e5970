# SPDX-License-Identifier: MIT
"""The shipped profiles: one of each kind for each claim, the type test asking most and the smoke test least."""

from itertools import pairwise, product
from pathlib import Path
from typing import get_args

import pytest

from stimcert.profile import Profile
from stimcert.strict_toml import load
from stimcert.text_fields import Modality

FOLDER = Path(__file__).parents[2] / "test_plans" / "profiles"
PROFILES = {path.stem: load(path.read_bytes(), Profile, path.name).value for path in sorted(FOLDER.glob("*.toml"))}
CLAIMS = get_args(Modality)
KINDS = ("type", "routine", "smoke")
STEPS = [(f"{claim}_{more}", f"{claim}_{less}") for claim in CLAIMS for more, less in pairwise(KINDS)]


def test_one_of_each_kind_for_each_claim() -> None:
    assert PROFILES.keys() == {f"{claim}_{kind}" for claim, kind in product(CLAIMS, KINDS)}


@pytest.mark.parametrize("stem", PROFILES)
def test_a_profile_is_what_its_file_is_called(stem: str) -> None:
    profile = PROFILES[stem]
    assert (profile.claim, profile.kind) == tuple(stem.split("_"))
    assert profile.id == stem.replace("_", "-")


@pytest.mark.parametrize(("more", "less"), STEPS)
def test_the_fuller_test_asks_for_all_of_the_lesser(more: str, less: str) -> None:
    full, part = PROFILES[more], PROFILES[less]
    # A lesser test asks for the highest level; what the fuller one looks at there only, it looks at as well.
    assert set(part.procedures) <= {*full.procedures, *full.at_top}
    assert {load.si for load in part.loads} <= {load.si for load in full.loads}
    assert full.levels == "all" or part.levels == "top"
    for ceiling in part.ceilings:
        stricter = [each for each in full.ceilings if each.metric == ceiling.metric]
        assert any(each.upper.si <= ceiling.upper.si and each.event.si <= ceiling.event.si for each in stricter)


@pytest.mark.parametrize("stem", PROFILES)
def test_no_profile_accepts_a_rule_without_guard_band(stem: str) -> None:
    assert PROFILES[stem].rule == "guard-U"


@pytest.mark.parametrize("kind", KINDS)
def test_microcurrent_is_never_without_its_ceiling(kind: str) -> None:
    assert any(each.metric == "current.peak" for each in PROFILES[f"microcurrent_{kind}"].ceilings)


@pytest.mark.parametrize("kind", KINDS)
def test_galvanic_is_never_without_its_polarity(kind: str) -> None:
    assert "polarity" in PROFILES[f"galvanic_{kind}"].procedures


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_type_test_asks_whether_it_is_what_it_says(claim: str) -> None:
    profile = PROFILES[f"{claim}_type"]
    assert "modality" in (*profile.procedures, *profile.at_top)


@pytest.mark.parametrize("claim", CLAIMS)
def test_a_type_test_looks_at_every_moment_and_discloses_what_it_saw(claim: str) -> None:
    profile = PROFILES[f"{claim}_type"]
    assert {"transients", "open_circuit", "output_specification"} <= set(profile.at_top)
    assert {"abuse", "treatment"} <= set(profile.once)
    assert profile.events
