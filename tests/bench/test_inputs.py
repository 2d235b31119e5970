# SPDX-License-Identifier: MIT
# ruff: noqa: E501  a table of mistakes reads best with one row a line
"""The files of a run: bad ones are refused with every mistake at its place, whatever they hold, and never a traceback."""

import datetime
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.session.inputs import Inputs, InvalidInputs, load_inputs
from bench.session.simulated_device import ShippedDevice
from instruments.sim.device_file import DeviceFile
from stimcert.strict_toml import Problem
from tests.bench.parts import inputs

ROOT = Path(__file__).parents[2]
TODAY = datetime.date(2026, 11, 22)

PLAN, GALVANIC, LIMITS, PROFILE = (
    "test_plans/microcurrent_facial.toml",
    "test_plans/galvanic_facial.toml",
    "test_plans/limits/microcurrent.toml",
    "test_plans/profiles/microcurrent_routine.toml",
)
SIM, LAB, DEVICE = "sim.toml", "example_lab.toml", "microcurrent_good.toml"
ORIGINS = {
    SIM: "instruments/stations/sim.toml",
    LAB: "instruments/stations/example_lab.toml",
    DEVICE: "instruments/sim/devices/microcurrent_good.toml",
}


@dataclass(frozen=True)
class Desk:
    """A folder with copies of the shipped files, free to be spoilt."""

    folder: Path

    def path(self, name: str) -> Path:
        return self.folder / name

    def edit(self, name: str, old: str, new: str) -> None:
        text = self.path(name).read_text(encoding="utf-8")
        assert old in text, (name, old)
        self.path(name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def load(self, plan: str = PLAN, station: str = SIM, device: str | None = DEVICE) -> Inputs:
        return load_inputs(
            plan=self.path(plan),
            station=self.path(station),
            device=self.path(device) if device else None,
            checkout=self.folder,
            today=TODAY,
        )

    def problems(self, plan: str = PLAN, station: str = SIM, device: str | None = DEVICE) -> list[Problem]:
        with pytest.raises(InvalidInputs) as invalid:
            self.load(plan, station, device)
        return list(invalid.value.problems)

    def place(self, name: str, needle: str) -> tuple[int, int]:
        """Return line and column of the first occurrence of a text."""
        before = self.path(name).read_text(encoding="utf-8").partition(needle)[0]
        return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return _desk(tmp_path)


def _desk(folder: Path) -> Desk:
    shutil.copytree(ROOT / "test_plans", folder / "test_plans")
    for name, origin in ORIGINS.items():
        shutil.copy(ROOT / origin, folder / name)
    (folder / "bench").mkdir()
    for procedure in ("output_current", "polarity"):
        (folder / "bench" / f"test_{procedure}.py").touch()
    return Desk(folder)


def test_the_shipped_files(desk: Desk) -> None:
    inputs = desk.load()
    assert inputs.plan.case_ids == ("OC-01", "OC-02")
    assert set(inputs.limits) == {"microcurrent.ceiling", "microcurrent.advisory", "microcurrent.treatment"}
    assert inputs.profile.id == "microcurrent-routine"
    assert inputs.device is not None
    assert inputs.device.path == desk.path(DEVICE)
    assert [file.role for file in inputs.files] == [
        "plan", "limits", "profile", "station", "accuracy", "accuracy", "device",
    ]  # fmt: skip
    assert all(sha256(file.data).hexdigest() == file.sha256 for file in inputs.files)
    assert inputs.files[0].data == desk.path(PLAN).read_bytes()


@pytest.mark.parametrize(("plan", "device"), [(PLAN, "microcurrent_good"), (GALVANIC, "galvanic_good")])
def test_the_default_device_fits_the_plan(desk: Desk, plan: str, device: str) -> None:
    inputs = desk.load(plan, device=None)
    assert inputs.device is not None
    assert inputs.device.path.stem == device
    # Of one that nobody named the modes are read; of one that somebody did, everything.
    named = desk.load(plan, device=str(inputs.device.path)).device
    assert named is not None
    assert isinstance(inputs.device.document.value, ShippedDevice)
    assert isinstance(named.document.value, DeviceFile)
    assert [m.name for m in inputs.device.document.value.modes] == [m.name for m in named.document.value.modes]


@pytest.mark.parametrize("plan", [PLAN, GALVANIC])
def test_the_example_laboratory_has_no_simulated_device(desk: Desk, plan: str) -> None:
    assert desk.load(plan, LAB, None).device is None
    assert desk.load(plan, LAB, DEVICE).device is None


# name, spoilt file, old text, new text, where the mistake stands, its key, what is said
BAD = [
    ("wrong unit", PLAN, '"480 µA"', '"480 µV"', '"480 µV"', "mode[1].declared[1].value", "which is a voltage"),
    ("decimal comma", PLAN, '"200 ms"', '"0,2 s"', '"0,2 s"', "case[1].dwell", "decimal sign is a point"),
    ("no unit", LIMITS, '"600 µA"', '"600"', '"600"', "limit[1].upper", "unit is missing"),
    ("not text", LIMITS, '"600 µA"', "600", "600\n", "limit[1].upper", "text with its unit"),
    ("mega", LIMITS, '"600 µA"', '"600 MA"', '"600 MA"', "limit[1].upper", "did you mean mA?"),
    ("nan", LIMITS, '"600 µA"', '"nan A"', '"nan A"', "limit[1].upper", "finite"),
    ("toml nan", SIM, "coverage_factor = 2", "coverage_factor = nan", "nan", "shunt[1].coverage_factor", "finite number"),
    ("unknown key", PLAN, "revision =", "revison =", "revison", "revison", "did you mean revision?"),
    ("missing key", PLAN, 'revision = "1"\n', "", "schema", "revision", "missing; required here"),
    ("duplicate case", PLAN, '"OC-02"', '"OC-01"', '"OC-01"\ntitle = "Output current stays in the microcurrent range, mode tone', "case[2].id", "twice"),
    ("duplicate row", LIMITS, '"microcurrent.advisory"', '"microcurrent.ceiling"', '"microcurrent.ceiling"\nmetric = "current.peak"\nupper = "500', "limit[2].id", "twice"),
    ("duplicate key", PLAN, 'id = "microcurrent-facial"', 'schema = 1\nid = "x"', None, "", "not valid TOML"),
    ("unknown row", PLAN, '["microcurrent.ceiling"', '["microcurrent.top"', '"microcurrent.top"', "case[1].limits[1]", "microcurrent.ceiling, microcurrent.advisory"),
    ("unknown mode", PLAN, 'modes = ["lift"]', 'modes = ["left"]', '"left"', "case[1].modes[1]", "lift, tone"),
    ("level too high", PLAN, 'levels = "all"', "levels = [1, 9]", "9]", "case[1].levels[2]", "1 to 8"),
    ("level zero", PLAN, 'levels = "all"', "levels = [0, 8]", "0, 8]", "case[1].levels[1]", "1 to 8"),
    ("unknown procedure", PLAN, '"output_current"', '"output_courant"', '"output_courant"', "case[1].procedure", "output_current, polarity"),
    ("galvanic without sign", GALVANIC, 'polarity = "negative"          # the active electrode is the cathode\n', "", "[[mode]]", "mode[1].polarity", "declares polarity"),
    ("sign against ion", GALVANIC, 'ion = "positive" ', 'polarity = "negative"\nion = "positive" ', '"negative"\nion', "mode[2].polarity", "sign of the ion"),
    ("desincrustation by the anode", GALVANIC, '"negative"', '"positive"', '"positive"', "mode[1].polarity", "cathode"),
    ("lower not below upper", LIMITS, 'upper = "600 µA"', 'upper = "600 µA"\nlower = "700 µA"', '"700 µA"', "limit[1].lower", "less than upper"),
    ("no zone to pass", LIMITS, '"60 µA" ', '"150 µA"\nlower = "300 µA"', '"150 µA"', "limit[1].max_uncertainty", "nothing that can PASS"),
    ("one resource", SIM, '"embedded:digitizer"', '"embedded:smu"', '"embedded:smu"\nmanufacturer = "KEITHLEY INSTRUMENTS"\nmodel = "MODEL DMM', "instruments.digitizer.resource", "resource of smu"),
    ("due too early", LAB, "due = 2027-03-02", "due = 2026-01-02", "2026-01-02", "instruments.smu.calibration.due", "after it was calibrated"),
    ("calibrated tomorrow", LAB, "calibrated = 2026-03-02", "calibrated = 2026-11-23", "2026-11-23", "instruments.smu.calibration.calibrated", "future"),
    ("load too fine", PLAN, '"500 Ω", "2 kΩ"', '"500.05 Ω", "2 kΩ"', '"500.05 Ω"', "case[1].loads[1]", "cannot set it"),
    ("load too large", PLAN, '"500 Ω", "2 kΩ"', '"2 MΩ", "2 kΩ"', '"2 MΩ"', "case[1].loads[1]", "cannot set it"),
    ("too much power in the box", SIM, 'max_power = "1 W"', 'max_power = "5 mW"', None, "case[1].loads[3]", "into the load box, which stands 5 mW"),
    ("too much voltage at the box", SIM, 'max_voltage = "200 V"', 'max_voltage = "5 V"', None, "case[1].loads[3]", "across the load box, which stands 5 V"),
    ("too much power in the shunt", SIM, 'max_power = "0.25 W"', 'max_power = "50 µW"', None, "mode[1].worst_case", "which stands 50 µW"),
    ("too much voltage at the SMU", SIM, 'serial = "SIM-2450-01"', 'serial = "SIM-2450-01"\nmax_voltage = "5 V"', None, "case[1].loads[3]", "reach the SMU"),
    ("too much power in the SMU", SIM, 'serial = "SIM-2450-01"', 'serial = "SIM-2450-01"\nmax_power = "5 mW"', None, "case[1].loads[3]", "to the SMU"),
    ("too much voltage at the digitizer", SIM, 'serial = "SIM-6500-01"', 'serial = "SIM-6500-01"\nmax_voltage = "5 V"', None, "case[1].loads[3]", "at the digitizer's tap"),
    ("too much current for the SMU", PLAN, 'worst_case = "1 mA"', 'worst_case = "2 A"', '"2 A"', "mode[1].worst_case", "beyond the SMU"),
    ("no such range", SIM, '# current_range = "1 mA" ', 'current_range = "2 mA" ', '"2 mA"', "instruments.smu.current_range", "current ranges of this instrument"),
    ("negative tolerance", PLAN, '"30 %"', '"-30 %"', '"-30 %"', "mode[1].declared[1].tolerance", "greater than 0 %"),
    ("negative box tolerance", SIM, '"0.05 %"', '"-0.05 %"', '"-0.05 %"', "instruments.load_box.tolerance", "greater than 0 %"),
    ("mode the device lacks", DEVICE, 'name = "lift"', 'name = "left"', None, "mode[1].name", "modes of the simulated device"),
    ("device level", DEVICE, 'rail = "30 V"', 'rail = "30 A"', '"30 A"', "rail", "which is a current"),
    ("missing limits file", PLAN, '"limits/microcurrent.toml"', '"limits/none.toml"', '"limits/none.toml"', "limits[1]", "there is no such file"),
    ("missing profile", PLAN, '"profiles/microcurrent_routine.toml"', '"profiles"', '"profiles"', "profile", "directory"),
    ("wrong profile", PROFILE, 'claim = "microcurrent"', 'claim = "micro"', '"micro"', "claim", "'microcurrent', 'ems' or 'galvanic'"),
    ("warm bench", PLAN, 'decision_rule = "guard-U"', 'decision_rule = "guard-U"\ntemperature_max = "30 °C"', '"30 °C"', "temperature_max", "gives no temperature_coefficient, so that its accuracy there is unknown"),
    ("cold end above the warm one", PLAN, 'decision_rule = "guard-U"', 'decision_rule = "guard-U"\ntemperature_min = "28 °C"', '"28 °C"', "temperature_min", "must be less than temperature_max"),
    ("later schema", PLAN, "schema = 1", "schema = 2", "2", "schema", "allowed: 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "file", "old", "new", "needle", "key", "said"), BAD, ids=[row[0] for row in BAD])
def test_a_bad_file(
    desk: Desk, name: str, file: str, old: str, new: str, needle: str | None, key: str, said: str
) -> None:
    desk.edit(file, old, new)
    problems = desk.problems(plan=GALVANIC if file == GALVANIC else PLAN, station=LAB if file == LAB else SIM,
                             device=None if file == GALVANIC else DEVICE)  # fmt: skip
    found = [problem for problem in problems if problem.key == key and said in problem.message]
    assert found, [str(problem) for problem in problems]
    if needle is not None:
        assert (found[0].file, found[0].line, found[0].column) == (file, *desk.place(file, needle))


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


UNREADABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (Path.unlink, "no such file"),
    "directory": (_directory, "directory"),
    "symlink loop": (_loop, "form a loop"),
    "pipe": (_pipe, "a regular file is needed"),
    "empty": (lambda path: path.write_bytes(b""), "an empty file"),
    "binary": (lambda path: path.write_bytes(bytes(range(256))), "not UTF-8"),
    "png": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\x00"), "not UTF-8"),
    "not TOML": (lambda path: path.write_text("hello, world"), "not valid TOML"),
    "too large": (lambda path: path.write_bytes(b"#" * (2 << 20)), "at most"),
    "JSON": (lambda path: path.write_text('{"schema": 1}'), "not valid TOML"),
}


@pytest.mark.parametrize("file", [PLAN, LIMITS, PROFILE, SIM, DEVICE])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_is_none(desk: Desk, file: str, kind: str) -> None:
    if os.name == "nt" and kind in ("symlink loop", "pipe"):
        pytest.skip("needs rights or calls that Windows does not give")
    spoil, said = UNREADABLE[kind]
    spoil(desk.path(file))
    problems = desk.problems()
    assert any(file in str(problem) and said in problem.message for problem in problems), problems
    # Nothing is held against the others that only this file would have told.
    assert len(problems) == 1, [str(problem) for problem in problems]


def test_mistakes_of_all_files_are_told_at_once(desk: Desk) -> None:
    desk.edit(PLAN, '"480 µA"', '"480"')
    desk.edit(PLAN, '["microcurrent.ceiling"', '["microcurrent.top"')
    desk.edit(LIMITS, 'status = "unverified"', 'status = "rumour"')
    desk.edit(LIMITS, '"500 µA"', '"-500 µA"')
    desk.edit(PROFILE, 'kind = "routine"', 'kind = "daily"')
    desk.edit(SIM, 'max_power = "1 W"', 'max_power = "5 mW"')
    desk.edit(SIM, "channel = 132", "channel = 131")
    desk.edit(DEVICE, 'rail = "30 V"', 'rail = "30"')
    keys = [(problem.file, problem.key) for problem in desk.problems()]
    assert keys == [
        (PLAN, "mode[1].declared[1].value"),
        (PLAN, "case[1].loads[3]"),
        (PLAN, "case[1].limits[1]"),
        (PLAN, "case[2].loads[3]"),
        (LIMITS, "limit[1].status"),
        (LIMITS, "limit[2].upper"),
        (PROFILE, "kind"),
        (SIM, "shunt[2].channel"),
        (DEVICE, "rail"),
    ]


def test_a_worst_case_is_needed_from_somewhere(desk: Desk) -> None:
    desk.edit(GALVANIC, 'worst_case = "1 mA"\n', "")
    assert desk.load(GALVANIC, device=None)  # what is declared tells
    text = desk.path(GALVANIC).read_text(encoding="utf-8")
    start = text.index("[[mode.declared]]")
    desk.path(GALVANIC).write_text(text[:start] + text[text.index("[[mode]]", start) :], encoding="utf-8")
    desk.edit(GALVANIC, 'modes = ["desincrustation", "iontophoresis"]', 'modes = ["iontophoresis"]')
    problems = desk.problems(GALVANIC, device=None)
    assert [problem.key for problem in problems] == ["mode[1].worst_case"]


def test_the_same_row_in_two_files(desk: Desk) -> None:
    shutil.copy(desk.path(LIMITS), desk.path("test_plans/limits/copy.toml"))
    desk.edit(PLAN, '["limits/microcurrent.toml"]', '["limits/microcurrent.toml", "limits/copy.toml"]')
    assert [(problem.file, problem.key) for problem in desk.problems()] == [
        ("test_plans/limits/copy.toml", "limit[1].id"),
        ("test_plans/limits/copy.toml", "limit[2].id"),
        ("test_plans/limits/copy.toml", "limit[3].id"),
    ]


def _at_500_only(desk: Desk) -> None:
    desk.edit(LIMITS, 'upper = "600 µA"', 'upper = "600 µA"\nloads = ["500 Ω"]')


def test_a_row_about_one_load_leaves_no_other_point_unjudged(desk: Desk) -> None:
    _at_500_only(desk)
    found = desk.problems()
    assert {problem.key for problem in found} == {"case[1].limits[1]", "case[2].limits[1]"}
    assert all("says nothing about" in problem.message and "2 kΩ" in problem.message for problem in found)


def test_a_row_about_a_load_that_its_case_does_not_have_is_refused(desk: Desk) -> None:
    _at_500_only(desk)
    desk.edit(PLAN, 'loads = ["500 Ω", "2 kΩ", "10 kΩ"]', 'loads = ["2 kΩ"]')
    assert any("the case has no such load" in problem.message for problem in desk.problems())


def test_files_of_one_name_stay_apart(desk: Desk) -> None:
    desk.path("test_plans/more").mkdir()
    text = desk.path(LIMITS).read_text(encoding="utf-8").replace('id = "microcurrent', 'id = "more')
    desk.path("test_plans/more/microcurrent.toml").write_text(text, encoding="utf-8")
    desk.edit(PLAN, '["limits/microcurrent.toml"]', '["limits/microcurrent.toml", "more/microcurrent.toml"]')
    names = [file.name for file in desk.load().files]
    assert len(set(names)) == len(names)
    assert "microcurrent-2.toml" in names


@pytest.mark.parametrize(
    ("plan", "device"),
    [
        ("microcurrent_type", "microcurrent_good"),
        ("galvanic_type", "galvanic_good"),
        ("ems_type", "ems_consumer"),
        ("salon_unit", "salon_unit"),
        ("microcurrent_mens", "microcurrent_mens"),
    ],
)
def test_the_simulated_device_is_the_good_one_of_the_model(plan: str, device: str) -> None:
    found = inputs(f"test_plans/{plan}.toml").device
    assert found is not None
    assert found.path.stem == device


def test_a_model_of_which_none_is_simulated_is_that_of_the_modality(desk: Desk) -> None:
    desk.edit(PLAN, 'model = "MC-8"', 'model = "MC-9"')
    found = desk.load(device=None).device
    assert found is not None
    assert found.path.stem == "microcurrent_good"


@pytest.mark.parametrize("character", ["\\u0000", "\\u001b[2J", "\\u202e"])
def test_what_no_screen_can_show_is_named_all_the_same(desk: Desk, character: str) -> None:
    desk.edit(PROFILE, 'rule = "guard-U"', f'rule = "guard{character}"')
    with pytest.raises(InvalidInputs, match="are allowed") as invalid:
        desk.load()
    assert all(str(problem).isprintable() for problem in invalid.value.problems)


@pytest.fixture(scope="module")
def fuzz_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return _desk(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("file", [PLAN, LIMITS, PROFILE, SIM, DEVICE])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_gives_inputs_or_problems(fuzz_desk: Desk, file: str, data: st.DataObject) -> None:
    path = fuzz_desk.path(file)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    spoilt = list(lines)
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(lines) - 1))
        key = spoilt[index].partition("=")[0]
        value = data.draw(st.sampled_from(VALUES))
        spoilt[index] = data.draw(st.sampled_from(["", f"{key}= {value}\n", spoilt[index] * 2, f"{value}\n"]))
    try:
        path.write_text("".join(spoilt), encoding="utf-8")
        fuzz_desk.load()
    except InvalidInputs as invalid:
        assert invalid.problems
        assert all(str(problem).isprintable() for problem in invalid.problems)
    finally:
        path.write_text("".join(lines), encoding="utf-8")


VALUES = [
    "0", "-1", "1", "9e99", "nan", "inf", "true", '""', '"x"', '"0 A"', '"1e99 A"', '"1e-99 A"', '"-1 A"', '"0 Ω"',
    '"1e-99 Ω"', '"9e99 Ω"', '"1 s"', '"0 s"', '"100 %"', '"0 %"', "[]", "[[]]", "[1]", '["x"]', '["lift"]', '["0.1 Ω"]',
    "{}", "[{}]", "[1, {}]", "{x = 1}", "2026-01-01", "2026-01-01T00:00:00Z", '"+1 d"', '"embedded:smu"', '"manual"',
    '"\\u0000"', '"../x"', '"galvanic"', '"polarity"', '["declared"]', "99999999999999999999999999", "[[mode]]",
]  # fmt: skip
