# SPDX-License-Identifier: MIT
"""A bench whose output nobody confirmed to be off is kept from the next run until somebody has looked at it."""

import json
from pathlib import Path

import pytest

from instruments.errors import BenchError
from instruments.safety.alarm import Alarm


@pytest.fixture
def alarm(tmp_path: Path) -> Alarm:
    return Alarm(tmp_path / "alarms" / "lab.json")


def test_no_alarm_keeps_nobody_away(alarm: Alarm) -> None:
    alarm.check()
    assert alarm.acknowledge("JV") is None


def test_an_alarm_names_what_happened_and_the_way_out(alarm: Alarm) -> None:
    alarm.sound(["smu", "shunt_current"], run="run 7", by="harness")
    with pytest.raises(BenchError, match=r"smu, shunt_current.*run 7.*python -m bench acknowledge") as refused:
        alarm.check()
    assert refused.value.code == "station_locked"


def test_the_first_cause_stays(alarm: Alarm) -> None:
    alarm.sound(["dut"], run="run 7", by="harness")
    alarm.sound(["smu"], run="run 7", by="guard")
    assert json.loads(alarm.file.read_text())["unconfirmed"] == ["dut"]


def test_acknowledged_it_is_off_and_on_record(alarm: Alarm) -> None:
    alarm.sound(["dut"], run="run 7", by="guard")
    body = alarm.acknowledge("JV")
    assert body is not None and (body["operator"], body["by"]) == ("JV", "guard")
    alarm.check()
    (kept,) = alarm.file.parent.glob("lab.*.json")
    assert json.loads(kept.read_text()) == body


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[1]", b"null"])
def test_an_alarm_that_cannot_be_read_is_an_alarm(alarm: Alarm, content: bytes) -> None:
    alarm.file.parent.mkdir()
    alarm.file.write_bytes(content)
    with pytest.raises(BenchError):
        alarm.check()
    assert alarm.acknowledge("JV") is not None
