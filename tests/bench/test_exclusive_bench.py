# SPDX-License-Identifier: MIT
"""Two runs on one bench: the second is refused at once and told who is there. An alarm keeps every run out."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.opening import alarm_of
from instruments.station_file import StationFile
from stimcert.strict_toml import load
from tests.bench.command import PATIENCE, run_bench, run_verb, start, state_in
from tests.bench.served import served_bench, station_on

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
WHO = ("--dut-serial=SIM-0001", "--operator=JV")


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the station file of a bench that is served."""
    for name, value in state_in(tmp_path / "state").items():
        monkeypatch.setenv(name, value)
    with served_bench("--pace", "0.01") as ports:
        yield station_on(ports, tmp_path / "served.toml")


def test_the_second_run_on_a_bench_is_refused_and_told_who_is_there(station: Path, tmp_path: Path) -> None:
    state = state_in(tmp_path / "state")
    first = start(tmp_path / "first", f"--station={station}", *WHO, where=tmp_path / "first.txt", **state)
    try:
        log, deadline, pause = tmp_path / "first" / "guard.jsonl", time.monotonic() + PATIENCE, threading.Event()
        while not log.exists() and time.monotonic() < deadline and first.poll() is None:
            pause.wait(0.01)
        second = run_bench(tmp_path / "second", f"--station={station}", *WHO, **state)
        assert first.poll() is None, "the first run ended too early to be in anybody's way"
    finally:
        first.terminate()
        first.wait(PATIENCE)
    assert (second.code, second.record["verdict"]) == (1, "ERROR")
    reason = second.case("STATION")["reason"]
    assert reason["code"] == "bench_in_use"
    assert f"first, process {first.pid}" in reason["text"]
    assert reason["text"] in second.words
    waited = [second.record[key] for key in ("started", "ended")]
    seconds = [float(moment[17:-1]) + 60 * int(moment[14:16]) for moment in waited]
    assert (seconds[1] - seconds[0]) % 3600 < 1.0
    # The first one was not disturbed: what ended it is the signal, and it ended safe.
    record = json.loads((tmp_path / "first" / "record.json").read_text(encoding="utf-8"))
    assert (record["verdict"], record["safe_state"]["confirmed"]) == ("ABORTED", True)


def test_an_alarm_keeps_every_run_out_until_it_is_acknowledged(station: Path, tmp_path: Path) -> None:
    file = load(station.read_bytes(), StationFile, station.name).value
    alarm_of(file).sound(["smu"], run="an earlier run", by="guard")
    locked = run_bench(tmp_path / "locked", f"--station={station}", *WHO, **state_in(tmp_path / "state"))
    assert (locked.code, locked.case("STATION")["reason"]["code"]) == (1, "station_locked")
    assert locked.record["device_finding"] == "NOT_RUN"
    nameless = run_verb("acknowledge", str(station))
    assert nameless.code == 4
    freed = run_verb("acknowledge", str(station), "--operator=JV")
    assert (freed.code, "an earlier run" in freed.out) == (0, True)
    again = run_verb("acknowledge", str(station), "--operator=JV")
    assert (again.code, "no alarm" in again.out) == (0, True)
