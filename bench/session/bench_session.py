# SPDX-License-Identifier: MIT
"""The bench's side of one pytest session: options and inputs from the start, a run while items are running."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.session.announcement import announcement
from bench.session.fail_closed import refusals
from bench.session.inputs import Inputs, InvalidInputs, load_inputs
from bench.session.options import CHECKOUT, Options, as_before, read_options
from bench.session.planner import case_points
from bench.session.point import Point
from bench.session.progress import Progress, colour
from bench.session.summary import case_line, error_words, station_line, summary_lines
from bench.session.usage import unknown_names, usage_problems
from instruments.errors import BenchError
from stimcert.plan import Case
from stimcert.procedures import facts_of
from stimcert.reason import Reason
from stimcert.store.run_folder import utc_now
from stimcert.verdict import Verdict

if TYPE_CHECKING:
    from bench.session.measure import Measure
    from bench.session.previous import Previous
    from bench.session.run import Run
    from instruments.helpers import Helpers
    from instruments.station import Station

_KEY = pytest.StashKey["BenchSession"]()


def session_of(config: pytest.Config) -> BenchSession | None:
    """Return the bench's session, None when no bench test was asked for."""
    return config.stash.get(_KEY, None)


def start_session(config: pytest.Config, helpers: Helpers | None) -> None:
    """Refuse what cannot be trusted, then load and check all files.

    :param helpers: the processes that a run needs, on their way; None where nothing will run.
    :raises pytest.UsageError: with every mistake at once.
    """
    refused = refusals(config)
    if refused:
        raise pytest.UsageError("\n".join(refused))
    options = read_options(config)
    previous = None
    if options.resume is not None:
        previous = _previous(options.resume)
        options = as_before(options, config.getoption, previous.options)
    unknown = unknown_names(
        plan=options.plan, station=options.station, device=options.sim_device, fault=options.sim_fault
    )
    found = list(unknown)
    try:
        inputs = load_inputs(
            plan=options.plan,
            station=options.station,
            device=options.sim_device,
            checkout=CHECKOUT,
            today=utc_now().date(),
        )
    except InvalidInputs as invalid:
        raise pytest.UsageError("\n".join([*found, *map(str, invalid.problems)])) from invalid
    found += usage_problems(options, inputs)
    if found:
        raise pytest.UsageError("\n".join(found))
    config.stash[_KEY] = BenchSession(config, options, inputs, helpers, previous)


def _previous(path: Path) -> Previous:
    """Return the run that is to go on.

    :raises pytest.UsageError: when it cannot.
    """
    from bench.session.previous import previous_run
    from stimcert.store.journal_file import JournalError

    try:
        return previous_run(path)
    except JournalError as error:
        raise pytest.UsageError(f"--resume={path}: {error}") from error


