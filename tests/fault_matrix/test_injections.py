# SPDX-License-Identifier: MIT
"""A hundred steps of the fault matrix, the same ones each time: every fault, anywhere in a run, on whole processes."""

import os
import random
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from tests.fault_matrix.matrix import LACKS, can_be_done, command_of, counted
from tests.fault_matrix.rows import ROWS, Row
from tests.fault_matrix.trial import Outcome, trial

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")

SIZE, SEED = 100, 1


@dataclass(frozen=True)
class Draw:
    """One fault somewhere in a run.

    :param share: where, as a share of all steps of the fault's seam.
    """

    row: Row
    share: float
    device: str

    def __str__(self) -> str:
        return f"{self.row.name}, {self.share:.1%}, {self.device}"


def drawn() -> list[Draw]:
    """Return each fault once, then whatever comes."""
    chance = random.Random(SEED)
    rows = [*ROWS, *chance.choices(ROWS, k=SIZE - len(ROWS))]
    return [Draw(row, chance.random(), chance.choice(row.devices)) for row in rows]


Outcomes = dict[Draw, "Future[Outcome]"]


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest) -> Iterator[Outcomes]:
    """All that the selected tests ask for, on their way: as many at a time as there are cores."""
    items = [item for item in request.session.items if item.path == request.path and isinstance(item, pytest.Function)]
    counts = counted()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        started: Outcomes = {}
        asked = [item.callspec.params["draw"] for item in items if "draw" in item.fixturenames]
        for draw in (draw for draw in asked if can_be_done(draw.row)):
            at = 1 + int(draw.share * counts[draw.device][draw.row.seam])
            started[draw] = pool.submit(trial, draw.row, at, draw.device)
        yield started
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("draw", drawn(), ids=str)
def test_nothing_that_was_promised_breaks(outcomes: Outcomes, draw: Draw) -> None:
    """No false PASS, no output left on, nothing acknowledged lost, no valid FAIL lost, every fault named."""
    if draw not in outcomes:
        pytest.skip(LACKS)
    outcome = outcomes[draw].result()
    assert not outcome.broken, f"{outcome.broken} {outcome.place}\nonce more: {command_of(outcome)}"
