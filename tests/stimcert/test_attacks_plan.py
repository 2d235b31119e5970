# SPDX-License-Identifier: MIT
"""Attacks on plans: too short a look at a waveform."""

from pathlib import Path

import pytest

from stimcert.plan import Plan
from stimcert.strict_toml import InvalidFile, load

PLAN = (Path(__file__).parents[2] / "test_plans" / "microcurrent_facial.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("dwell", "short"), [("9.99 ms", ["lift", "tone"]), ("10 ms", ["tone"]), ("20 ms", [])])
def test_a_dwell_holds_a_whole_cycle(dwell: str, short: list[str]) -> None:
    text = PLAN.replace('dwell = "200 ms"', f'dwell = "{dwell}"').encode()
    if not short:
        load(text, Plan, "plan.toml")
        return
    with pytest.raises(InvalidFile) as invalid:
        load(text, Plan, "plan.toml")
    assert [
        f"a cycle of {mode} lasts" in str(problem) for mode, problem in zip(short, invalid.value.problems, strict=True)
    ]
    assert all(".dwell: found" in str(problem) for problem in invalid.value.problems)
