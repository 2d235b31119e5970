# SPDX-License-Identifier: MIT
"""What is left out of pymeasure is left out, and is there for who asks for it."""

import subprocess
import sys

import pytest

from tests.bench.command import CHECKOUT


@pytest.mark.parametrize(
    "program",
    [
        "import sys, instruments.drivers; assert not {'unittest.mock', 'asyncio'} & set(sys.modules)",
        "import instruments.drivers; from pymeasure.adapters import ProtocolAdapter as P; assert not P([]).comm_pairs",
        "import instruments.drivers, pymeasure.adapters as a; p = a.ProtocolAdapter([]); v = a.VISAAdapter(p); "
        "assert v.connection is p",
        "import instruments.drivers; from pymeasure.test import expected_protocol as e; assert callable(e)",
        "import pymeasure.adapters as a, instruments.drivers; assert a.ProtocolAdapter.__name__ == 'ProtocolAdapter'",
        "import instruments.drivers, pymeasure.adapters as a; assert not hasattr(a, 'NoSuchAdapter')",
    ],
)
def test_in_a_fresh_process(program: str) -> None:
    ended = subprocess.run([sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
