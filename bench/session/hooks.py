# SPDX-License-Identifier: MIT
"""pytest's hooks: from a plan to items in its order, from items to a run, from a run to an exit code.

Registered by :mod:`bench.session.entry` once the run's files are known to be good.
"""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.session.bench_session import BenchSession, session_of
from bench.session.fail_closed import late_refusals, no_thread_may_fail
from bench.session.measure import CaseNotPassed, Measure
from bench.session.options import CHECKOUT
from bench.session.rewriting import no_rewriting
from instruments.errors import BenchError
from stimcert.plan import Case

_BENCH = CHECKOUT / "bench"
MEASURE = pytest.StashKey[Measure]()


def is_bench_file(path: Path) -> bool:
    """Tell whether a file is one of the product's bench tests."""
    return path.resolve().parent == _BENCH


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out bench tests that the plan has no case for without loading them, unless they were named."""
    session = session_of(config)
    if session is None or not is_bench_file(collection_path) or not collection_path.name.startswith("test_"):
        return None
    named = {(config.invocation_params.dir / argument.split("::")[0]).resolve() for argument in config.args}
    procedures = {case.procedure for case in session.inputs.plan.cases}
    wanted = collection_path.stem.removeprefix("test_") in procedures or collection_path.resolve() in named
    return None if wanted else True


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str) -> list[pytest.Item] | None:
    """Leave out bench tests that the plan has no case for: they do not exist in this run, nor in pytest's counts."""
    session = session_of(collector.config)
    if session is None or not is_bench_file(collector.path) or not name.startswith("test_"):
        return None
    procedures = {case.procedure for case in session.inputs.plan.cases}
    return None if name.removeprefix("test_") in procedures else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of each case of the plan that names this procedure."""
    session = session_of(metafunc.config)
    if session is None or "case" not in metafunc.fixturenames or not is_bench_file(metafunc.definition.path):
        return
    procedure = metafunc.function.__name__.removeprefix("test_")
    cases = [case for case in session.inputs.plan.cases if case.procedure == procedure]
    metafunc.parametrize("case", cases, ids=[case.id for case in cases])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the items in the plan's order, without the cases that it calls not applicable."""
    session = session_of(config)
    if session is None:
        return
    ids = [case.id for case in session.inputs.plan.cases]
    others = [item for item in items if not is_bench_file(item.path)]
    ours = {case.id: item for item in items if (case := case_of(item)) is not None}
    items[:] = others + [ours[name] for name in ids if name in ours and not session.left_out(name)]


def case_of(item: pytest.Item) -> Case | None:
    """Return the case of a bench item, None for any other item."""
    callspec = getattr(item, "callspec", None)
    case = callspec.params.get("case") if callspec is not None and is_bench_file(item.path) else None
    return case if isinstance(case, Case) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Open the run around the items, and close it on every way out."""
    bench = session_of(session.config)
    cases = [case for case in map(case_of, session.items) if case is not None]
    dry = session.config.option.collectonly or session.config.getoption("setupplan", False)
    resumes = bench is not None and bench.previous is not None
    if bench is None or not (cases or resumes) or dry or session.testsfailed:
        return (yield)
    refused = late_refusals(session.config, session.items)
    if refused:
        raise pytest.UsageError("\n".join(refused))
    bench.begin([case.id for case in cases])
    with no_rewriting():
        return (yield from _run(bench, measures=bool(cases)))


def _run(bench: BenchSession, *, measures: bool) -> Generator[None, object, object]:
    try:
        if not measures:
            # Every case ended before: what is left is to see that the bench still is the bench that measured.
            bench.check_station()
        return (yield)
    except KeyboardInterrupt as interrupt:
        # pytest would render the source of every frame below, seconds of work of which it shows the last line only.
        raise interrupt.with_traceback(None) from None
    except pytest.Session.Failed:
        raise  # asked for: -x, --maxfail
    except Exception as error:
        bench.stumbled(error)
        raise
    finally:
        bench.finish()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note beginning and end of a case; one that is torn by an interrupt has no end."""
    bench, case = session_of(item.config), case_of(item)
    if bench is None or bench.run is None or case is None:
        return (yield)
    bench.begin_case(case)
    result = yield
    bench.end_case(case, item.stash.get(MEASURE, None))
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the item when any of its measurements is not PASS: its author cannot forget to judge."""
    bench, measure = session_of(item.config), item.stash.get(MEASURE, None)
    try:
        with no_thread_may_fail():
            yield
    except BenchError as error:
        if bench is not None and bench.run is not None:
            bench.run.explain(error)
        raise
    if measure is not None and bench is not None:
        bench.open_run.check_power()
        measure.conclude()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell a device that failed from a bench that could not judge, and say it without a traceback."""
    with _in_words_only(item.config, call):
        report = yield
    bench, case = session_of(item.config), case_of(item)
    if bench is None or bench.run is None or case is None:
        return report
    report.user_properties.append(("stimcert", case.id))
    if call.excinfo is not None and isinstance(call.excinfo.value, CaseNotPassed):
        report.longrepr = str(call.excinfo.value)
    elif call.excinfo is not None or not report.passed or hasattr(report, "wasxfail"):
        report.longrepr = bench.bench_error(case, call.excinfo, report)
        report.outcome = "failed"
    return report


@contextmanager
def _in_words_only(config: pytest.Config, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Keep pytest from rendering the source of every frame of what is told in a line: a sixth of a short run."""
    style = config.option.tbstyle
    if call.excinfo is not None and isinstance(call.excinfo.value, CaseNotPassed | BenchError):
        config.option.tbstyle = "value"
    try:
        yield
    finally:
        config.option.tbstyle = style


def pytest_report_teststatus(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """Count bench items as usual; instead of a letter there is a line per case."""
    if not any(name == "stimcert" for name, _ in getattr(report, "user_properties", ())):
        return None
    if report.when == "call":
        return report.outcome, "", report.outcome.upper()
    return ("error", "", "ERROR") if report.failed else ("", "", "")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """End in 0 only for a complete, sealed PASS of a bench that is safe."""
    bench = session_of(session.config)
    if bench is None or bench.run is None:
        return
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.OK if bench.passed else pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show verdict, finding, worst point and where the report lies."""
    bench: BenchSession | None = session_of(config)
    if bench is not None and bench.run is not None:
        bench.summarize()
