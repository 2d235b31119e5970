# SPDX-License-Identifier: MIT
"""What each procedure measures."""

from pathlib import Path

import pytest

from stimcert.metrics import METRICS
from stimcert.procedures import PROCEDURES, judged_by_mode, measures

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_procedure_has_its_bench_test(procedure: str) -> None:
    assert (BENCH / f"test_{procedure}.py").is_file()


def test_every_bench_test_is_in_the_table() -> None:
    assert {path.stem.removeprefix("test_") for path in BENCH.glob("test_*.py")} == set(PROCEDURES)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_only_metrics_of_the_catalogue_are_measured(procedure: str) -> None:
    assert set(PROCEDURES[procedure].metrics) <= set(METRICS)


def test_the_proof_of_output_is_measured_everywhere() -> None:
    assert all("current.peak" in procedure.metrics for procedure in PROCEDURES.values())


def test_of_a_laboratorys_own_procedure_nothing_is_known() -> None:
    assert measures("our_own", "current.peak")
    assert not judged_by_mode("our_own")
