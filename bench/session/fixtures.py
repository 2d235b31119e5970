# SPDX-License-Identifier: MIT
"""What a bench test may ask for: ``case``, ``bench``, ``measure`` (and ``station`` behind them)."""

import pytest

from bench.session.bench import Bench
from bench.session.bench_session import BenchSession, session_of
from bench.session.hooks import MEASURE
from bench.session.measure import Measure
from instruments.station import Station
from stimcert.plan import Case


def _session(config: pytest.Config) -> BenchSession:
    session = session_of(config)
    if session is None:
        raise pytest.UsageError("bench fixtures need a plan and a station: run `pytest bench/`")
    return session


@pytest.fixture(scope="session")
def station(pytestconfig: pytest.Config) -> Station:
    """The station, opened, identified and checked once; every bench test stands on it."""
    return _session(pytestconfig).station()


@pytest.fixture
def bench(station: Station, pytestconfig: pytest.Config) -> Bench:
    """The bench in the device's terms: points, captures, means."""
    session = _session(pytestconfig)
    station.refuse_restarted()
    run = session.open_run
    return Bench(
        station, session.inputs, run.state.zeros, session.progress_of_point, run.state.load_readings, seed=run.seed
    )


@pytest.fixture
def measure(case: Case, bench: Bench, request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Measure:
    """The one verb of a bench test: store, evaluate, judge."""
    session = _session(pytestconfig)
    made = Measure(case, session.inputs, session.open_run, bench, session.progress_of_measurement)
    request.node.stash[MEASURE] = made
    return made
