# SPDX-License-Identifier: MIT
"""What a station cannot show of what a plan asks for: in the same words before the run and in its record."""

from collections.abc import Iterable, Iterator

from bench.session.capture_plan import PEAKS
from bench.session.inputs import Inputs
from bench.session.planner import longest_aperture, plan_setup
from bench.session.row import Row
from bench.session.rows import judged_rows
from bench.session.sampling import Sampling, sampling_of
from stimcert.metrics import METRICS
from stimcert.plan import Case, Mode
from stimcert.procedures import facts_of
from stimcert.quantity import show
from stimcert.reason import Reason

_OF_CYCLES = frozenset({"current.rms", "current.ac_rms", "current.rectified"})
"""What is taken over whole cycles of a record at the fastest rate; a mean may be taken from a slower one."""


def missing(inputs: Inputs, mode: Mode, row: Row) -> Reason | None:
    """Return why a row can be INCONCLUSIVE at best in a mode on this station, None when nothing stands in the way.

    A FAIL is possible all the same: a mean beyond a limit is beyond it whatever is not seen.
    """
    sampling = sampling_of(inputs.station)
    if row.required_sign is not None and inputs.station.reference is None:
        return Reason("sign_not_proven")
    if sampling is None:
        return _by_means(inputs, mode, row)
    return _by_records(sampling, mode, row)


def unproven(inputs: Inputs, case: Case, mode: Mode, row: Row) -> Reason | None:
    """Return why a row may turn out INCONCLUSIVE on this station: a mean alone proves no output that has none.

    That is so where the output must be proven before it ends, and no mean of it is declared.
    """
    if sampling_of(inputs.station) is not None or facts_of(case.procedure).visits != "states":
        return None
    declared = any(entry.metric == "current.mean" for entry in mode.declared)
    return None if declared or row.metric != "current.mean" else Reason("no_mean_to_prove")


def foreseen(inputs: Inputs, case: Case) -> Iterator[tuple[Mode, Row, Reason]]:
    """Yield each mode and row of a case that this station cannot decide, and why."""
    for mode, row in judged_rows(inputs, case):
        if (reason := missing(inputs, mode, row)) is not None:
            yield mode, row, reason


def foreseen_lines(inputs: Inputs, case: Case) -> list[str]:
    """Return the same as lines, one for each reason and the modes that share it."""
    found = ((mode, row, reason.text) for mode, row, reason in foreseen(inputs, case))
    return _lines(found, "INCONCLUSIVE at best")


def unproven_lines(inputs: Inputs, case: Case) -> list[str]:
    """Return what may turn out INCONCLUSIVE, in lines like those of :func:`foreseen_lines`."""
    rows = ((mode, row, unproven(inputs, case, mode, row)) for mode, row in judged_rows(inputs, case))
    found = ((mode, row, reason.text) for mode, row, reason in rows if reason is not None)
    return _lines(found, "INCONCLUSIVE where the output has no mean")


def _lines(found: Iterable[tuple[Mode, Row, str]], verdict: str) -> list[str]:
    modes: dict[tuple[str, str], list[str]] = {}
    for mode, row, text in found:
        modes.setdefault((row.id, text), []).append(mode.name)
    return [f"{row} in {', '.join(dict.fromkeys(names))}: {verdict}, {text}" for (row, text), names in modes.items()]


def _by_means(inputs: Inputs, mode: Mode, row: Row) -> Reason | None:
    """Return what a station lacks that sees means only."""
    if row.metric in ("current.mean", "current.polarity"):
        return no_whole_period(inputs, mode)
    words = "the form of a current" if row.metric == "modality" else METRICS[row.metric].words
    return Reason("no_digitizer", {"quantity": words})


def no_whole_period(inputs: Inputs, mode: Mode) -> Reason | None:
    """Return why no reading of the SMU holds a whole period of a mode; None when one does."""
    if mode.program is not None:
        period = mode.program.si
    elif mode.cycle is not None and plan_setup(inputs, mode).nplc is None:
        period = mode.cycle.si
    else:
        return None
    longest = show(longest_aperture(inputs.station), "s")
    return Reason("no_whole_period", {"role": "smu", "longest": longest, "period": show(period, "s")})


def _by_records(sampling: Sampling, mode: Mode, row: Row) -> Reason | None:
    """Return what a digitizer lacks."""
    if row.metric in PEAKS and row.event is not None and row.event < sampling.shortest_event * (1 - 1e-9):
        return Reason("bandwidth", {"role": "digitizer", "event": f"a peak of {show(row.event, 's')}"})
    cycle = mode.cycle.si if mode.cycle is not None else 0.0
    if row.metric in _OF_CYCLES and cycle > sampling.longest:
        return Reason("no_whole_record", {"cycle": show(cycle, "s"), "longest": show(sampling.longest, "s")})
    return None
