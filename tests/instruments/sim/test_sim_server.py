# SPDX-License-Identifier: MIT
"""The simulated bench on TCP: framing, many clients, pace, and how it ends."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from instruments.sim.__main__ import INSTRUMENTS, build_instruments, main
from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import read_device
from instruments.sim.server import Server

ROLES = ["smu", "digitizer", "load_box", "switch", "reference", "environment", "dut", "control", "skin"]
CHECKOUT = Path(__file__).parents[3]


class Client:
    """A raw TCP client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Client":
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 24))

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def line(self) -> bytes:
        return await asyncio.wait_for(self.reader.readline(), 10)

    async def ask(self, message: bytes) -> bytes:
        self.send(message + b"\n")
        return await self.line()

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


Story = Callable[[dict[str, int], SimulatedBench], Awaitable[None]]


def serve(story: Story, *, log: Path | None = None, until_idle: float | None = None, pace: float = 0.0) -> None:
    """Run ``story`` against a served bench, and wait for the server's end."""

    async def both() -> None:
        bench = SimulatedBench(read_device("galvanic_good").device(), log=log, pace=pace)
        server = Server(bench, build_instruments(bench), until_idle)
        ports = await server.start()
        running = asyncio.create_task(server.run())
        await story(ports, bench)
        if until_idle is None:
            server.stop()
        await asyncio.wait_for(running, 10)

    asyncio.run(both())


def events(log: Path, name: str) -> list[dict[str, object]]:
    """Return the log's events of one name."""
    return [event for event in map(json.loads, log.read_text("utf-8").splitlines()) if event["event"] == name]


def test_every_instrument_has_a_port_and_says_who_it_is() -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        assert list(ports) == ROLES
        assert len(set(ports.values())) == len(ROLES)
        for port in ports.values():
            client = await Client.to(port)
            fields = (await client.ask(b"*IDN?")).decode().strip().split(",")
            assert len(fields) == 4
            assert fields[2].startswith("SIM-")
            await client.close()

    serve(story)


def test_lines_may_come_in_pieces_together_and_with_a_carriage_return() -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        client = await Client.to(ports["smu"])
        client.send(b":SENS:CURR:NP")
        await asyncio.sleep(0)
        client.send(b"LC 2\r\n:SENS:CURR:NPLC?\r\n*OPC?\n:SYST")
        assert (await client.line(), await client.line()) == (b"2\n", b"1\n")
        assert await client.ask(b":ERR?") == b'0,"No error;0;0 0"\n'
        await client.close()

    serve(story)


def test_all_clients_of_an_instrument_see_the_same_one() -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        first, second = await Client.to(ports["smu"]), await Client.to(ports["smu"])
        assert await first.ask(b":OUTP ON;:OUTP?") == b"1\n"
        await first.close()
        assert await second.ask(b":OUTP?") == b"1\n"  # a session that ends leaves the output as it is
        await second.close()

    serve(story)


def test_an_endless_line_is_an_error_and_not_the_end() -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        client = await Client.to(ports["environment"])
        client.send(b"A" * ((1 << 20) + 70_000))
        assert (await client.ask(b"\nSYST:ERR?")).startswith(b"-363,")
        assert await client.ask(b"*OPC?") == b"1\n"
        await client.close()

    serve(story)


def test_a_long_answer_arrives_whole() -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        client = await Client.to(ports["digitizer"])
        client.send(b":TRAC:POIN 1000000;:DIG:COUN 500000;:INIT;:FORM REAL;:TRAC:DATA? 1,500000\n")
        block = await asyncio.wait_for(client.reader.readexactly(2 + 8 * 500_000 + 1), 10)
        assert (block[:2], block[-1:]) == (b"#0", b"\n")
        assert await client.ask(b"*OPC?") == b"1\n"
        await client.close()

    serve(story)


def test_pace_holds_the_answer_back_and_keeps_the_order() -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        client, other = await Client.to(ports["smu"]), await Client.to(ports["dut"])
        loop = asyncio.get_running_loop()
        start = loop.time()
        client.send(b":READ?\n*OPC?\n")
        assert await other.ask(b":LEV?") == b"1\n"
        assert b"E" in await client.line()
        assert loop.time() - start > 0.03
        assert await client.line() == b"1\n"
        await client.close()
        await other.close()

    serve(story, pace=0.05)


def test_it_ends_when_the_last_client_has_left_and_logs_what_was_on(tmp_path: Path) -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        client = await Client.to(ports["smu"])
        await client.ask(b":OUTP ON;*OPC?")
        await client.close()

    log = tmp_path / "log.jsonl"
    serve(story, log=log, until_idle=0.01)
    assert [event["clients"] for event in events(log, "client")] == [1, 0]
    final = events(log, "state")
    assert len(final) == 1
    expected = {"port": "open", "smu_output": True, "dut_output": False, "reference_output": False, "bypass": False}
    assert {key: final[0][key] for key in expected} == expected


def test_quit_ends_it(tmp_path: Path) -> None:
    async def story(ports: dict[str, int], bench: SimulatedBench) -> None:
        client = await Client.to(ports["control"])
        client.send(b":QUIT\n")
        await client.writer.drain()
        await client.close()

    serve(story, until_idle=3600.0)


# --- the command line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot send SIGINT to one process")
def test_a_bench_that_a_user_started_ends_with_ctrl_c() -> None:
    command = [sys.executable, "-m", "instruments.sim"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_a_bench_that_a_harness_started_ignores_ctrl_c_and_ends_on_terminate(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    arguments = ["--device", "galvanic_good", "--seed", "3", "--fault", "load_stuck", "--log", str(log)]
    arguments += ["--until-idle", "60"]
    process = subprocess.Popen(
        [sys.executable, "-m", "instruments.sim", *arguments], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT
    )
    with process:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())["ports"]

        async def story() -> None:
            client = await Client.to(ports["control"])
            if sys.platform != "win32":
                process.send_signal(signal.SIGINT)
            state = json.loads(await client.ask(b":STAT?"))
            assert (state["seed"], state["faults"]) == (3, ["load_stuck"])
            await client.close()

        asyncio.run(story())
        process.terminate()
        rest = process.stdout.read()
        code = process.wait(10)
    assert rest == ""
    if sys.platform != "win32":
        assert code == 0
        assert len(events(log, "state")) == 1


def test_a_device_file_that_cannot_be_used_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--device", "nothing_like_it"]) == 4
    assert "microcurrent_good" in capsys.readouterr().err
    (tmp_path / "bad.toml").write_text("schema = 1\n", "utf-8")
    assert main(["--device", str(tmp_path / "bad.toml")]) == 4
    assert "bad.toml:1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["--fault", "gremlins"], ["--pace", "-1"], ["--port-base", "80"], ["--clock", "sun"]]
)
def test_nonsense_on_the_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_roles_follow_each_other_as_the_ports_do() -> None:
    assert [kind.role for kind in INSTRUMENTS] == ROLES
