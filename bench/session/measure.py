# SPDX-License-Identifier: MIT
"""Recording is judging: the one verb of a bench test stores, evaluates and judges, so that no author can forget to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.session.bench import Bench
from bench.session.evaluate import evaluate
from bench.session.history import History
from bench.session.inputs import Inputs
from bench.session.judge import PROVING, judge
from bench.session.point import Capture, MeanCurrent, Point
from bench.session.rows import Row, rows_of
from bench.session.run import Run
from bench.session.summary import point_words
from stimcert.findings import nearness
from stimcert.metrics import METRICS, unit_of
from stimcert.models import Measured, NotMeasurable, rectified_mean
from stimcert.plan import Case
from stimcert.quantity import Dimension
from stimcert.reading import CurrentRecord
from stimcert.store.run_folder import iso, utc_now
from stimcert.verdict import Verdict

Reading = Capture | MeanCurrent


@dataclass(frozen=True, kw_only=True)
class _Attempt:
    """One record of a reading, or the reading itself.

    :param last: whether the next higher range was not needed.
    """

    number: int
    part: Reading
    last: bool
    waveform: str | None = None
    _evaluated: dict[tuple[str, float | None], Measured | NotMeasurable] = field(default_factory=dict)

    @property
    def observed(self) -> float | None:
        """Share of the dwell seen at full bandwidth; None for a mean."""
        return self.part.observed if isinstance(self.part, Capture) else None

    def evaluated(self, point: Point, metric: str, row: Row | None) -> Measured | NotMeasurable:
        """Return the measurement result, computed once for all rows that ask for the same."""
        event = row.event if row is not None else None
        if (metric, event) not in self._evaluated:
            self._evaluated[metric, event] = self._evaluate(point, metric, event)
        return self._evaluated[metric, event]

    def _evaluate(self, point: Point, metric: str, event: float | None) -> Measured | NotMeasurable:
        try:
            return evaluate(metric, self.part, event=event, cycle=_cycle(point))
        except NotMeasurable as refusal:
            return refusal


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
        self._count = 0
        self.worst: dict[str, Any] | None = None

    def __call__(self, point: Point, metric: str, reading: Reading) -> None:
        """Store what was read at a point, evaluate its uncertainty, and judge it against the case's rows.

        A metric without a row is information, never a PASS. The test goes on whatever the verdict is.
        """
        rows: Sequence[Row | None] = rows_of(self._inputs, point, metric) or [None]
        for attempt in self._attempts(reading):
            for row in rows:
                self._measure(point, metric, row, attempt)

    def _measure(self, point: Point, metric: str, row: Row | None, attempt: _Attempt) -> None:
        measured = attempt.evaluated(point, metric, row)
        judgement = judge(
            measured,
            row,
            point,
            self._history,
            rule=self._inputs.plan.decision_rule,
            observed=attempt.observed,
            rectified=_rectified(point, row, attempt.part),
            sign_proven=self._inputs.station.reference is not None,
            current=_proving_current(point, metric, attempt),
        )
        if not attempt.last and judgement.verdict is not Verdict.FAIL:
            judgement = judgement.repeated(measured)
        if row is not None and attempt.last:
            self._remember(point, metric, measured, attempt)
        self._store(
            {
                "case": self._case.id,
                "quantity": metric,
                "limit": row.id if row else None,
                "kind": row.kind if row else "information",
                **_numbers(metric, measured),
                "lower_limit": row.lower if row else None,
                "upper_limit": row.upper if row else None,
                "magnitude": row.magnitude if row else False,
                **judgement.as_dict(),
                "conditions": self._conditions(point, attempt),
                "waveform": attempt.waveform,
            }
        )

    def _remember(self, point: Point, metric: str, measured: Measured | NotMeasurable, attempt: _Attempt) -> None:
        """Keep what later points of the case are compared with: this metric, or the current that proves its output."""
        current = _proving_current(point, metric, attempt)
        kept, found = (metric, measured) if current is None else (PROVING, current)
        if isinstance(found, Measured):
            self._history.add(point, kept, found)

    def _store(self, body: dict[str, Any]) -> None:
        self._run.log("measurement", body)
        self._progress(body)
        verdict = body["verdict"]
        if verdict is not None and (self.worst is None or _rank(body) > _rank(self.worst)):
            self.worst = body

    def _attempts(self, reading: Reading) -> Iterator[_Attempt]:
        """Yield each record of a reading on its own, the last one last, and keep its waveform."""
        if isinstance(reading, MeanCurrent):
            yield _Attempt(number=1, part=reading, last=True)
            return
        for number, mean in enumerate(reading.means, start=1):
            yield _Attempt(number=number, part=Capture(means=(mean,)), last=number == len(reading.means))
        for number, record in enumerate(reading.records, start=1):
            self._count += 1
            yield _Attempt(
                number=number,
                part=Capture(records=(record,), observed=reading.observed),
                last=number == len(reading.records),
                waveform=self._run.keep_waveform(f"{self._case.id}_{self._count:04d}", record),
            )

    def _conditions(self, point: Point, attempt: _Attempt) -> dict[str, Any]:
        return {
            "mode": point.mode.name,
            "level": point.level,
            "load": point.load,
            "measured_load": self._run.state.loads.get((max(point.load, self._bench.shunt), self._bench.shunt)),
            "one_more_up": point.one_more_up,
            "attempt": attempt.number,
            **_instrument(attempt.part),
            "wall_time": iso(utc_now()),
        }

    @property
    def verdict(self) -> Verdict:
        """The worst verdict so far; ERROR when nothing was judged."""
        return Verdict(self.worst["verdict"]) if self.worst is not None else Verdict.ERROR

    def conclude(self) -> None:
        """Let the test end well only when everything was judged PASS.

        :raises CaseNotPassed: naming the worst measurement.
        """
        self._history = History()  # not asked any more, and as large as the case was long
        if self.verdict is not Verdict.PASS:
            text = point_words(self.worst) if self.worst is not None else "nothing was measured against a limit"
            raise CaseNotPassed(f"{self._case.id} {self.verdict.words}: {text}")


def _rectified(point: Point, row: Row | None, part: Reading) -> Measured | None:
    """Return the rectified mean that a sign is held against, where the digitizer saw one."""
    if row is None or row.required_sign is None or not isinstance(part, MeanCurrent) or part.record is None:
        return None
    try:
        return rectified_mean(part.record, cycle=_cycle(point))
    except NotMeasurable:
        # The mean of the same record has no value either, and says why.
        return None


def _proving_current(point: Point, metric: str, attempt: _Attempt) -> Measured | NotMeasurable | None:
    """Return the absolute peak that proves an output where a metric is not itself a current or a voltage."""
    if metric not in METRICS or METRICS[metric].dimension in (Dimension.CURRENT, Dimension.VOLTAGE):
        return None
    return attempt.evaluated(point, PROVING, None)


def _cycle(point: Point) -> float | None:
    return point.mode.cycle.si if point.mode.cycle is not None else None


def _rank(body: dict[str, Any]) -> tuple[int, float]:
    """Order by verdict, then by nearness to the limit."""
    return Verdict(body["verdict"]).severity, nearness(body)


def _numbers(metric: str, measured: Measured | NotMeasurable) -> dict[str, Any]:
    keys = ("standard_uncertainty", "expanded_uncertainty", "coverage_factor", "dof")
    if isinstance(measured, NotMeasurable):
        return {"value": None, "bound": None, "unit": unit_of(metric), **dict.fromkeys(keys), "budget": []}
    uncertainty = measured.uncertainty
    return {
        "value": measured.value,
        "bound": measured.bound,
        "unit": measured.unit,
        "standard_uncertainty": uncertainty.standard,
        "expanded_uncertainty": uncertainty.expanded,
        "coverage_factor": uncertainty.coverage_factor,
        "dof": uncertainty.dof,
        "budget": list(uncertainty.budget),
    }


def _record(part: Reading) -> CurrentRecord | None:
    if isinstance(part, Capture):
        return part.records[-1] if part.records else None
    return part.record if part.reading is None else None


def _instrument(part: Reading) -> dict[str, Any]:
    """Return what measured, on which range, and when in bench time."""
    record = _record(part)
    if record is not None:
        waveform = record.waveform
        shunt = record.shunt.value
        return {
            "instrument": waveform.role,
            "range": waveform.range,
            "shunt": shunt,
            "bench_time": waveform.bench_time,
        }
    reading = part.reading if isinstance(part, MeanCurrent) else next(iter(part.means), None)
    if reading is None:
        return {"instrument": None, "range": None, "bench_time": None}
    return {"instrument": reading.role, "range": reading.range, "bench_time": reading.bench_time}
