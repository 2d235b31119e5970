# SPDX-License-Identifier: MIT
"""Sessions and drivers of all roles of a station file, and what the guard must know about them."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from instruments.embedded import PREFIX
from instruments.errors import BenchError
from instruments.roles import Clock
from instruments.safety.guard_log import FILE
from instruments.safety.recipe import SAFE_ORDER, Recipe, SafeCommands, library_of
from instruments.station_file import StationFile

if TYPE_CHECKING:
    from instruments.drivers import ScpiInstrument


def resources_of(file: StationFile, embedded: Callable[[str], str] | None) -> dict[str, str]:
    """Return the VISA resource of each connected role.

    :param embedded: gives the VISA resource of an instrument of the embedded simulator; None without one.
    """
    connected = {role: entry.resource for role, entry in file.instruments.items() if entry.connected}
    return {role: _resolve(resource, embedded) for role, resource in connected.items()}


def open_all(
    file: StationFile, resources: Mapping[str, str], undo: ExitStack, beat: Callable[[float], None]
) -> "tuple[dict[str, ScpiInstrument], Clock]":
    """Open a session to every connected role; say of all that cannot be reached at once.

    :param resources: VISA resource of each of them.
    :param undo: gets what closes the sessions again.
    :param beat: the harness's sign of life.
    :return: the drivers by role, and the clock.
    :raises BenchError: naming every role that cannot be reached.
    """
    from instruments.drivers import build, build_clock, door

    clock, clock_driver = build_clock(file, resources.get("clock"), beat)
    drivers: dict[str, ScpiInstrument] = {}
    if clock_driver is not None:
        undo.callback(clock_driver.adapter.close)
        drivers["clock"] = clock_driver
    errors: list[BenchError] = []
    for role in resources:
        if role in drivers:
            continue
        try:
            adapter = door(role, resources[role], file.instruments[role].timeout.si, beat)
            undo.callback(adapter.close)
            drivers[role] = build(role, file, adapter, clock)
        except BenchError as error:
            errors.append(error)
    if errors:
        raise BenchError("; ".join(map(str, errors)), code=errors[0].code, **errors[0].params)
    return drivers, clock


def _resolve(resource: str | None, embedded: Callable[[str], str] | None) -> str:
    if resource is None:
        raise BenchError("a connected role has no resource")
    if not resource.startswith(PREFIX):
        return resource
    if embedded is None:
        raise BenchError(f"{resource} needs the embedded simulator: write [simulator] embedded = true")
    return embedded(resource.removeprefix(PREFIX))


def safe_recipe(
    drivers: "Mapping[str, ScpiInstrument]",
    resources: Mapping[str, str],
    run_dir: Path | None,
    *,
    locks: Sequence[Path] = (),
    alarm: Path | None = None,
) -> Recipe:
    """Return the guard's recipe from what each driver says of its own way to safety.

    :param locks: files of the bench's locks.
    :param alarm: the station's alarm; None where nothing outlives the run.
    """
    commands = tuple(
        SafeCommands(
            role=role,
            resource=resources[role],
            off=drivers[role].safe_steps.off,
            ask=drivers[role].safe_steps.ask,
            library=library_of(resources[role]),
        )
        for role in SAFE_ORDER
        if role in drivers
    )
    return Recipe(
        roles=commands,
        log=str(run_dir / FILE) if run_dir else None,
        harness=os.getpid(),
        locks=tuple(map(str, locks)),
        alarm=str(alarm) if alarm else None,
    )
