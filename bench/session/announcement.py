# SPDX-License-Identifier: MIT
"""The lines with which a run begins and which ``check-plan`` prints: device, plan, station, cases, certificate."""

from collections.abc import Iterable

from bench.session.case_facts import case_facts
from bench.session.certified_currents import unproven_ranges
from bench.session.forecast import forecast_lines
from bench.session.inputs import Inputs
from bench.session.software import software
from bench.session.usage import by_hand
from instruments.data_sheets import load_accuracy
from instruments.identity import calibration_mismatches
from instruments.station_file import StationFile
from stimcert.bench_check import objection
from stimcert.certificate import Backing, foreseeable
from stimcert.profile import gaps
from stimcert.quantity import show
from stimcert.reason import Reason
from stimcert.store.bench_checks import read_bench_check
from stimcert.store.run_folder import utc_now


def announcement(inputs: Inputs, serial: str | None = None) -> list[str]:
    """Return what is about to happen, line by line.

    :param serial: of the device, where it is known.
    """
    plan, station = inputs.plan, inputs.station
    named = f", serial {serial}" if serial else ""
    return [
        f"device   {plan.device.manufacturer} {plan.device.model}{named}, claims {', '.join(plan.device.claims)}",
        f"plan     {plan.id} revision {plan.revision}, rule {plan.decision_rule}",
        f"station  {station.name}: {station.title}",
        *forecast_lines(inputs),
        *_warm_up_lines(station),
        *_obstacle_lines(inputs),
        *_certificate_lines(foreseen_blockers(inputs)),
    ]


def _warm_up_lines(station: StationFile) -> list[str]:
    """Return how long a run waits for instruments that do not tell since when they are on."""
    longest = max((entry.warm_up.si for entry in station.instruments.values()), default=0.0)
    return [f"  warm-up  up to {show(longest, 's')} before anything is measured"] if longest > 0.0 else []


def _obstacle_lines(inputs: Inputs) -> list[str]:
    """Return what the station check will stumble over, as far as the files tell: nobody should wait to hear it then."""
    station = inputs.station
    found = [*by_hand(station), *map(str, calibration_mismatches(station.calibrations(), utc_now().date()))]
    return ["  nothing can be measured on this station:", *(f"    {text}" for text in found)] if found else []


def _certificate_lines(found: Iterable[Reason]) -> list[str]:
    texts = [reason.text for reason in found]
    if not texts:
        return ["  a certificate is possible"]
    return ["  no certificate is possible:", *(f"    {text}" for text in texts)]


def foreseen_blockers(inputs: Inputs) -> list[Reason]:
    """Return what stands between this plan on this station and a certificate, whatever will be measured."""
    known = {
        "simulated": inputs.station.embedded,
        "plan": {"profile": inputs.profile.id},
        "software": software(),
        "cases": [case_facts(inputs, case) for case in inputs.plan.cases],
        "station": {"instruments": _accuracies(inputs)},
    }
    return foreseeable(known, backing_of(inputs))


def backing_of(inputs: Inputs) -> Backing:
    """Return what the record does not say by itself about a certificate."""
    missing = gaps(inputs.profile, inputs.plan, inputs.limits)
    found = bench_check_objection(inputs.station)
    return Backing(
        approved=bool(inputs.plan.approved_by),
        job=False,
        profile_gaps=missing,
        unproven_ranges=[show(full_scale, "A") for full_scale in unproven_ranges(inputs)],
        bench_check=None if found is None else {"code": found.code, "params": dict(found.params)},
    )


def bench_check_objection(station: StationFile) -> Reason | None:
    """Return why no bench check speaks for a station now, None when one does."""
    return objection(
        read_bench_check(station.name),
        station=station.name,
        serials={role: entry.serial for role, entry in station.instruments.items()},
        now=utc_now(),
        valid=station.bench_check_valid.si,
    )


def _accuracies(inputs: Inputs) -> list[dict[str, str]]:
    """Return status and source of the accuracy table of each measuring role."""
    drivers = {r: entry.driver for r, entry in inputs.station.instruments.items() if r in ("smu", "digitizer")}
    tables = {role: load_accuracy(driver) for role, driver in drivers.items()}
    return [
        {"role": role, "accuracy_status": table.status, "accuracy_source": f"{table.source}, {table.revision}"}
        for role, table in tables.items()
    ]
