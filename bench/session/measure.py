# SPDX-License-Identifier: MIT
"""Recording is judging: the one verb of a bench test stores, evaluates and judges, so that no author can forget to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.session.attempt import Attempt, Proving, Reading, proof_by
from bench.session.attempts import Attempts
from bench.session.bench import Bench
from bench.session.capture_plan import PEAKS
from bench.session.foresight import missing, unproven
from bench.session.history import History
from bench.session.inputs import Inputs
from bench.session.judge import Judgement, judge
from bench.session.measurement_body import instrument, numbers, own_contacts, visit_facts
from bench.session.point import Capture, Derived, MeanCurrent, Point
from bench.session.remembered import Remembered
from bench.session.row import Row
from bench.session.rows import judges_nothing, modality_row, rows_of
from bench.session.run import Run
from bench.session.summary import point_words
from bench.session.validation import Validation, rank
from stimcert.models import Measured, NotMeasurable
from stimcert.plan import Case
from stimcert.procedures import WATCHED
from stimcert.reason import Reason
from stimcert.store.run_folder import iso, utc_now
from stimcert.verdict import Verdict

if TYPE_CHECKING:
    from bench.session.appearance import Look


_AT_ANY_MOMENT = frozenset({*PEAKS, *WATCHED})
"""What is held against its rows in every record of a point."""

_BESIDE = {"program": "program_record", "look": "look_at_treatment", "pilot": "pilot_reading"}
"""Kind of a record that is kept beside the measurement → code of the reason why it decides nothing."""


class CaseNotPassed(Exception):
    """A case has measurements that are not PASS; its text names the worst."""


class Measure:
    """``measure(point, metric, reading)`` for one case.

    :param progress: called with each stored measurement.
    """

    def __init__(
        self, case: Case, inputs: Inputs, run: Run, bench: Bench, progress: Callable[[dict[str, Any]], None]
    ) -> None:
        self._case = case
        self._inputs = inputs
        self._run = run
        self._bench = bench
        self._progress = progress
        self._history = History()
        self._discloses = judges_nothing(inputs, case)
        self._wanted = Remembered[tuple[str, ...]]()
        self._where = Remembered[dict[str, Any]]()
        self._stored = False
        self._looks: dict[str, Look] = {}
        self._attempts = Attempts(case.id, run.keep_waveform)
        self._validation = Validation(case.id, run.id)
        self._proven: tuple[Capture, Proving] | None = None
        self._compared: MeanCurrent | None = None
        self.worst: dict[str, Any] | None = None

    def wanted(self, point: Point, metrics: Iterable[str]) -> Iterator[str]:
        """Yield those metrics that a row of the case asks for at a point: the others cost time and tell nobody."""
        asked = tuple(metrics)
        yield from self._wanted.get(
            (asked, *point.bounds_depend_on),
            lambda: tuple(metric for metric in asked if rows_of(self._inputs, point, metric)),
        )

    def __call__(self, point: Point, metric: str, reading: Reading, *, proven_by: Capture | None = None) -> None:
        """Store what was read at a point, evaluate its uncertainty, and judge it against the case's rows.

        A metric without a row is information, never a PASS. The test goes on whatever the verdict is. All of it is
        done while the next reading is taken, before anything else is stored, and at the end of the test at the latest.

        :param proven_by: a capture of the same point that proves the output, where the reading itself cannot.
        :raises Exception: what went wrong with an earlier reading since.
        """
        # Later the bench may be at another point.
        shunt = self._bench.shunt
        place = self._where.get((point, shunt), lambda: self._place(point, shunt))
        work = partial(self._judge, point, metric, reading, proven_by, place, utc_now())
        self._run.backlog.add(work, None if isinstance(reading, Derived) else reading)

    def _judge(
        self,
        point: Point,
        metric: str,
        reading: Reading,
        proven_by: Capture | None,
        place: Mapping[str, Any],
        then: datetime,
    ) -> None:
        conditions = {**place, "wall_time": iso(then)}
        proof = self._proof(proven_by, point) if proven_by else None
        rows: Sequence[Row | None] = rows_of(self._inputs, point, metric) or [None]
        for attempt in self._attempts.of(reading, proof):
            found = conditions | self._both_paths(point, metric, reading, attempt)
            # What happened at another moment of the program says nothing of a frequency or a charge.
            for row in rows if attempt.kind in ("chosen", "pilot") or metric in _AT_ANY_MOMENT else ():
                self._measure(point, metric, row, attempt, found)
                found = conditions

    def _both_paths(self, point: Point, metric: str, reading: Reading, attempt: Attempt) -> dict[str, Any]:
        """Return how the SMU's mean compares with what was recorded at its point; nothing for what is no mean."""
        if not isinstance(reading, MeanCurrent) or attempt.kind != "chosen" or reading is self._compared:
            return {}
        self._compared = reading
        return {"paths": self._run.paths.facts(point, reading, attempt.evaluated(point, metric))}

    def _proof(self, capture: Capture, point: Point) -> Proving:
        """Return what a capture proves, evaluated once for all events and states that rest on it."""
        if self._proven is None or self._proven[0] is not capture:
            self._proven = (capture, proof_by(capture, point))
        return self._proven[1]

    def look(self, point: Point, *captures: Capture) -> None:
        """Take in what shows the modality of a mode at a point; :meth:`modality` judges it."""
        # Few cases look, and what is needed for it takes its time to load.
        from bench.session.appearance import Look

        mode = point.mode
        look = self._looks.setdefault(mode.name, Look(mode=mode))
        self._run.backlog.add(partial(look.add, point, captures))

    def describe(self, point: Point, capture: Capture, whole: Capture) -> None:
        """Store in words what the waveform of a mode was seen to be; it is not judged.

        :param capture: its pulses at the fastest rate.
        :param whole: its bursts and its program.
        """
        self._run.backlog.add(partial(self._describe, point, capture, whole))

    def _describe(self, point: Point, capture: Capture, whole: Capture) -> None:
        from bench.session.specification import described

        where = {"mode": point.mode.name, "level": point.level, "load": point.load, "network": point.network}
        facts = described(point, capture, whole)
        self._run.log("waveform_described", {"case": self._case.id, **where, **facts})

    def modality(self) -> None:
        """Judge each mode that was looked at: is it what it is sold as?"""
        self._run.backlog.add(self._judge_looks)
        self._run.backlog.settle()

    def _judge_looks(self) -> None:
        for look in self._looks.values():
            if look.worst is None:
                continue
            decision, (point, peak) = look.decide(), look.worst
            reason = Reason(decision.code, decision.params) if decision.code is not None else None
            attempt, row = Attempt(number=1, part=Derived(result=peak), last=True), modality_row(look.mode)
            judgement = Judgement(verdict=decision.verdict, reason=reason)
            body = self._body(
                point,
                "modality",
                row,
                attempt,
                peak,
                judgement.as_foreseen(missing(self._inputs, look.mode, row)),
                self._conditions(point),
            )
            found = {"modality": decision.modality.words, "reasons": list(decision.modality.reasons)}
            self._store(body | {"conditions": body["conditions"] | found})

    def _measure(
        self, point: Point, metric: str, row: Row | None, attempt: Attempt, conditions: dict[str, Any]
    ) -> None:
        measured, judgement = self._judged(point, metric, row, attempt)
        if attempt.kind in _BESIDE:
            judgement = judgement.beside(_BESIDE[attempt.kind])
        elif not attempt.last and judgement.verdict is not Verdict.FAIL:
            judgement = judgement.repeated(measured)
        if row is not None and attempt.last and attempt.kind == "chosen":
            self._remember(point, metric, measured, attempt)
        body = self._body(point, metric, row, attempt, measured, judgement, conditions)
        self._store(body)
        self._validation.note(body, measured, row, point, judgement)

    def _judged(
        self, point: Point, metric: str, row: Row | None, attempt: Attempt
    ) -> tuple[Measured | NotMeasurable, Judgement]:
        """Judge a measurement; what flows while the bench's own contacts move may clear a device, not condemn it."""
        measured, judgement = self._judged_alone(point, metric, row, attempt)
        if row is None or judgement.verdict is not Verdict.FAIL or not isinstance(measured, Measured):
            return measured, judgement
        clean = attempt.without_own_contacts()
        if clean is None:
            return measured, judgement
        remaining = self._judged_alone(point, metric, row, clean)
        if remaining[1].verdict is Verdict.FAIL:
            return remaining
        reason = own_contacts(metric, measured, attempt)
        return measured, replace(judgement, verdict=Verdict.INCONCLUSIVE, reason=reason)

    def _judged_alone(
        self, point: Point, metric: str, row: Row | None, attempt: Attempt
    ) -> tuple[Measured | NotMeasurable, Judgement]:
        measured = attempt.evaluated(point, metric, row.event if row is not None else None)
        judgement = judge(
            measured,
            row,
            point,
            self._history,
            rule=self._inputs.plan.decision_rule,
            observed=attempt.observed(metric),
            rectified=attempt.rectified(point, row),
            sign_proven=self._inputs.station.reference is not None,
            current=attempt.proving(point, metric),
            proven=attempt.kind != "chosen",
        )
        if row is None:
            return measured, judgement
        judgement = judgement.as_unproven(unproven(self._inputs, self._case, point.mode, row))
        return measured, judgement.as_foreseen(missing(self._inputs, point.mode, row))

    def _body(
        self,
        point: Point,
        metric: str,
        row: Row | None,
        attempt: Attempt,
        measured: Measured | NotMeasurable,
        judgement: Judgement,
        conditions: dict[str, Any],
    ) -> dict[str, Any]:
        """Return what the journal keeps of one measurement against one row."""
        return {
            "case": self._case.id,
            "quantity": metric,
            "limit": row.id if row else None,
            "kind": row.kind if row else "information",
            **numbers(metric, measured),
            "lower_limit": row.lower if row else None,
            "upper_limit": row.upper if row else None,
            "magnitude": row.magnitude if row else False,
            **judgement.as_dict(),
            "conditions": {
                **conditions,
                **visit_facts(point, attempt.part),
                **attempt.conditions,
                **instrument(attempt.part),
            },
            "waveform": attempt.waveform,
        }

    def _remember(self, point: Point, metric: str, measured: Measured | NotMeasurable, attempt: Attempt) -> None:
        """Keep what later points of the case are compared with: this metric, or the current that proves its output."""
        kept, found = attempt.proving(point, metric) or (metric, measured)
        if isinstance(found, Measured):
            self._history.add(point, kept, found)

    def _store(self, body: dict[str, Any]) -> None:
        self._run.log("measurement", body, durable=False)
        self._stored = True
        self._progress(body)
        self._validation.stored()
        self._hold(body)

    def _hold(self, body: dict[str, Any]) -> None:
        if body["verdict"] is not None and (self.worst is None or rank(body) > rank(self.worst)):
            self.worst = body

    def _validate(self) -> None:
        """Simulate what is worst, where that may matter: nothing is measured any more, and the device is stopped."""
        found = self._validation.simulated(rule=self._inputs.plan.decision_rule)
        if found is not None:
            event, body = found
            self._run.log("monte_carlo", event)
            self._hold(body)

    def _conditions(self, point: Point) -> dict[str, Any]:
        """Return the conditions of this moment."""
        return {**self._place(point, self._bench.shunt), "wall_time": iso(utc_now())}

    def _place(self, point: Point, shunt: float) -> dict[str, Any]:
        return {
            "mode": point.mode.name,
            "level": point.level,
            "load": point.load,
            "network": point.network,
            "measured_load": self._run.state.loads.get((max(point.load, shunt), shunt)),
            "one_more_up": point.one_more_up,
            "descending": point.descending,
        }

    @property
    def verdict(self) -> Verdict:
        """The worst verdict so far; ERROR when nothing was judged, unless the case only discloses."""
        if self.worst is not None:
            return Verdict(self.worst["verdict"])
        return Verdict.NOT_APPLICABLE if self._stored and self._discloses else Verdict.ERROR

    def conclude(self) -> None:
        """Let the test end well only when everything was judged PASS, or a disclosure has nothing to judge.

        :raises CaseNotPassed: naming the worst measurement.
        :raises Exception: what went wrong with the last reading.
        """
        self._run.backlog.settle()
        self._validate()
        self._history = History()  # not asked any more, and as large as the case was long
        self._attempts.forget()
        self._compared = None
        self._run.paths.settle()
        if self.verdict not in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            text = point_words(self.worst) if self.worst is not None else "nothing was measured against a limit"
            raise CaseNotPassed(f"{self._case.id} {self.verdict.words}: {text}")
