# SPDX-License-Identifier: MIT
"""Options that do not fit together, or do not fit the station."""

from collections.abc import Iterator

from bench.session.inputs import Inputs
from bench.session.options import Options


def usage_problems(options: Options, inputs: Inputs) -> list[str]:
    """Return every mistake in how the bench was called, in words."""
    simulated = inputs.station.embedded
    found = list(_simulated_problems(options) if simulated else _real_problems(options, inputs))
    if options.run_dir is not None and options.run_dir.exists():
        found.append(f"--run-dir={options.run_dir}: exists; every run has a folder of its own, name a new one")
    return found


def _simulated_problems(options: Options) -> Iterator[str]:
    from instruments.sim.faults import FAULTS

    if options.sim_fault is not None and options.sim_fault not in FAULTS:
        yield f"--sim-fault={options.sim_fault}: no such fault; there are {', '.join(sorted(FAULTS))}"


def _real_problems(options: Options, inputs: Inputs) -> Iterator[str]:
    for name in ("sim_device", "sim_fault", "sim_seed", "sim_pace"):
        if getattr(options, name) is not None:
            yield f"--{name.replace('_', '-')}: station {inputs.station.name} is not the embedded simulated bench"
    for name in ("dut_serial", "operator"):
        if not getattr(options, name):
            yield f"--{name.replace('_', '-')} is required on a real station"
    by_hand = ", ".join(inputs.station.manual_roles)
    if by_hand:
        yield (
            f'{inputs.station.name}: driver = "manual" for {by_hand}: valid in a station file, '
            "but this version cannot run it yet; use drivers for these roles"
        )
