# SPDX-License-Identifier: MIT
"""What could make a run say PASS without measuring is refused by name."""

import subprocess
import sys
from pathlib import Path, PurePosixPath
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from bench.session.fail_closed import _known_folders, late_refusals, plugin_file, refusals
from tests.bench.command import CHECKOUT, run_bench

SITE = Path(pytest.__file__).parents[1]
"""Where third-party plugins are installed: whoever runs an item again or elsewhere is not among those known."""


def config(*plugins: tuple[str, object], **options: object) -> Any:
    """Return pytest's configuration, as far as it is looked at."""
    manager = SimpleNamespace(list_name_plugin=lambda: list(plugins))
    return SimpleNamespace(pluginmanager=manager, getoption=lambda name, default=None: options.get(name, default))


def module(path: Path | str | None) -> ModuleType:
    """Return a module that says that it comes from a file."""
    made = ModuleType("made_up")
    made.__file__ = str(path) if path is not None else None
    return made


class Instance:
    """A plugin that is an object: it comes from where its class comes from."""


def test_pytest_itself_and_the_checkout_are_no_strangers(pytestconfig: pytest.Config) -> None:
    assert refusals(pytestconfig) == []


@pytest.mark.parametrize(
    "path",
    [
        CHECKOUT / "conftest.py",
        CHECKOUT / "bench" / "session" / "hooks.py",
        CHECKOUT / "tests" / "conftest.py",
        Path(pytest.__file__),
    ],
)
def test_our_own_plugins_are_welcome(path: Path) -> None:
    assert refusals(config(("ours", module(path)))) == []


@pytest.mark.parametrize(
    "path",
    [
        "/tmp/plan/conftest.py",
        CHECKOUT / "runs" / "1" / "conftest.py",
        CHECKOUT / "test_plans" / "conftest.py",
        CHECKOUT / "bench" / ".." / ".." / "conftest.py",
        CHECKOUT.with_name(CHECKOUT.name + "_copy") / "bench" / "conftest.py",
        SITE / "pytest_rerunfailures.py",
        SITE / "xdist" / "plugin.py",
        SITE / "pytest_repeat.py",
        subprocess.__file__,
    ],
)
def test_a_stranger_is_named_with_its_file_and_the_way_out(path: Path | str) -> None:
    (refusal,) = refusals(config(("stranger", module(path))))
    assert "stranger" in refusal
    assert str(Path(path).resolve()) in refusal
    assert "--plan=FILE" in refusal


def test_a_link_is_where_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").touch()
    link = tmp_path / "link.py"
    link.symlink_to(CHECKOUT / "conftest.py")
    assert refusals(config(("linked", module(link)))) == []
    assert len(refusals(config(("real", module(tmp_path / "conftest.py"))))) == 1


def test_who_comes_from_nowhere_is_refused() -> None:
    nowhere = type("Nowhere", (), {"__module__": "not_imported"})()
    (refusal,) = refusals(config(("nowhere", nowhere)))
    assert "no file" in refusal
    assert plugin_file(module(None)) is None


def test_an_object_comes_from_where_its_class_does() -> None:
    assert plugin_file(Instance()) == Path(__file__).resolve()
    assert refusals(config(("ours", Instance()))) == []


def test_a_plugin_that_was_switched_off_is_no_plugin() -> None:
    assert refusals(config(("cacheprovider", None))) == []


def test_a_run_that_nobody_sees_is_refused() -> None:
    (refusal,) = refusals(config(("terminal", None)))
    assert "-p no:terminal" in refusal


def test_all_strangers_are_named_at_once() -> None:
    found = refusals(config(("one", module("/tmp/a.py")), ("two", module("/tmp/b.py"))))
    assert ["one" in found[0], "two" in found[1]] == [True, True]


def test_a_known_plugin_with_a_script_opens_no_door_to_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of a distribution may be named from above site-packages; that folder holds everybody."""
    site = Path(pytest.__file__).parents[1]
    distribution = SimpleNamespace(
        files=[PurePosixPath("../../../bin/tool.py"), PurePosixPath("pytest_html/plugin.py")],
        locate_file=lambda top: site / top,
    )
    found = {"pytest-html": [distribution]}
    discover = SimpleNamespace(discover=lambda name: found.get(name, []))
    monkeypatch.setattr("bench.session.fail_closed.Distribution", discover)
    monkeypatch.setattr("bench.session.fail_closed._known_folders", _known_folders.__wrapped__)
    assert refusals(config(("known", module(site / "pytest_html" / "plugin.py")))) == []
    assert len(refusals(config(("neighbour", module(site / "neighbour.py"))))) == 1


def test_optimised_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.session.fail_closed.sys", SimpleNamespace(flags=SimpleNamespace(optimize=1), modules={}))
    assert any("python -O" in refusal for refusal in refusals(config()))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"setuponly": True}, "--setup-only"),
        ({"numprocesses": 2}, "xdist"),
        ({"dist": "load"}, "xdist"),
    ],
)
def test_options_that_measure_nothing_or_twice_are_refused(options: dict[str, object], word: str) -> None:
    (refusal,) = refusals(config(**options))
    assert word in refusal


def test_setup_plan_sets_the_other_option_too_and_is_allowed() -> None:
    assert refusals(config(setuponly=True, setupplan=True)) == []


@pytest.mark.parametrize(("path", "count"), [(CHECKOUT / "bench" / "test_polarity.py", 0), (Path("/tmp/test_a.py"), 1)])
def test_tests_from_elsewhere_are_not_run_beside_the_bench(path: Path, count: int) -> None:
    items: Any = [SimpleNamespace(path=path)] * 2
    found = late_refusals(config(), items)
    assert len(found) == count
    assert all(str(path) in refusal for refusal in found)


def test_sys_is_not_optimised_here() -> None:
    """All of the above would say nothing in a Python without assertions."""
    assert sys.flags.optimize == 0


def test_who_wants_a_say_in_what_a_plan_says_is_not_even_loaded(tmp_path: Path) -> None:
    places = tmp_path / "meddler-1.0.dist-info"
    places.mkdir()
    (places / "METADATA").write_text("Metadata-Version: 2.1\nName: meddler\nVersion: 1.0\n", encoding="utf-8")
    (places / "entry_points.txt").write_text("[pydantic]\nmeddler = meddler:plugin\n", encoding="utf-8")
    trace = tmp_path / "trace"
    (tmp_path / "meddler.py").write_text(f"open({str(trace)!r}, 'w').close()\nplugin = object()\n", encoding="utf-8")
    program = "import pydantic; type('M', (pydantic.BaseModel,), {})"
    subprocess.run([sys.executable, "-c", program], env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False)
    assert trace.exists(), "the meddler would not have been loaded anyhow"
    trace.unlink()
    ended = run_bench(tmp_path / "run", "--collect-only", PYTHONPATH=str(tmp_path))
    assert (ended.code, trace.exists()) == (0, False)
