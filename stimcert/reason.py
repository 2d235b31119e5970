# SPDX-License-Identifier: MIT
"""The catalogue of reasons: why a verdict is what it is, what caused it, and what to do next.

A reason is stored as ``{code, params, text}``, so that it can be counted, searched and shown in any language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue: the sentence, and what a person should do about it."""

    sentence: str
    advice: str


CATALOGUE: dict[str, Entry] = {
    # --- about the device
    "limit_exceeded": Entry(
        "{quantity} {value} is beyond the limit {limit} by more than its uncertainty {uncertainty}",
        "the device does not conform at this point",
    ),
    "guard_band": Entry(
        "{quantity} {value} lies within its uncertainty {uncertainty} of the limit {limit}",
        "measure with a smaller uncertainty, or let the manufacturer decide with the stated risk",
    ),
    "censored_above_limit": Entry(
        "{quantity} is at least {value}, above the limit {limit}", "the device does not conform at this point"
    ),
    "polarity_reversed": Entry(
        "{value} has the wrong sign in mode {mode}: required is {required}. The device or its leads",
        "check how the active terminal was identified, then the device",
    ),
    "polarity_mixed": Entry(
        "in mode {mode} the mean is {share} of the rectified mean, {required} are required: part of the current flows "
        "the other way",
        "look at the waveform: a galvanic current has one direction",
    ),
    "polarity_reverses": Entry(
        "in mode {mode} the current flows the other way for a moment, with {value} of its peak; {limit} are allowed. "
        "The device or its leads",
        "look at the waveform: a current of one declared sign keeps it, at every moment",
    ),
    "schedule_differs": Entry(
        "in mode {mode} {value} pass between two changes of sign, which is not within the declared {limit}",
        "look at the waveform: compare its changes of sign with those that the plan declares (alternates)",
    ),
    "auto_off_differs": Entry(
        "the output of mode {mode} ended by itself after {value}, which is not within the declared {limit}",
        "compare with the timer on the label of the device, and with the battery's state",
    ),
    "modality_differs": Entry(
        "the output is {found}, the claim is {claim}: {text}", "the device is not what it is sold as in this mode"
    ),
    "no_output_proven": Entry(
        "no output proven: {found}; expected {expected}",
        "check that the device is on, charged and on the selected level: absence of current is no conformity",
    ),
    "output_above_declared": Entry(
        "the output of {found} is above the declared {expected}: the declared output is not what was measured",
        "see the case that judges what is declared; check that mode and level are those of the plan",
    ),
    "top_level_not_proven": Entry(
        "top level not proven: one more step up changed {before} into {after}",
        "state the number of levels of this mode in the plan",
    ),
    "declared_not_met": Entry(
        "{quantity} {value} is not within the declared {limit}", "compare with the label of the device"
    ),
    # --- about what could be measured
    "bandwidth": Entry(
        "bandwidth: {role} does not show {event}",
        "add a digitizer to the station, or one that is fast enough for this row",
    ),
    "no_digitizer": Entry(
        "bandwidth: the SMU sees means only, {quantity} needs a digitizer", "add a digitizer to the station"
    ),
    "no_mean_to_prove": Entry(
        "bandwidth: the SMU sees means only, and the running output has none that proves it",
        "add a digitizer to the station",
    ),
    "no_whole_period": Entry(
        "{role} integrates for {longest} at most, which holds no whole period of {period}",
        "add a digitizer to the station: its records are as long as they need to be",
    ),
    "no_whole_record": Entry(
        "a cycle of {cycle} does not fit the longest record at the full rate, {longest}",
        "use a digitizer with more memory",
    ),
    "pilot_reading": Entry(
        "a pilot, which fixed of how many readings the mean is taken", "nothing: what was read afterwards decides"
    ),
    "look_at_treatment": Entry(
        "one look of several in the course of a treatment: the largest of them decides", "nothing: all are kept"
    ),
    "program_record": Entry(
        "a slow record of the program: what decides are the records at the full rate", "nothing: all are kept"
    ),
    "not_observed": Entry(
        "only {observed} of the dwell was seen at full bandwidth, {required} are required",
        "shorten the dwell or use a digitizer with more memory",
    ),
    "not_resistive": Entry("{load} is no resistance that was measured", "add a resistance to the case's loads"),
    "uncertainty_too_large": Entry(
        "expanded uncertainty {uncertainty} exceeds the largest allowed, {allowed}", "use a more accurate instrument"
    ),
    "repeated_one_range_up": Entry("clipped at {value}: repeated one range up", "nothing: both records are kept"),
    "clipped": Entry(
        "the record is clipped at {value}", "raise worst_case in the plan, so that a higher range is used"
    ),
    "overrange": Entry("{role} is over its range of {range}", "raise worst_case in the plan, or check the bench"),
    "current_limited": Entry("{role} reached its limit of {limit}", "raise worst_case in the plan, or check the bench"),
    "censored_below_limit": Entry(
        "{quantity} is at least {value}; that decides nothing about {limit}", "use a higher range"
    ),
    "no_electrode_area": Entry(
        "the plan names no electrode area for this mode: a density has no value", "enter electrode_area in the plan"
    ),
    "no_resistance": Entry(
        "the load is a network, which stores energy: R·∫i² dt is not what the skin takes up",
        "choose resistances as loads for this metric",
    ),
    "not_a_number": Entry("{quantity} is not a finite number", "look at the reading in the journal"),
    "digitizer_load": Entry(
        "{quantity} is at least {value}, loaded with the digitizer's input; that decides nothing about {limit}",
        "use a digitizer with a larger input resistance: another load changed the voltage",
    ),
    "no_open_load": Entry(
        "the station cannot leave the output open with the digitizer across it: it has no skin module",
        "add a skin module, whose position open opens the loop behind the tap",
    ),
    "own_contacts": Entry(
        "{quantity} {value} lies within the {duration} in which the bench's own contacts moved: what flows through "
        "their bounce is not charged to the device",
        "look at the same load in event contact, or use contacts that do not bounce",
    ),
    "event_not_seen": Entry(
        "{event} was not seen within {duration}",
        "check that the mode does it, and state its program in the plan",
    ),
    "dut_cannot": Entry(
        "the device's port cannot do it: {action}",
        "leave it out of the plan's case if the device has no such control; by hand it cannot be timed",
    ),
    "energy_needs_resistance": Entry(
        "the load stores energy: R·i² is not what goes into it", "choose a resistance for this limit"
    ),
    "not_comparable": Entry(
        "before and after were not measured alike ({what}): their errors do not cancel",
        "raise worst_case in the plan, so that both are measured on one range",
    ),
    "polarity_undetermined": Entry(
        "the mean {value} is too small against {threshold} to have a sign", "check the mode and the level"
    ),
    "modality_undetermined": Entry(
        "the output is {found}, which decides nothing about the claim {claim}: {text}",
        "observe longer and at full bandwidth, or with a smaller uncertainty",
    ),
    "sign_not_proven": Entry(
        "no reference proved the sign of the bench: leads may be swapped",
        "add a reference source to the station: applied at the device's end of the leads, it proves their sign",
    ),
    # --- about the bench
    "wrong_identity": Entry("{text}", "connect the instruments of the station file, or correct the file"),
    "wrong_dut": Entry("{text}", "check --dut-serial and the device on the bench"),
    "calibration_expired": Entry("{text}", "have the instrument calibrated, then enter the new certificate"),
    "temperature_outside": Entry(
        "{temperature} °C is outside {allowed}, which the accuracy of the instruments is taken for",
        "bring the laboratory to 23 ± 5 °C",
    ),
    "load_stuck": Entry(
        "the load box measures {measured} for every load that was set ({asked})", "check box, cable and relays"
    ),
    "load_wrong_decade": Entry(
        "the load box is off by a factor of ten: {asked} set, {measured} measured",
        "check the decades in the station file and on the box",
    ),
    "load_wrong": Entry(
        "load {asked} measures {measured}, allowed is ± {allowed}", "check box, contacts, leads and shunt"
    ),
    "network_wrong": Entry(
        "skin network: expected {expected}, measured {measured}, allowed ± {allowed}", "check skin module and leads"
    ),
    "leads_swapped": Entry(
        "the reference of {asked} reads {measured}: the bench's leads are swapped at the device's end, "
        "or the reference's own",
        "exchange the leads at the device's end and start again",
    ),
    "reference_wrong": Entry(
        "the reference of {asked} reads {measured} by {path}, allowed is ± {allowed}",
        "check reference, leads, shunt and instrument; nothing electrical tells them apart",
    ),
    "reference_weak": Entry(
        "the reference of {asked} reads {measured} by both paths; allowed is ± {allowed}",
        "check the reference's supply and output, and that nothing beside the loop takes part of its current",
    ),
    "reference_pulse_wrong": Entry(
        "{metric} of the reference's pulses: expected {expected}, measured {measured}, allowed ± {allowed}",
        "check digitizer, shunt and reference: it is the path on which charges of the device are measured",
    ),
    "digitizer_reversed": Entry(
        "SMU {first} and digitizer {second} at the same d.c. current: the digitizer's leads are exchanged at the shunt",
        "exchange the two leads of the digitizer's input",
    ),
    "relay_map_wrong": Entry(
        "with the port {port} and {what} the SMU sees {measured}, expected {expected}",
        "compare the relay channels of the station file with the wiring; then look for a relay that sticks",
    ),
    "temperature_missing": Entry(
        "the thermometer gives no temperature: {text}", "check the sensor: without it no specification holds"
    ),
    "time_constant_wrong": Entry(
        "skin network {network}: time constant {measured}, expected {expected} ± {allowed}",
        "check the capacitor of that network, then its certificate",
    ),
    "bypass_wrong": Entry(
        "with the SMU bypassed the reference of {asked} reads {measured} by {path}; allowed is ± {allowed}",
        "check the bypass relay, and the relay channels of the station file",
    ),
    "paths_disagree": Entry(
        "SMU {first} and digitizer {second} differ by more than {allowed} at {where}",
        "check shunt, SMU and digitizer",
    ),
    "zero_offset": Entry(
        "where nothing flows {role} shows {measured}, allowed is ± {allowed}",
        "check for leakage, moisture and thermal voltages; let it warm up",
    ),
    "smu_limited": Entry(
        "the SMU reports its current limit at {asked}, where {expected} were expected", "check limit and wiring"
    ),
    "smu_overrange": Entry(
        "the SMU reports an overflow at {asked}, where {expected} were expected", "check range and wiring"
    ),
    "instrument_silent": Entry("{text}", "check power and cable of that instrument, then start again"),
    "instrument_lost": Entry("{text}", "check address, network and power, then start again"),
    "instrument_refused": Entry("{text}", "compare the instrument's model and firmware with its driver"),
    "garbled_reply": Entry("{text}", "check cable and interface; restart the instrument"),
    "changed_meanwhile": Entry(
        "changed while the run was on: {files}", "leave checkout and input files alone until a run has ended"
    ),
    "stale_reading": Entry("{text}", "restart the digitizer, then start again"),
    "bench_in_use": Entry("{text}", "wait until the other run has ended, or end it"),
    "station_locked": Entry("{text}", "remove the leads, look at the bench, then acknowledge the alarm"),
    "suspended": Entry("{text}", "keep the computer awake while the bench is in use, then start again"),
    "power_cycled": Entry("{text}", "check the mains of that instrument, then start again"),
    "bench_error": Entry("{text}", "see the journal"),
    "storage_failed": Entry("{text}", "see to room and health of the disk, then start again; the bench was made safe"),
    "station_check_failed": Entry(
        "not measured: the station check failed ({cause})", "mend the bench: the device was never connected"
    ),
    "safe_state_unconfirmed": Entry(
        "output off unconfirmed: {roles}", "remove the leads from the device, switch it off at its mains"
    ),
    "drifted": Entry(
        "{what} was {before} before the device was measured and is {after} after it; {allowed} of change is allowed",
        "let the bench warm up, check contacts and leads, then measure the device again",
    ),
    "voided": Entry(
        "void: the bench did not pass its check afterwards ({cause})",
        "mend the bench and measure the device again; what was found against the device remains found",
    ),
    "nothing_measured": Entry("the bench test measured nothing", "a bench test must call measure()"),
    "row_not_judged": Entry(
        "nothing was held against {rows}",
        "the procedure does not measure this metric, or not at every point: choose another for the case",
    ),
    "test_crashed": Entry("{text}", "this is a mistake in the harness: report it with the run's folder"),
    "dut_refused": Entry("{text}", "check that the plan's modes and levels are those of this device"),
    # --- about the run
    "worst_case": Entry("case {case} is {verdict}: {text}", "see that case"),
    "interrupted": Entry("interrupted by {signal}", "go on with the run (--resume=RUN), or start it again"),
    "not_run": Entry("not run", "run the whole plan"),
    "not_applicable": Entry("not applicable: {text}", "nothing: the plan says so"),
    "disclosed": Entry(
        "disclosed: the plan gives this case no limit, so that nothing was judged",
        "give it limits, or declared values, where something must hold",
    ),
    "only_disclosed": Entry(
        "nothing in this plan is judged: its results are there to be read", "add cases with limits to the plan"
    ),
    # --- what stands between a test report and a certificate
    "simulated": Entry("simulated bench: nothing real was measured", "run on a real station"),
    "partial": Entry("partial run: not every case of the plan was run to its end", "run the whole plan"),
    "clock_set": Entry(
        "the clock of the machine was set during the run: {steps}", "let it be right and leave it alone, then run again"
    ),
    "verdict_not_pass": Entry("the verdict is {verdict}", "see the cases"),
    "unverified_limit": Entry("limit {limit} is unverified: nobody checked it in its source", "check it, then say so"),
    "unverified_accuracy": Entry("accuracy of {role} is unverified: {source}", "check it in the data sheet"),
    "plan_not_approved": Entry("the plan is not approved", "enter approved_by in the plan"),
    "software_not_released": Entry("software is not a released version: {version}", "use a released version"),
    "range_not_proven": Entry(
        "no certified current of both signs proves the SMU's {range} range near full scale",
        "add currents of 50 % to 100 % of that range to the reference and to the station file",
    ),
    "no_bench_check": Entry(
        "no bench check of this station is on record", "put the dummy in the device's place, run bench-check"
    ),
    "bench_check_damaged": Entry(
        "the bench check on record is not as it was written, or of another station", "run bench-check again"
    ),
    "bench_check_of_others": Entry(
        "the bench check of {at} was made with other instruments: {roles}", "run bench-check with those of the station"
    ),
    "bench_check_failed": Entry("the bench check of {at} failed: {text}", "mend the bench, then run bench-check"),
    "bench_check_overdue": Entry("the bench check of {at} counts for {valid} only", "run bench-check, then the plan"),
    "no_dummy": Entry(
        "there is no dummy in the device's place: {measured} flow at {voltage}",
        "connect a resistor instead of the device",
    ),
    "no_job": Entry("laboratory and customer are not named", "this version has no place for them yet"),
    "profile_not_met": Entry("profile {profile} is not met: {text}", "complete the plan"),
}


class _Params(dict[str, object]):
    """Shows a missing parameter instead of losing the whole sentence."""

    def __missing__(self, key: str) -> str:
        return f"<{key}?>"


@dataclass(frozen=True)
class Reason:
    """Why: a code of the catalogue, and the facts that fill its sentence.

    :raises KeyError: for a code that is not in the catalogue.
    """

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse codes that nobody explained."""
        if self.code not in CATALOGUE:
            raise KeyError(f"reason code {self.code!r} is not in the catalogue of stimcert.reason")

    @property
    def text(self) -> str:
        """The sentence, in English."""
        return CATALOGUE[self.code].sentence.format_map(_Params(self.params))

    @property
    def advice(self) -> str:
        """What to do next."""
        return CATALOGUE[self.code].advice

    def as_dict(self) -> dict[str, object]:
        """Return the form that journal and record keep."""
        return {"code": self.code, "params": dict(self.params), "text": self.text, "advice": self.advice}