class BenchSession:
    """What the hooks share."""

    def __init__(
        self,
        config: pytest.Config,
        options: Options,
        inputs: Inputs,
        helpers: Helpers | None,
        previous: Previous | None = None,
    ) -> None:
        self._config = config
        self.previous = previous
        self._helpers = helpers
        self.options = options
        self.inputs = inputs
        self.run: Run | None = None
        self._selected: list[str] = []
        self._progress: Progress | None = None
        self._publish_error: str | None = None

    @property
    def open_run(self) -> Run:
        """The run.

        :raises pytest.UsageError: when there is none, as in ``--setup-plan``.
        """
        if self.run is None:
            raise pytest.UsageError("there is no run: the bench was not opened")
        return self.run

    @property
    def progress(self) -> Progress:
        """The lines to the person at the bench."""
        if self._progress is None:
            selected = (case for case in self.inputs.plan.cases if case.id in self._selected)
            total = sum(case_points(self.inputs, case) for case in selected)
            self._progress = Progress(self._config, total)
        return self._progress

    def progress_of_point(self, point: Point) -> None:
        """Show where the bench is."""
        self.progress.point(point)

    def progress_of_measurement(self, measurement: dict[str, Any]) -> None:
        """Remember what was measured last."""
        self.progress.measured(measurement)

    def left_out(self, case: str) -> bool:
        """Tell whether a case is not measured: the plan takes it out, or it ended before this run went on."""
        if self.previous is not None and case in self.previous.finished:
            return True
        return any(entry.id == case and entry.not_applicable for entry in self.inputs.plan.cases)

    def begin(self, selected: list[str]) -> None:
        """Make the run and say what is about to happen, before anything is energised.

        :raises pytest.UsageError: when the run's folder cannot be made.
        """
        from bench.session import begun
        from bench.session.preflight import CannotBegin
        from bench.session.run import Run
        from instruments.safety.signals import install

        # Plugins without a name have their id for one, which says nothing to anybody.
        named = self._config.pluginmanager.list_name_plugin()
        names = sorted(name.removeprefix(f"{CHECKOUT}/") for name, plugin in named if plugin and not name.isdigit())
        self._selected = selected
        self._watch = install()
        try:
            if self.previous is None:
                made = begun.begin(self.options, self.inputs, selected, names)
            else:
                made = begun.go_on(self.options, self.inputs, self.previous.path, names)
        except CannotBegin as error:
            self._watch.restore()
            raise pytest.UsageError(str(error)) from error
        self.run = Run(made, self.options, self.inputs, self._watch, self._helpers)
        for line in self._announcement(selected):
            self.progress.write(line)

    def _announcement(self, selected: list[str]) -> list[str]:
        run, plan = self.open_run, self.inputs.plan
        missing = [case.id for case in plan.cases if case.id not in selected and not self.left_out(case.id)]
        partial = [f"PARTIAL  not selected: {', '.join(missing)}"] if missing else []
        made = any(facts_of(case.procedure).visits == "events" for case in plan.cases)
        moments = [f"events   at random moments, seed {run.seed}"] if made else []
        lines = [*announcement(self.inputs, run.serial), *run.history, *moments]
        return [*lines, f"record   {run.path}", *partial]

    def station(self) -> Station:
        """Return the checked station, and say what the check found.

        :raises instruments.errors.BenchError: when the bench is not fit to measure.
        """
        run = self.open_run
        try:
            station = run.station()
        except Exception:
            self.progress.write(station_line(run.station_error), **colour(Verdict.ERROR))
            raise
        self.progress.write(station_line(None), **colour(Verdict.PASS))
        return station

    def check_station(self) -> None:
        """Check the station where no case asks for it; what is wrong is on record."""
        with suppress(Exception):
            self.station()

    def begin_case(self, case: Case) -> None:
        """Note that a case begins."""
        self.open_run.begin_case(case.id)

    def end_case(self, case: Case, measure: Measure | None) -> None:
        """Note that a case ran to its end, and say what came out."""
        run = self.open_run
        run.end_case(case.id)
        if measure is not None and measure.worst is not None:
            run.limiting(case.id, measure.worst["conditions"]["load"])
        verdict = Verdict.ERROR if case.id in run.errors else (measure.verdict if measure else Verdict.ERROR)
        reason = run.errors.get(case.id)
        self.progress.write(case_line(case, verdict, measure.worst if measure else None, reason), **colour(verdict))

    def bench_error(self, case: Case, excinfo: pytest.ExceptionInfo[BaseException] | None, report: Any) -> str:
        """Record why the bench could not judge a case, and return it in words."""
        from bench.session.errors import reason_of_exception

        cause = None if excinfo is None else excinfo.value
        reason = reason_of_exception(cause, phase=report.when, station=self.open_run.station_error)
        self.open_run.case_error(case.id, reason)
        trace = f"\n{report.longreprtext}" if reason.code == "test_crashed" else ""
        return f"{case.id} ERROR: {error_words(reason)}\n  {reason.advice}{trace}"

    def stumbled(self, cause: Exception) -> None:
        """Note that pytest, or a hook, broke the run in the middle: no case is to blame, and none may hide it."""
        from bench.session.errors import reason_of_exception

        reason = reason_of_exception(cause, phase="pytest")
        with suppress(BenchError):
            self.open_run.log("run_error", {"reason": reason.as_dict()})

    def finish(self) -> None:
        """End the run: the bench safe, the record written, the report rendered. A second Ctrl-C tears none of it."""
        from instruments.safety.signals import held

        run = self.open_run
        try:
            with held():
                run.finish()
                if run.record is not None:
                    self._publish_error = publish(run)
                if run.ledger_head is not None and self.options.ledger_mirror is not None:
                    self._publish_error = mirror(run, self.options.ledger_mirror) or self._publish_error
        finally:
            self._watch.restore()

    @property
    def passed(self) -> bool:
        """Whether the run is a complete PASS of which everything was stored."""
        return self._objection() is None

    def _objection(self) -> str | None:
        """Return why this process must not end in 0, None when it may."""
        run = self.run
        record = run.record if run is not None else None
        if record is None:
            return "the run has no record"
        if run is not None and run.trouble is not None:
            return run.trouble
        if record["verdict"] != Verdict.PASS.value or not record["complete"]:
            return Verdict(record["verdict"]).words + ("" if record["complete"] else ", PARTIAL")
        if self._publish_error is not None:
            return self._publish_error
        return f"stopped by {self._watch.seen[0]} after the record was sealed" if self._watch.seen else None

    def summarize(self) -> None:
        """Write the closing lines of the run."""
        run = self.open_run
        record = run.record
        if record is None:
            why = run.trouble or "nobody knows why"
            self.progress.write(f"the run has no record: {why}", red=True)
            self.progress.write(f"its journal is {run.path / 'journal.sqlite'}")
            return
        for line in summary_lines(record, run.path, self._publish_error):
            self.progress.write(line)
        for line in run.ledger_lines:
            self.progress.write(line)
        verdict, objection = Verdict(record["verdict"]), self._objection()
        self.progress.write(f"verdict         {verdict.words}", **colour(verdict))
        if verdict is Verdict.PASS and objection is not None:
            self.progress.write(f"not passed: {objection}", **colour(Verdict.ERROR))


def mirror(run: Run, file: Path) -> str | None:
    """Copy the head of the ledger to where nobody at this station can change it; return what went wrong."""
    from stimcert.store.host import host

    entry = run.ledger_head
    if entry is None:
        return None
    try:
        host().append(file, f"{entry.number} {entry.hash} {entry.wall} {run.id}\n".encode())
    except OSError as error:
        return f"the head of the ledger could not be copied to {file}: {error.strerror}"
    return None


def publish(run: Run) -> str | None:
    """Render everything that people read; return what went wrong, since a run without its report has not passed."""
    from reports import write_all

    try:
        write_all(run.path)
    # Whatever a renderer raises, the record is on disk and the bench is safe: say so and end with an error code.
    except Exception as error:
        reason = Reason("bench_error", {"text": f"the report could not be rendered: {type(error).__name__}: {error}"})
        return reason.text
    return None
