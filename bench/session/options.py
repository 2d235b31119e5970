# SPDX-License-Identifier: MIT
"""The bench's options: what a user can say on the command line, and the environment twins of three of them."""

import argparse
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT_PLAN = CHECKOUT / "test_plans" / "microcurrent_facial.toml"
DEFAULT_STATION = "sim"
STATIONS = CHECKOUT / "instruments" / "stations"
DEVICES = CHECKOUT / "instruments" / "sim" / "devices"
_DAY = 86400


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for, with defaults and environment applied; paths are absolute."""

    plan: Path
    station: Path
    dut_serial: str | None
    operator: str | None
    run_root: Path
    run_dir: Path | None
    sim_device: Path | None
    sim_fault: str | None
    sim_seed: int | None
    sim_pace: float | None
    resume: Path | None = None
    ledger_mirror: Path | None = None

    @property
    def serial(self) -> str:
        """The device's serial number, as given or as the simulated bench has it."""
        return self.dut_serial or "SIM-0001"

    @property
    def by(self) -> str:
        """Who runs the bench."""
        return self.operator or "simulated"

    def remembered(self) -> dict[str, object]:
        """Return how the bench was called, as the journal keeps it: a run goes on without being told again."""
        return {
            "plan": str(self.plan),
            "station": str(self.station),
            "dut_serial": self.dut_serial,
            "operator": self.operator,
            "sim_device": str(self.sim_device) if self.sim_device else None,
            "sim_fault": self.sim_fault,
            "sim_seed": self.sim_seed,
        }


def add_options(parser: pytest.Parser) -> None:
    """Add the group ``stimcert``; write ``--plan=FILE``, since pytest takes a lone FILE for a test path as well."""
    group = parser.getgroup("stimcert", "test bench for electrotherapy stimulators")
    add = group.addoption
    add("--plan", metavar="FILE", help="test plan; write --plan=FILE (default: the shipped microcurrent plan)")
    add("--station", metavar="NAME|FILE", help="station file or the name of a shipped one (default: sim)")
    add("--dut-serial", metavar="TEXT", help="serial number of the device; required on a real station")
    add("--operator", metavar="TEXT", help="who runs the bench; required on a real station")
    add("--run-root", metavar="DIR", help="where run folders are made (default: runs/ in the checkout)")
    add("--run-dir", metavar="DIR", help="the folder of this run; must not exist")
    add("--resume", metavar="RUN", help="go on with a run that died or was stopped, in its own folder")
    add("--ledger-mirror", metavar="FILE", help="append the head of the station's ledger to FILE as well")
    add("--sim-device", metavar="NAME|FILE", help="simulated station: which device is on the bench")
    add("--sim-fault", metavar="NAME", help="simulated station: break the bench in a named way")
    add("--sim-seed", metavar="N", type=_seed, help="simulated station: seed of hidden errors and noise (default: 0)")
    add("--sim-pace", metavar="SECONDS", type=_pace, help="simulated station: real delay per reading")


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; whole numbers from 0 are allowed")
    return int(text)


def _pace(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < _DAY:
        raise argparse.ArgumentTypeError(f"{text!r} is no delay; 0 to {_DAY} (s) are allowed")
    return seconds


def read_options(config: pytest.Config) -> Options:
    """Return the options of this session.

    Precedence: command line, environment (``STIMCERT_PLAN``, ``STIMCERT_STATION``), default. Paths from the user
    resolve from where pytest was started; defaults resolve from the checkout.
    """
    start = config.invocation_params.dir
    get = config.getoption
    plan = get("--plan") or os.environ.get("STIMCERT_PLAN")
    station = get("--station") or os.environ.get("STIMCERT_STATION") or DEFAULT_STATION
    run_root, run_dir, device = get("--run-root"), get("--run-dir"), get("--sim-device")
    resume, mirror = get("--resume"), get("--ledger-mirror")
    return Options(
        plan=start / plan if plan else DEFAULT_PLAN,
        station=named_or_file(station, STATIONS, start),
        dut_serial=get("--dut-serial"),
        operator=get("--operator"),
        run_root=start / run_root if run_root else CHECKOUT / "runs",
        run_dir=start / run_dir if run_dir else None,
        sim_device=named_or_file(device, DEVICES, start) if device else None,
        sim_fault=get("--sim-fault"),
        sim_seed=get("--sim-seed"),
        sim_pace=get("--sim-pace"),
        resume=start / resume if resume else None,
        ledger_mirror=start / mirror if mirror else None,
    )


def as_before(options: Options, given: Callable[[str], object], before: Mapping[str, Any]) -> Options:
    """Return the options of a run that goes on: what was not given is as it was.

    :param given: what the user gave for an option of pytest's, None for nothing.
    :param before: what :meth:`Options.remembered` returned then.
    """
    missing = [key for key in before if given(f"--{key.replace('_', '-')}") is None]
    kept = {key: before[key] for key in missing if before[key] is not None}
    paths = {key: Path(value) for key, value in kept.items() if key in ("plan", "station", "sim_device")}
    return replace(options, **{**kept, **paths})


def named_or_file(text: str, folder: Path, start: Path) -> Path:
    """Return the shipped file of that name, or the user's own when ``text`` has a path or an ending."""
    if text.endswith(".toml") or "/" in text or os.sep in text:
        return start / text
    return folder / f"{text}.toml"
