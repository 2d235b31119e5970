# SPDX-License-Identifier: MIT
"""A million samples over TCP, from the same prepared block: the driver, PyVISA's own way, and a bare socket.

A server in a process of its own answers at once, so that all that is measured is the way of the bytes.
"""

import argparse
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import numpy as np
import pyvisa

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import DMM6500
from instruments.io import open_session

COUNT = 1_000_000
QUERY = f':TRAC:DATA? 1,{COUNT},"defbuffer1",READ'
ALLOWED_PYVISA, ALLOWED_SOCKET = 0.15, 12.0
NO_ERROR = b'0,"No error;0;0 0"'


def prepared() -> bytes:
    """Return a record as the instrument sends it: bursts of a 4 kHz carrier with noise, in steps of 16 bits."""
    rng, times = np.random.default_rng(1), np.arange(COUNT) / 1e6
    volts = 0.5 * np.sin(2 * np.pi * 4e3 * times) * np.abs(np.sin(2 * np.pi * 25 * times))
    volts += 5e-5 * rng.standard_normal(COUNT)
    step = 2 * 1.2 / 2**16
    return b"#0" + (np.round(volts / step) * step).astype("<f4").tobytes() + b"\n"


def answer(line: bytes, block: bytes, settings: dict[bytes, bytes]) -> bytes:
    """Return what the instrument answers to one message, and keep what it sets."""
    replies = []
    for part in line.split(b";"):
        header, _, value = part.partition(b" ")
        if header == b":TRAC:DATA?":
            return block
        if header == b":READ:DIG?":
            return b"#0" + block[2:6] + b"\n"
        if header == b":SYST:ERR?":
            replies.append(NO_ERROR)
        elif header.endswith(b"?"):
            replies.append(settings[header[:-1]])
        else:
            settings[header] = value
    return b";".join(replies) + b"\n" if replies else b""


def serve(ready: Connection) -> None:
    """Answer one client after another until killed."""
    block, settings = prepared(), {}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready.send(listener.getsockname()[1])
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client, client.makefile("rb") as lines:
                for line in lines:
                    client.sendall(answer(line.rstrip(b"\n"), block, settings))


def by_driver(port: int) -> Callable[[], np.ndarray]:
    """Return the driver's capture: measure, read all samples, read the error queue, look for clipping."""
    door = open_session(f"TCPIP::127.0.0.1::{port}::SOCKET", role="digitizer")
    digitizer = DMM6500(door, accuracy=load_accuracy("dmm6500"))
    digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=COUNT)
    return lambda: digitizer.capture().samples


def by_pyvisa(port: int) -> Callable[[], np.ndarray]:
    """Return PyVISA's own query_binary_values, Nagle's algorithm off as in the driver."""
    session = pyvisa.ResourceManager("@py").open_resource(f"TCPIP::127.0.0.1::{port}::SOCKET", timeout=60_000)
    session.read_termination = session.write_termination = "\n"
    session.visalib.sessions[session.session].interface.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return lambda: session.query_binary_values(
        QUERY, datatype="f", is_big_endian=False, container=np.array, data_points=COUNT, expect_termination=True
    )


def by_socket(port: int) -> Callable[[], np.ndarray]:
    """Return the floor: the same block received into one buffer."""
    link = socket.create_connection(("127.0.0.1", port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    whole = bytearray(4 * COUNT + 3)

    def receive() -> np.ndarray:
        link.sendall(QUERY.encode() + b"\n")
        view, at = memoryview(whole), 0
        while at < len(whole):
            at += link.recv_into(view[at:])
        return np.frombuffer(whole, "<f4", COUNT, 2)

    return receive


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=21)
    repeats = parser.parse_args().repeats
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port, expected = ours.recv(), np.frombuffer(prepared()[2:-1], "<f4")
    ways = (("bare socket", by_socket), ("driver", by_driver), ("query_binary_values", by_pyvisa))
    seconds = {name: measured(way(port), expected, repeats) for name, way in ways}
    server.terminate()
    server.join()
    for name, value in seconds.items():
        print(f"{name:20} {value * 1e3:8.3f} ms a record of {COUNT} samples, median of {repeats}")
    for name, allowed in (("query_binary_values", ALLOWED_PYVISA), ("bare socket", ALLOWED_SOCKET)):
        print(f"driver / {name:20} = {seconds['driver'] / seconds[name]:.3f} (at most {allowed:g})")


def measured(read: Callable[[], np.ndarray], expected: np.ndarray, repeats: int) -> float:
    """Return the median time of one record, s, after one that is checked."""
    if not np.array_equal(read(), expected):
        raise SystemExit("the samples are not those that were sent")
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        read()
        taken.append(time.perf_counter() - start)
    return median(taken)


if __name__ == "__main__":
    main()
