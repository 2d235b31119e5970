# SPDX-License-Identifier: MIT
"""One bench check from opening to its sealed result: station check, dummy, station check again, bench safe."""

import datetime
from contextlib import suppress
from typing import Any

from bench.session.bench_check import check_dummy
from bench.session.errors import reason_of_exception
from bench.session.inputs import Inputs
from bench.session.software import software
from bench.session.station_check import StationCheck
from instruments.embedded import SimOptions
from instruments.opening import open_station
from instruments.station import Station
from stimcert.bench_check import GOOD, SCHEMA, sealed
from stimcert.store.run_folder import iso, utc_now

SIMULATED_DUMMY = 500.0
"""What lies in the device's place on the simulated bench, Ω."""


def bench_check(
    inputs: Inputs, *, operator: str, seed: int = 0, faults: tuple[str, ...] = (), dummy: float | None = SIMULATED_DUMMY
) -> dict[str, Any]:
    """Check a bench and return the sealed result. Whatever goes wrong is its text, and its verdict is ERROR.

    :param operator: who put the dummy there.
    :param seed: of the simulated bench, with its ``faults`` and its ``dummy`` (Ω; None for the stimulator).
    """
    found: dict[str, Any] = {"started": iso(utc_now()), "points": [], "checks": 0, "serials": {}, "text": ""}
    sim = SimOptions(seed=seed, faults=faults, dummy=dummy) if inputs.station.embedded else None
    try:
        with open_station(inputs.station, sim=sim) as station:
            _measure(station, inputs, found)
            confirmed = station.safe_off().confirmed
        found["text"] = _text(found["points"], confirmed)
    except Exception as error:  # an interrupt passes: then there is no result
        found["text"] = reason_of_exception(error, phase="the bench check").text
    facts = {
        "schema": SCHEMA,
        "station": inputs.station.name,
        "operator": operator,
        "plan": inputs.plan.id,
        "verdict": "ERROR" if found["text"] else GOOD,
        "software": {key: software()[key] for key in ("version", "commit")},
        "ended": iso(datetime.datetime.now(datetime.UTC)),
    }
    return sealed({**found, **facts})


def _measure(station: Station, inputs: Inputs, found: dict[str, Any]) -> None:
    identified = station.identify()
    found["serials"] = {entry.role: entry.serial for entry in identified}
    found["simulated"] = any(entry.simulated for entry in identified)
    station.check_identities()
    station.arm_guard()

    def count(*words: object, **facts: object) -> None:
        found["checks"] += 1

    check = StationCheck(station, inputs, count)
    check.opening()
    found["points"] = check_dummy(check.context)
    check.closing()
    with suppress(Exception):
        found["temperature"] = check.context.state.temperature


def _text(points: list[dict[str, Any]], confirmed: bool) -> str:
    """Return what is wrong, empty when nothing is."""
    wrong = [
        f"{point['side']} the limit the dummy is {point['verdict']}, {point['wanted']} is right"
        for point in points
        if point["verdict"] != point["wanted"]
    ]
    if not points:
        wrong.append("nothing was measured")
    if not confirmed:
        wrong.append("output off unconfirmed")
    return "; ".join(wrong)
