# SPDX-License-Identifier: MIT
"""docs/how-to/write_a_plan.md: its pieces make a plan, and check-plan says of it what the page says."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from bench.__main__ import main
from stimcert.plan import Mode
from tests.bench.command import CHECKOUT

PAGE = (CHECKOUT / "docs" / "how-to" / "write_a_plan.md").read_text(encoding="utf-8")
HEAD, SOLD_AS, MODES, LIMITS, CASES, ASKED, RUN = re.split(r"^## ", PAGE, flags=re.MULTILINE)
OWN, OTHERS = MODES.split("A galvanic mode has a sign.")


def _blocks(text: str) -> str:
    """Return the indented lines of a part of the page, without their indentation."""
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    ") or not line) + "\n"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """The file that the page's pieces make, beside copies of the shipped ones."""
    folder = tmp_path / "test_plans"
    shutil.copytree(CHECKOUT / "test_plans", folder)
    (folder / "limits" / "my_device.toml").write_text(_blocks(LIMITS), encoding="utf-8")
    (folder / "my_device.toml").write_text(_blocks(SOLD_AS) + _blocks(OWN) + _blocks(CASES), encoding="utf-8")
    return folder / "my_device.toml"


def test_check_plan_says_what_the_page_says(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command, *promised = [line for line in _blocks(ASKED).splitlines() if line]
    assert command == "python -m bench check-plan test_plans/my_device.toml --station sim"
    assert main(["check-plan", str(plan), "--station", "sim"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert len(promised) == 15
    assert [line for line in promised if line not in said.out.splitlines()] == []


def test_it_can_be_checked_without_a_simulated_device(plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan.write_text(plan.read_text(encoding="utf-8").replace('"lift"', '"firm"'), encoding="utf-8")
    assert main(["check-plan", str(plan), "--station", "sim"]) == 4
    assert "modes of the simulated device" in capsys.readouterr().err
    assert main(["check-plan", str(plan), "--station", "example_lab"]) == 0


def test_the_other_modes_are_modes() -> None:
    modes = [Mode.model_validate(each) for each in tomllib.loads(_blocks(OTHERS))["mode"]]
    assert [(mode.name, mode.modality, mode.expected_sign) for mode in modes] == [
        ("cleanse", "galvanic", -1),
        ("infuse", "galvanic", +1),
        ("tone", "ems", None),
    ]


def test_every_shipped_limit_file_is_named() -> None:
    shipped = {path.name for path in (CHECKOUT / "test_plans" / "limits").glob("*.toml")}
    assert set(re.findall(r"^\| `(\w+\.toml)` \|", LIMITS, flags=re.MULTILINE)) == shipped
