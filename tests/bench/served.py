# SPDX-License-Identifier: MIT
"""A simulated bench that is served to anybody, as an instrument on a network is."""

import datetime
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.command import CHECKOUT, environment


@contextmanager
def served_bench(*options: str) -> Iterator[dict[str, int]]:
    """Serve a bench for as long as the block lasts; its ports by role."""
    command = [sys.executable, "-m", "bench", "sim", *options]
    process = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, env=environment())
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["ports"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def station_on(ports: dict[str, int], file: Path, *changes: tuple[str, str]) -> Path:
    """Write the station file of such a bench.

    :param changes: texts and what stands in their places, after everything else.
    """
    text = (CHECKOUT / "instruments" / "stations" / "sim.toml").read_text(encoding="utf-8")
    text = text.replace("[simulator]\nembedded = true\n", "")
    for role, port in ports.items():
        text = text.replace(f'"embedded:{role}"', f'"TCPIP::127.0.0.1::{port}::SOCKET"')
    today = datetime.date.today()
    for words, days in (('"-30 d"', -30), ('"+335 d"', 335)):
        text = text.replace(words, f'"{(today + datetime.timedelta(days=days)).isoformat()}"')
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return file
