# SPDX-License-Identifier: MIT
"""The house rules that no linter knows."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LICENCE = "# SPDX-License-Identifier: MIT"
LONGEST = 400
TEXTS = {".py", ".md", ".toml", ".ini", ".in", ".txt", ".cfg", ".j2", ".html", ".css", ".js", ".svg", ".json", ""}
# Joined here, so that this file does not name what it forbids.
WORKPLACE = ["/" + "work/", "sha" + "red/", "/ro" + "ot/", "DESIGN" + ".md", "CONTRACTS" + ".md"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "--index" + "-url", "--extra-index" + "-url", "--find" + "-links"]
SIMULATOR_MAY_USE = {"stimcert.quantity", "stimcert.strict_toml"}
OURS = {"bench", "instruments", "reports", "stimcert"}
FOLDERS = sorted(OURS) + ["tests", "docs", "test_plans", "requirements", ".ci"]


def kept() -> list[Path]:
    """Every text of the checkout that is part of it: not what tools and runs leave behind."""
    top = [path for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")]
    deep = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(path for path in top + deep if path.suffix in TEXTS and "__pycache__" not in path.parts)


FILES = kept()
PYTHON = [file for file in FILES if file.suffix == ".py"]
PAGES = [file for file in FILES if file.suffix == ".md"]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def test_the_checkout_was_found() -> None:
    assert len(PYTHON) > 20
    assert ROOT / "README.md" in PAGES


@pytest.mark.parametrize("file", PYTHON, ids=name)
def test_a_module_begins_with_its_licence(file: Path) -> None:
    text = text_of(file)
    assert not text or text.splitlines()[0] == LICENCE


@pytest.mark.parametrize("file", PYTHON, ids=name)
def test_a_module_is_short(file: Path) -> None:
    assert len(text_of(file).splitlines()) <= LONGEST


def test_no_file_names_the_workplace() -> None:
    texts = {name(file): text_of(file) for file in FILES}
    assert [(where, word) for where, text in texts.items() for word in WORKPLACE if word in text] == []


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*")), ids=name)
def test_requirements_name_no_registry(file: Path) -> None:
    text = text_of(file)
    assert [word for word in REGISTRIES if word in text] == []
    assert "://" not in text


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*.txt")), ids=name)
def test_every_requirement_is_pinned_and_hashed(file: Path) -> None:
    logical = text_of(file).replace("\\\n", " ").splitlines()
    lines = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    assert [line for line in lines if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_what_the_project_declares_is_pinned() -> None:
    declared = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["dependencies"]
    pinned = set(re.findall(r"^([a-z0-9-]+)==", text_of(ROOT / "requirements" / "bench.txt"), re.MULTILINE))
    assert {re.split("[><=]", line)[0].lower() for line in declared} <= pinned


def test_record_and_project_name_the_same_version() -> None:
    declared = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"]
    assert f'VERSION = "{declared}"' in text_of(ROOT / "bench" / "session" / "software.py")


def test_readme_and_ci_name_the_same_tox() -> None:
    pages = ("README.md", ".ci/run", "docs/tutorial.md")
    found = [set(re.findall(r"tox==([\d.]+)", text_of(ROOT / page))) for page in pages]
    assert all(found)
    assert len(set.union(*found)) == 1


def test_readme_has_both_commands_as_one_line_each() -> None:
    lines = text_of(ROOT / "README.md").splitlines()
    start = r"    python3 -m venv \.venv && \.venv/bin/pip install tox==[\d.]+ && \.venv/bin/tox run"
    assert any(re.match(start + r" -e bench\b", line) for line in lines)
    assert any(re.match(start + r"( +#.*)?$", line) for line in lines)


def test_readme_names_environments_that_exist() -> None:
    tox = text_of(ROOT / "tox.ini")
    for page in ("README.md", "CONTRIBUTING.md", "tests/README.md", "docs/tutorial.md"):
        for environment in re.findall(r"tox run -e (\w+)", text_of(ROOT / page)):
            assert f"[testenv:{environment}]" in tox


def anchors(page: str) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    missing = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(text_of(target))):
            missing.append(link)
    assert missing == []


def imported(file: Path) -> set[str]:
    """Return the modules of the project that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text_of(file))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(file)}:{node.lineno}: relative import"
            found.add(node.module or "")
    return {module for module in found if module.partition(".")[0] in OURS}


@pytest.mark.parametrize("file", [f for f in PYTHON if name(f).startswith("instruments/sim/")], ids=name)
def test_the_simulated_bench_stands_alone(file: Path) -> None:
    own = {module for module in imported(file) if module.startswith("instruments.sim")}
    assert imported(file) - own <= SIMULATOR_MAY_USE


def test_the_instruments_package_is_empty() -> None:
    """Starting the simulator imports the package: it must not load a driver."""
    assert text_of(ROOT / "instruments" / "__init__.py").strip() in ("", LICENCE)
