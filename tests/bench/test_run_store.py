# SPDX-License-Identifier: MIT
"""When nothing can be stored any more: the bench is safe first, then there is room to say so, and it stays safe."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.session.preflight import clock_problems, prepare, room_problems
from bench.session.run_store import FAST, RunStore, StoreWitness
from bench.session.software import RELEASED
from instruments.errors import BenchError
from instruments.witness import Witnessed
from stimcert.store.host import Host, hosted
from stimcert.store.journal import Journal
from stimcert.store.journal_file import read_events
from stimcert.store.run_folder import BALLAST, RunFolder, iso, utc_now
from tests.bench.parts import inputs
from tests.stimcert.test_record import begun, case

SAFE = {"confirmed": True, "unconfirmed": []}
BACKING = {"approved": False, "job": False, "profile_gaps": []}


class Disk(Host):
    """A disk that a test fills; the ballast gives way to so many commits."""

    def __init__(self, room: int = 2) -> None:
        self.full = False
        self.dead = False
        self.room = room
        self.time = 0.0
        self.commits = 0
        self.steps: list[str] = []

    def monotonic(self) -> float:
        return self.time

    def execute(
        self, connection: sqlite3.Connection, statement: str, parameters: Sequence[object] = ()
    ) -> sqlite3.Cursor:
        if statement.startswith(("INSERT", "COMMIT")):
            self.commits += 1
            if self.full or self.dead:
                self.steps.append("commit failed")
                raise sqlite3.OperationalError("database or disk is full")
        return super().execute(connection, statement, parameters)

    def write(self, path: str | Path, data: bytes) -> None:
        if self.full or self.dead:
            raise OSError(28, "No space left on device", str(path))
        super().write(path, data)

    def remove(self, path: Path) -> None:
        self.steps.append(f"{path.name} removed")
        self.full = False
        super().remove(path)

    def write_new(self, path: str | Path, pieces: Iterable[str]) -> None:
        if self.dead:
            raise OSError(5, "Input/output error", str(path))
        super().write_new(path, pieces)


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    with hosted(made):
        yield made


@pytest.fixture
def store(disk: Disk, tmp_path: Path) -> RunStore:
    folder = RunFolder(tmp_path / "run")
    disk.reserve(folder.path / BALLAST, 1000)

    def make_safe() -> dict[str, object]:
        disk.steps.append("bench safe")
        return SAFE

    made = RunStore(folder, Journal(folder.path / "journal.sqlite"), make_safe)
    kind, _, body = begun("A-01", backing=BACKING, ledger=None)
    found = {"station": {"instruments": []}, "software": {"released": False, "version": "0"}, "plan": {"profile": "p"}}
    made.log(kind, body | found)
    for kind, _, body in case("STATION", "PASS"):
        made.log(kind, body)
    return made


def test_a_full_disk_makes_the_bench_safe_first_and_the_run_error(store: RunStore, disk: Disk) -> None:
    for kind, _, body in case("A-01", "PASS"):
        store.log(kind, body)
    disk.full = True
    with pytest.raises(BenchError, match="full") as error:
        store.log("measurement", case("A-01", "PASS")[1][2])
    assert error.value.code == "storage_failed"
    assert disk.steps == ["commit failed", "bench safe", "ballast removed"]
    store.log("safe_state", SAFE)
    store.log("run_ended", {})
    record = store.conclude(sealed=True)
    assert (record["verdict"], record["reason"]["code"]) == ("ERROR", "storage_failed")
    kinds = [event.kind for event in read_events(store.folder.path / "journal.sqlite")]
    # What could not be stored then is there as well.
    assert kinds.count("measurement") == 3
    assert kinds.count("run_error") == 1


def test_a_waveform_that_cannot_be_stored_does_the_same(store: RunStore, disk: Disk, monkeypatch: Any) -> None:
    def full(*_: object) -> dict[str, str]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bench.session.run_store.save_waveform", full)
    with pytest.raises(BenchError, match="No space left"):
        store.keep_waveform("A-01_0001", None)  # type: ignore[arg-type]
    assert disk.steps == ["bench safe", "ballast removed"]


def test_nothing_energises_the_bench_once_something_could_not_be_stored(store: RunStore, disk: Disk) -> None:
    done: list[str] = []

    class Device:
        def start(self) -> None:
            done.append("start")

        def stop(self) -> None:
            done.append("stop")

    device = Witnessed(Device(), "dut", StoreWitness(store))
    disk.full = True
    with pytest.raises(BenchError, match="full"):
        device.start()
    assert done == []
    with pytest.raises(BenchError, match=r"dut\.start refused"):
        device.start()
    device.stop()
    assert done == ["stop"]


def test_a_disk_that_takes_nothing_any_more_leaves_no_record_and_a_safe_bench(store: RunStore, disk: Disk) -> None:
    disk.dead = True
    for _ in range(3):
        with pytest.raises(BenchError):
            store.log("done", {})
    with pytest.raises(BenchError):
        store.conclude(sealed=True)
    assert disk.steps.count("bench safe") == 1
    assert not (store.folder.path / "record.json").exists()
    kinds = [event.kind for event in read_events(store.folder.path / "journal.sqlite")]
    assert kinds == ["run_begun", "case_begun", "measurement", "case_ended"]


@pytest.mark.parametrize(
    ("verdict", "pace", "commits"),
    [("PASS", FAST / 2, 0), ("FAIL", FAST / 2, 1), ("INCONCLUSIVE", FAST / 2, 1), ("PASS", FAST * 2, 1)],
)
def test_a_pass_between_fast_steps_shares_the_next_commit(
    store: RunStore, disk: Disk, verdict: str, pace: float, commits: int
) -> None:
    for _ in range(2):
        disk.time += pace
        store.intend({"role": "dut", "do": "level_up"})
    before = disk.commits
    store.log("measurement", case("A-01", verdict)[1][2], durable=False)
    store.results_in()
    assert disk.commits - before == commits


def test_what_is_about_to_energise_is_on_disk_before_it_is_done(store: RunStore, disk: Disk) -> None:
    class Device:
        def set_level(self, level: int) -> None:
            disk.steps.append(f"set_level {level} after {disk.commits} commits")

        def stop(self) -> None:
            disk.steps.append(f"stop after {disk.commits} commits")

        def fail(self) -> None:
            raise AssertionError

    device, before = Witnessed(Device(), "dut", StoreWitness(store)), disk.commits
    device.set_level(5)
    device.stop()
    assert disk.steps == [f"set_level 5 after {before + 1} commits", f"stop after {before + 1} commits"]
    store.log("run_ended", {})
    intent, *done, _ = list(store._journal.events())[-4:]
    assert (intent.kind, intent.body) == ("intent", {"role": "dut", "do": "set_level", "with": [5]})
    assert [event.body for event in done] == [
        {"role": "dut", "do": "set_level", "with": [5], "intent": intent.seq},
        {"role": "dut", "do": "stop"},
    ]


class Levels:
    """A device of which only the level can be changed."""

    def set_level(self, level: int) -> None:
        pass


@pytest.mark.parametrize(
    ("pace", "asked", "with_results", "when_asked"),
    [(FAST / 2, 6, 1, 0), (FAST / 2, 1, 1, 1), (FAST * 2, 6, 2, 1)],
    ids=["as foreseen", "otherwise", "slow steps"],
)
def test_a_foreseen_intent_goes_to_the_disk_with_the_results_before_it(
    store: RunStore, disk: Disk, pace: float, asked: int, with_results: int, when_asked: int
) -> None:
    device = Witnessed(Levels(), "dut", StoreWitness(store))
    for level in (4, 5):
        disk.time += pace
        device.set_level(level)
    device.foresee("set_level", 6)
    before = disk.commits
    for _ in range(2):  # of all that is taken at this level, the first takes it along
        store.log("measurement", case("A-01", "PASS")[1][2], durable=False)
        store.results_in()
    assert disk.commits - before == with_results
    disk.time += pace
    device.set_level(asked)
    assert disk.commits - before == with_results + when_asked
    device.set_level(6)  # it was foreseen once
    assert disk.commits - before == with_results + when_asked + 1


def test_the_result_names_the_intent_that_was_foreseen(store: RunStore, disk: Disk) -> None:
    device = Witnessed(Levels(), "dut", StoreWitness(store))
    for level in (4, 5):
        device.set_level(level)
    device.foresee("set_level", 6)
    store.log("measurement", case("A-01", "PASS")[1][2], durable=False)
    store.results_in()
    device.set_level(6)
    *_, intent, done = store._journal.events()
    assert (intent.kind, intent.body) == ("intent", {"role": "dut", "do": "set_level", "with": [6]})
    assert (done.kind, done.body) == ("done", intent.body | {"intent": intent.seq})


def test_what_was_foreseen_is_refused_once_something_could_not_be_stored(store: RunStore, disk: Disk) -> None:
    device = Witnessed(Levels(), "dut", StoreWitness(store))
    device.set_level(5)
    device.foresee("set_level", 6)
    store.results_in()
    disk.full = True
    with pytest.raises(BenchError, match="full"):
        store.log("done", {})
    with pytest.raises(BenchError, match=r"dut\.set_level refused"):
        device.set_level(6)


def test_a_clock_that_cannot_be_right_is_refused() -> None:
    now = utc_now()
    later, sooner = iso(now.replace(year=now.year + 1)), iso(now.replace(year=now.year - 1))
    assert list(clock_problems("")) == list(clock_problems(sooner)) == []
    assert "has an entry of" in next(clock_problems(later))

    class Before(Host):
        def now(self) -> Any:
            return now.replace(year=RELEASED.year - 1)

    with hosted(Before()):
        assert f"was made on {RELEASED}" in next(clock_problems(""))


def test_a_run_without_room_is_refused_before_it_begins(tmp_path: Path) -> None:
    class Small(Host):
        def free_space(self, path: Path) -> int:
            assert path == tmp_path
            return 10_000_000

    with hosted(Small()):
        (problem,) = room_problems(tmp_path / "runs" / "run", inputs())
    assert "10 MB are free" in problem
    assert list(room_problems(tmp_path / "run", inputs())) == []


def test_a_disk_that_gives_back_something_else_is_found(tmp_path: Path) -> None:
    class Lying(Host):
        def append(self, path: Path, data: bytes) -> None:
            super().append(path, bytes(len(data)))

    with hosted(Lying()), pytest.raises(OSError, match="does not come back"):
        prepare(tmp_path, inputs())
    prepare(tmp_path, inputs())
    assert (tmp_path / BALLAST).stat().st_size > 8_000_000
