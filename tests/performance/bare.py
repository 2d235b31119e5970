# SPDX-License-Identifier: MIT
"""The floor: a bare PyVISA loop that says the same things to the same instruments, and keeps nothing."""

import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pyvisa
from processes import foreign_options, run_bench, simulator
from wire import Exchange, Recorder
from workload import Workload, write_station

LINE = b"x" * 400 + b"\n"


def transcript(scratch: Path, workload: Workload) -> tuple[list[Exchange], int]:
    """Return what a run of this workload says to its instruments, and its number of readings."""
    with simulator(workload.device) as ports:
        recorder = Recorder(ports)
        station = write_station(scratch / "station.toml", recorder.ports)
        run = run_bench(scratch, *foreign_options(workload, station))
        recorder.close()
    if run.verdict != "PASS":
        raise SystemExit(f"the recorded run is {run.verdict}:\n{(scratch / 'output.txt').read_text()[-4000:]}")
    return recorder.exchanges, run.readings


def open_sessions(ports: dict[str, int]) -> dict[str, pyvisa.resources.MessageBasedResource]:
    """Open a PyVISA session for each instrument, Nagle's algorithm off as in the harness."""
    manager = pyvisa.ResourceManager("@py")
    sessions = {}
    for role, port in ports.items():
        session = manager.open_resource(f"TCPIP::127.0.0.1::{port}::SOCKET", timeout=60_000)
        session.read_termination = session.write_termination = "\n"
        link = session.visalib.sessions[session.session].interface
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sessions[role] = session
    return sessions


def replay(exchanges: Sequence[Exchange], device: Path, *, pace: float = 0.0, syncs: int = 0, journal: Path) -> float:
    """Say it all again, on a fresh bench, and return the seconds that it took.

    :param syncs: lines written to ``journal``, each with one fdatasync, spread evenly.
    """
    every = len(exchanges) / syncs if syncs else float("inf")
    log = journal.with_name("simulator.log")
    with simulator(device, pace, log) as ports, journal.open("wb", buffering=0) as sink:
        sessions = open_sessions(ports)
        due, start = every, time.perf_counter()
        for count, exchange in enumerate(exchanges, start=1):
            _say(sessions[exchange.role], exchange)
            if count >= due:
                due += every
                sink.write(LINE)
                os.fdatasync(sink.fileno())
        seconds = time.perf_counter() - start
        for session in sessions.values():
            session.close()
    return seconds


def _say(session: pyvisa.resources.MessageBasedResource, exchange: Exchange) -> None:
    session.write(exchange.message)
    if exchange.binary:
        session.read_termination = None
        session.read_bytes(len(exchange.reply))
        session.read_termination = "\n"
    elif exchange.asks:
        session.read()


def round_trip(device: Path, count: int = 2000) -> float:
    """Return the median time of ``*IDN?`` at the SMU, s."""
    with simulator(device) as ports:
        session = open_sessions({"smu": ports["smu"]})["smu"]
        times = []
        for _ in range(count):
            start = time.perf_counter()
            session.query("*IDN?")
            times.append(time.perf_counter() - start)
        session.close()
    return median(times)


def sync_time(file: Path, count: int = 1000) -> float:
    """Return the median time of writing one line and fdatasync, s, on the disk of ``file``."""
    times = []
    with file.open("wb", buffering=0) as sink:
        for _ in range(count):
            start = time.perf_counter()
            sink.write(LINE)
            os.fdatasync(sink.fileno())
            times.append(time.perf_counter() - start)
    return median(times)
