# SPDX-License-Identifier: MIT
"""Options that do not fit together, or do not fit the station."""

import os.path
from collections.abc import Iterator
from pathlib import Path

from bench.session.inputs import Inputs
from bench.session.options import CHECKOUT, DEFAULT_PLAN, DEVICES, STATIONS, Options
from instruments.station_file import StationFile


def unknown_names(*, plan: Path, station: Path, device: Path | None = None, fault: str | None = None) -> Iterator[str]:
    """Yield each name that stands for nothing, with those that do.

    :param station: like ``device``, a file; one of a shipped folder was given by name.
    """
    if not os.path.exists(plan):
        yield f"plan {plan}: no such file; {_shipped(DEFAULT_PLAN.parent)}"
    for option, file, folder in (("station", station, STATIONS), ("sim-device", device, DEVICES)):
        if file is not None and file.parent == folder and not os.path.exists(file):
            yield f"--{option}={file.stem}: no such name; {_shipped(folder)}; a file of your own ends in .toml"
    if fault is not None:
        from instruments.sim.faults import FAULTS

        if fault not in FAULTS:
            yield f"--sim-fault={fault}: no such fault; there are {', '.join(sorted(FAULTS))}"


def _shipped(folder: Path) -> str:
    names = ", ".join(sorted(file.stem for file in folder.glob("*.toml")))
    return f"shipped in {folder.relative_to(CHECKOUT).as_posix()} are {names}"


def usage_problems(options: Options, inputs: Inputs) -> list[str]:
    """Return every mistake in how the bench was called, in words."""
    found = [] if inputs.station.embedded else list(_real_problems(options, inputs))
    if options.resume is not None and options.run_dir is not None:
        found.append(f"--run-dir={options.run_dir}: a run goes on in its own folder, {options.resume}")
    elif options.run_dir is not None and os.path.lexists(options.run_dir):
        found.append(f"--run-dir={options.run_dir}: exists; every run has a folder of its own, name a new one")
    return found


def _real_problems(options: Options, inputs: Inputs) -> Iterator[str]:
    for name in ("sim_device", "sim_fault", "sim_seed", "sim_pace"):
        if getattr(options, name) is not None:
            yield f"--{name.replace('_', '-')}: station {inputs.station.name} is not the embedded simulated bench"
    for name in ("dut_serial", "operator"):
        if not getattr(options, name):
            yield f"--{name.replace('_', '-')} is required on a real station"
    yield from by_hand(inputs.station)


def by_hand(station: StationFile) -> Iterator[str]:
    """Yield that a station is worked by hand, which this version cannot do."""
    roles = ", ".join(station.manual_roles)
    if roles:
        yield (
            f'{station.name}: driver = "manual" for {roles}: valid in a station file, '
            "but this version cannot run it yet; use drivers for these roles"
        )
