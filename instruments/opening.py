# SPDX-License-Identifier: MIT
"""From a station file to an open station: alarm, locks, helper processes, sessions, in this order."""

import datetime
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from instruments.connections import open_all, resources_of, safe_recipe
from instruments.embedded import SimOptions
from instruments.errors import BenchError
from instruments.helpers import Helpers
from instruments.safety.alarm import Alarm
from instruments.safety.bench_lock import BenchLock
from instruments.safety.heartbeat import Heartbeat
from instruments.safety.watch import Watch
from instruments.station import Station
from instruments.station_file import StationFile
from stimcert.store.file_lock import user_state_dir

__all__ = ["SimOptions", "alarm_of", "open_station"]

EXPIRED_FAULT, EXPIRED_REFERENCE = "calibration_expired", "reference_expired"


def alarm_of(file: StationFile) -> Alarm:
    """Return the alarm of a station."""
    return Alarm(user_state_dir() / "alarms" / f"{file.name}.json")


def open_station(
    file: StationFile,
    *,
    run_dir: Path | None = None,
    sim: SimOptions | None = None,
    today: datetime.date | None = None,
    helpers: Helpers | None = None,
    log: str = "simulator.log",
) -> Station:
    """Open a station: guard, simulator where there is one, and a session to each instrument. Nothing is energised.

    :param run_dir: where ``guard.jsonl`` and ``simulator.log`` go; None keeps neither.
    :param sim: which device and faults, on the embedded simulated station.
    :param today: the day against which certificates are held; the present one without it.
    :param helpers: guard and simulator, started before; without them they are started here.
    :param log: name of the simulator's account in ``run_dir``.
    :raises BenchError: when the bench is locked or in use, or guard, simulator or an instrument cannot be reached; all
        processes are gone then.
    """
    if file.manual_roles:
        raise BenchError(f"this version cannot run roles by hand: {', '.join(file.manual_roles)}")
    run = run_dir.name if run_dir is not None else "a program without a run"
    with ExitStack() as undo:
        helpers = (helpers or Helpers.start(simulated=file.embedded)).fit(simulated=file.embedded)
        guard, simulator = helpers.guard, helpers.simulator
        undo.callback(guard.abandon)
        if simulator is not None:
            undo.callback(simulator.stop)
            simulator.hand_over(sim or SimOptions(), log=run_dir / log if run_dir else None)
            # They take their time to load, and so does the simulator to get ready.
            import_module("instruments.drivers")
        if sim is not None and EXPIRED_FAULT in sim.faults:
            file = file.with_expired_calibration()
        if sim is not None and EXPIRED_REFERENCE in sim.faults:
            file = file.with_expired_reference()
        resources = resources_of(file, simulator.resource if simulator else None)
        lock, alarm = (None, None) if file.embedded else _keep_out(file, resources, run, undo)
        beat = Heartbeat(guard.beat, limit=file.hang_after.si)
        drivers, clock = open_all(file, resources, undo, beat)
        guard.hand_over(
            safe_recipe(
                drivers,
                resources,
                run_dir,
                locks=lock.files if lock is not None else (),
                alarm=alarm.file if alarm is not None else None,
            )
        )
        watch = Watch(guard=guard, beat=beat, lock=lock, alarm=alarm, run=run)
        station = Station(
            file, drivers, resources, clock, watch=watch, simulator=simulator, today=today or datetime.date.today()
        )
        undo.pop_all()
    return station


def _keep_out(file: StationFile, resources: dict[str, str], run: str, undo: ExitStack) -> tuple[BenchLock, Alarm]:
    """Lock a bench that others can reach, unless its alarm is on."""
    alarm = alarm_of(file)
    alarm.check()
    lock = BenchLock(resources.values(), run)
    undo.callback(lock.release)
    return lock, alarm
