# SPDX-License-Identifier: MIT
"""What each procedure measures: which rows a case of it can be judged by.

A procedure is a bench test, ``bench/test_<procedure>.py``. One that is not listed here, such as a laboratory's own, may
measure anything; what it leaves unjudged is found at the end of the run.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """What is known of a procedure before it runs.

    :param metrics: what it measures at every point.
    :param comes_down: whether all levels are gone to a second time, from the top down.
    :param sees_programs: whether it judges what a mode puts out at any moment, so that it needs to see whole programs.
    :param judges: what its modes declare and it judges without any row: a sign, a modality, a timer.
    :param discloses: whether its results are there to be read: it needs no row, and passes nothing without one.
    :param one_more_up: whether "up" is pressed once more at the top level, which must change nothing.
    :param visits: beside the steady output, ``events`` at every point, or ``states`` without treatment instead of it.
    :param comes_last: whether it may break the device, so that nothing can be measured after it.
    :param takes: bench time at every point beside dwell and settling, s.
    """

    metrics: tuple[str, ...]
    judges: Literal["sign", "modality", "timer"] | None = None
    comes_down: bool = False
    sees_programs: bool = False
    discloses: bool = False
    one_more_up: bool = True
    visits: Literal["events", "states"] | None = None
    comes_last: bool = False
    takes: float = 0.0


CURRENTS = (
    "current.positive_peak",
    "current.negative_peak",
    "current.peak_to_peak",
    "current.rms",
    "current.ac_rms",
    "current.rectified",
    "current.baseline_to_peak",
    "current.ripple",
    "current.density_peak",
    "current.density_rms",
    "power.density",
)
"""Currents and densities that are measured where a row asks for them."""

TIMING = (
    "current.amplitude",
    "pulse.phase_duration",
    "pulse.width",
    "pulse.gap",
    "pulse.frequency",
    "pulse.spread",
    "pulse.duty",
)
BURSTS = ("burst.rate", "burst.duration", "burst.duty")
WHOLE_TIMING = (
    "pulse.rise",
    "pulse.fall",
    "pulse.overshoot",
    "pulse.droop",
    "pulse.carrier",
    *BURSTS,
)
"""Shape of pulses, and bursts, measured where a row asks for them."""

RAMPS = ("program.ramp_up", "program.ramp_down")
PROGRAM = ("program.on", "program.off", "program.duty", *RAMPS)
"""Times of an ON/OFF program, measured where a row asks for them, on a record of their own."""

PROGRAM_PERIODS = 5.0
"""Periods of a program in that record: its ends may cut one each, and three whole ones are needed."""

CHARGES = ("charge.phase", "charge.net", "charge.imbalance")
ENERGIES = ("energy.pulse", "power.density")
DISCLOSED_PULSES = ("pulse.width", "pulse.phase_duration", "pulse.second_phase", "pulse.frequency", *CHARGES)
"""What an output table says of pulses."""

DISCLOSED_CURRENTS = (
    "current.rms",
    "current.rectified",
    "current.density_peak",
    "current.density_rms",
    "power.density",
)
"""What it says of any current."""

COURSE = (*BURSTS, "program.on", "program.off", *RAMPS)
"""Bursts and ON/OFF, which only a long record shows."""
EVENT = ("current.peak", "event.charge", "event.energy")

ABUSES = 10
SHORTED, OPENED, REST = 5.0, 15.0, 60.0
"""How often an output is shorted and opened, for how long each (s), and how long it rests afterwards.

Source: YY 91094-1999 (music electrotherapy), as read in a summary: short 5 s, open 15 s, off 1 min, 10 repeats."""

SIGNS = ("current.reversal", "polarity.shortest", "polarity.longest", "polarity.gap")
"""Which way a current flows over time, measured where a declared sign, a schedule or a row asks for it."""

TREATMENT = ("treatment.drift", "treatment.mean_drift", "treatment.auto_off", "charge.dose", "charge.course")
"""What a whole treatment comes to."""

WATCHED = ("current.reversal",)
"""What is watched for during a treatment beside its peak, where a declared sign or a row asks for it."""

AFTERWARDS = ("current.mean", "current.ac_rms")
"""What still flows after a treatment, measured where a row asks for it."""

PROCEDURES: dict[str, Procedure] = {
    "abuse": Procedure(
        metrics=("current.peak", "output.change"),
        one_more_up=False,
        comes_last=True,
        takes=ABUSES * (SHORTED + OPENED) + REST,
    ),
    "charge": Procedure(metrics=("current.peak", *CHARGES, "current.mean")),
    "energy": Procedure(metrics=("current.peak", *ENERGIES)),
    "idle_output": Procedure(metrics=("current.peak", *AFTERWARDS), visits="states"),
    "intensity_control": Procedure(
        metrics=("current.peak", "intensity.step", "intensity.drop", "intensity.minimum"), comes_down=True
    ),
    "load_regulation": Procedure(metrics=("current.peak", "current.regulation")),
    "modality": Procedure(metrics=("current.peak",), judges="modality", sees_programs=True),
    "open_circuit": Procedure(metrics=("current.peak", "voltage.peak"), one_more_up=False),
    "output_current": Procedure(metrics=("current.peak", "current.mean", *CURRENTS), sees_programs=True),
    "output_specification": Procedure(
        metrics=("current.peak", "voltage.peak", "current.mean", *DISCLOSED_PULSES, *DISCLOSED_CURRENTS, *COURSE),
        discloses=True,
    ),
    "polarity": Procedure(metrics=("current.peak", *SIGNS), judges="sign", sees_programs=True),
    "pulse_timing": Procedure(metrics=("current.peak", *TIMING, *WHOLE_TIMING, *PROGRAM)),
    "transients": Procedure(metrics=EVENT, one_more_up=False, visits="events"),
    "treatment": Procedure(
        metrics=("current.peak", *WATCHED, *TREATMENT, *AFTERWARDS), judges="timer", one_more_up=False
    ),
}


_UNKNOWN = Procedure(metrics=())


def measures(procedure: str, metric: str) -> bool:
    """Whether a procedure measures a metric, as far as anybody knows."""
    known = PROCEDURES.get(procedure)
    return known is None or metric in known.metrics


def comes_down(procedure: str) -> bool:
    """Whether a procedure goes to all levels a second time, from the top down."""
    known = PROCEDURES.get(procedure)
    return known is not None and known.comes_down


def sees_programs(procedure: str) -> bool:
    """Whether a procedure judges what a mode puts out at any moment of its program."""
    known = PROCEDURES.get(procedure)
    return known is not None and known.sees_programs


def facts_of(procedure: str) -> Procedure:
    """Return what is known of a procedure; of one that is not listed, what is true of most."""
    return PROCEDURES.get(procedure, _UNKNOWN)


def judged_by_mode(procedure: str) -> str | None:
    """Return what a procedure judges by what its modes declare, ``sign`` or ``modality``; it needs no row then."""
    known = PROCEDURES.get(procedure)
    return known.judges if known is not None else None


def discloses(procedure: str) -> bool:
    """Whether a procedure's results are there to be read, judged or not."""
    known = PROCEDURES.get(procedure)
    return known is not None and known.discloses
