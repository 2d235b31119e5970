# SPDX-License-Identifier: MIT
"""The SCPI rules every simulated instrument keeps."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sim.scpi import Arguments, ScpiError, ScpiInstrument, command, nr3, query
from instruments.sim.scpi_header import find, header_tree
from instruments.sim.scpi_message import Unit, parse


class Bench(ScpiInstrument):
    """A small instrument with one of everything."""

    def __init__(self) -> None:
        super().__init__(SimpleNamespace(pace=0.0))
        self.level, self.limit, self.on, self.text, self.resets = 0.0, 0.0, False, "", 0

    def identity(self) -> str:
        return "MAKER,MODEL,1,2"

    def reset(self) -> None:
        self.resets += 1

    @command("SOURce[1]:VOLTage[:LEVel]")
    def set_level(self, arguments: Arguments) -> None:
        self.level = arguments.number(0, -5, 5, minimum=-5, maximum=5, default=1.5)

    @query("SOURce[1]:VOLTage[:LEVel]", parameters=1)
    def get_level(self, arguments: Arguments) -> str:
        return nr3(arguments.asked(0, self.level, minimum=-5, maximum=5))

    @command("SOURce[1]:VOLTage:ILIMit")
    def set_limit(self, arguments: Arguments) -> None:
        self.limit = arguments.number(0)

    @command("OUTPut[:STATe]")
    def output(self, arguments: Arguments) -> None:
        self.on = arguments.boolean(0)

    @command("[SENSe[1]:]FUNCtion")
    def function(self, arguments: Arguments) -> None:
        self.text = arguments.string(0)

    @query("[SENSe[1]:]CURRent|VOLTage[:DC]:NPLCycles")
    def cycles(self, arguments: Arguments) -> str:
        return arguments.node("CURRent", "VOLTage")

    @command("MODE", parameters=1)
    def mode(self, arguments: Arguments) -> None:
        self.text = arguments.keyword(0, "NORMal", "HIMPedance")

    @query("ROUTe:CLOSe", parameters=1)
    def closed(self, arguments: Arguments) -> str:
        return ",".join(map(str, arguments.channels(0)))

    @query("BLOCk")
    def block(self, arguments: Arguments) -> bytes:
        return b"#0;\n\xff"

    @command("BROKen", parameters=0)
    def broken(self, arguments: Arguments) -> None:
        raise RuntimeError("a mistake of the model")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def error(bench: Bench) -> int:
    """Return the code of the oldest error."""
    return int(bench.handle(b"SYST:ERR?").split(b",")[0])


# --- headers


@pytest.mark.parametrize("header", ["SOUR:VOLT", "source:voltage:level", ":Sour1:Volt:LEV", "SOURCE1:VOLTAGE"])
def test_short_and_long_forms_in_any_case_with_and_without_optional_nodes(bench: Bench, header: str) -> None:
    bench.handle(f"{header} 2.5".encode())
    assert bench.handle(f"{header}?".encode()) == b"2.5\n"


@pytest.mark.parametrize("header", ["SOURC:VOLT", "SOU:VOLT", "SOUR2:VOLT", "SOUR:VOLTA", "VOLT", "SOUR:LEV", "SOUR"])
def test_any_other_spelling_is_an_undefined_header(bench: Bench, header: str) -> None:
    assert bench.handle(f"{header} 1".encode()) == b""
    assert error(bench) == -113
    assert bench.level == 0.0


def test_a_command_has_no_query_unless_it_says_so(bench: Bench) -> None:
    assert bench.handle(b"SOUR:VOLT:ILIM?") == b""
    assert error(bench) == -113


MNEMONIC = st.tuples(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=4), st.text("abcdefghijklmnopqrstuvwxyz", max_size=6)
)


@given(nodes=st.lists(MNEMONIC, min_size=1, max_size=4), data=st.data())
def test_each_node_has_exactly_two_spellings(nodes: list[tuple[str, str]], data: st.DataObject) -> None:
    """Every mix of short and long nodes is found; a header with one node cut anywhere else is not."""
    pattern = ":".join(short + rest for short, rest in nodes)

    @query(pattern)
    def answer(self: object, arguments: Arguments) -> str:
        return ""

    tree = header_tree(type("Instrument", (), {"answer": answer}))
    spelt = [short + data.draw(st.sampled_from(["", rest.upper()])) for short, rest in nodes]
    assert find(tree, Unit(header=tuple(spelt), query=True)) is not None
    index = data.draw(st.integers(0, len(nodes) - 1))
    full = (nodes[index][0] + nodes[index][1]).upper()
    cut = full[: data.draw(st.integers(1, len(full)))] + data.draw(st.sampled_from(["", "X"]))
    expected = cut in (nodes[index][0], full)
    assert (find(tree, Unit(header=(*spelt[:index], cut, *spelt[index + 1 :]), query=True)) is not None) == expected


def test_alternatives_in_a_pattern_tell_which_was_sent(bench: Bench) -> None:
    assert bench.handle(b"SENS:CURR:DC:NPLC?;:VOLT:NPLCYCLES?") == b"CURR;VOLT\n"
    assert bench.handle(b"SENS:CURR:NPLCYC?") == b""
    assert error(bench) == -113


def test_a_pattern_nobody_can_read_is_a_mistake_of_the_author() -> None:
    @command("SOURce[:VOLTage")
    def method(self: object, arguments: Arguments) -> None:
        return None

    with pytest.raises(ValueError, match="not understood"):
        header_tree(type("Instrument", (), {"method": method}))


# --- compounds


def test_a_unit_without_colon_stays_in_the_subtree_of_the_one_before(bench: Bench) -> None:
    bench.handle(b"SOUR:VOLT 1;ILIM 7")
    assert error(bench) == -113  # the path is SOUR, not SOUR:VOLT
    bench.handle(b"SOUR:VOLT:LEV 2;ILIM 3")
    assert (bench.level, bench.limit) == (2.0, 3.0)


def test_a_colon_and_a_common_command_are_absolute(bench: Bench) -> None:
    assert bench.handle(b"SOUR:VOLT:LEV 4;*OPC?;LEV?;:SOUR:VOLT?;:*IDN?") == b"1;4;4;MAKER,MODEL,1,2\n"


def test_empty_units_are_no_units(bench: Bench) -> None:
    assert bench.handle(b";;:SOUR:VOLT 3 ; ;:SOUR:VOLT? ;") == b"3\n"
    assert bench.handle(b"") == b""
    assert error(bench) == 0


def test_answers_are_joined_and_a_faulty_unit_leaves_the_others_alone(bench: Bench) -> None:
    assert bench.handle(b"SOUR:VOLT?;:NONSENSE?;:SOUR:VOLT 9;:OUTP ON;:SOUR:VOLT?") == b"0;0\n"
    assert bench.on
    assert (error(bench), error(bench), error(bench)) == (-113, -222, 0)


def test_a_binary_answer_goes_out_as_it_is(bench: Bench) -> None:
    assert bench.handle(b"*OPC?;:BLOC?") == b"1;#0;\n\xff\n"


# --- parameters


@pytest.mark.parametrize(
    ("text", "value"),
    [("2", 2.0), ("+.5", 0.5), ("-1.25e-3", -1.25e-3), ("3.E0", 3.0), ("MAX", 5.0), ("minimum", -5.0), ("Def", 1.5)],
)
def test_numbers(bench: Bench, text: str, value: float) -> None:
    bench.handle(f"SOUR:VOLT {text}".encode())
    assert bench.level == value


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("SOUR:VOLT", -109),
        ("SOUR:VOLT 1,2", -108),
        ("SOUR:VOLT ON", -104),
        ("SOUR:VOLT '1'", -104),
        ("SOUR:VOLT 1,5 V", -108),
        ("SOUR:VOLT 1V", -104),
        ("SOUR:VOLT NAN", -104),
        ("SOUR:VOLT INF", -104),
        ("SOUR:VOLT 5.001", -222),
        ("SOUR:VOLT 1E999", -222),
        ("SOUR:VOLT? DEF", -104),
        ("SOUR:VOLT? 1", -222),
        ("OUTP", -109),
        ("OUTP 2", -224),
        ("OUTP MAYBE", -224),
        ("OUTP 'ON'", -104),
        ("FUNC CURR", -104),
        ("FUNC 'CURR", -151),
        ("MODE NORMA", -224),
        ("MODE 1", -104),
        ("ROUT:CLOS? 101", -104),
        ("ROUT:CLOS? (@103:101)", -222),
        ("BROK 1", -108),
        ("SOUR:VOLT ,", -102),
        ("?", -102),
        ("::SOUR:VOLT 1", -102),
        ("SOUR:VOLT µ", -101),
    ],
)
def test_what_cannot_be_taken_has_the_standards_error_and_no_effect(bench: Bench, message: str, code: int) -> None:
    assert bench.handle(message.encode()) == b""
    assert (error(bench), error(bench)) == (code, 0)
    assert (bench.level, bench.on, bench.text) == (0.0, False, "")


@pytest.mark.parametrize(("text", "value"), [("ON", True), ("1", True), ("on", True), ("OFF", False), ("0", False)])
def test_booleans(bench: Bench, text: str, value: bool) -> None:
    bench.on = not value
    bench.handle(f"OUTPUT {text}".encode())
    assert bench.on is value


@pytest.mark.parametrize(
    ("text", "value"),
    [("'CURR'", "CURR"), ('"CURR:DC"', "CURR:DC"), ("'a;b,c'", "a;b,c"), ('"it\'s ""so"""', 'it\'s "so"')],
)
def test_strings_in_either_quotes_hide_separators(bench: Bench, text: str, value: str) -> None:
    assert bench.handle(f"FUNC {text};*OPC?".encode()) == b"1\n"
    assert bench.text == value


@pytest.mark.parametrize("text", ["HIMP", "himpedance"])
def test_keywords_come_in_two_forms(bench: Bench, text: str) -> None:
    bench.handle(f"MODE {text}".encode())
    assert bench.text == "HIMPEDANCE"


def test_channel_lists(bench: Bench) -> None:
    assert bench.handle(b"ROUT:CLOS? (@101, 103:105);*OPC?") == b"101,103,104,105;1\n"


# --- queue and status


def test_the_queue_is_first_in_first_out_and_its_last_place_tells_of_an_overflow(bench: Bench) -> None:
    bench.handle(b"SOUR:VOLT")
    for _ in range(20):
        bench.handle(b"NONSENSE")
    assert bench.handle(b"SYST:ERR:COUN?") == b"10\n"
    codes = [error(bench) for _ in range(11)]
    assert codes == [-109, *[-113] * 8, -350, 0]


def test_cls_empties_the_queue_and_rst_does_not(bench: Bench) -> None:
    bench.handle(b"NONSENSE;*RST")
    assert (bench.resets, bench.handle(b"SYST:ERR?")) == (1, b'-113,"Undefined header"\n')
    bench.handle(b"NONSENSE;*CLS")
    assert bench.handle(b"SYSTem:ERRor:NEXT?") == b'0,"No error"\n'


def test_event_status_and_status_byte(bench: Bench) -> None:
    assert bench.handle(b"*ESR?") == b"128\n"  # power on, once
    assert bench.handle(b"*ESE 32;*SRE 32;*ESE?;*SRE?;*STB?") == b"32;32;0\n"
    bench.handle(b"NONSENSE")
    assert bench.handle(b"*STB?") == b"100\n"  # queue 4, event summary 32, request 64
    assert bench.handle(b"*ESR?;*ESR?") == b"32;0\n"
    bench.handle(b"SOUR:VOLT 99;*OPC")
    assert bench.handle(b"*ESR?") == b"17\n"


def test_a_mistake_in_a_model_is_queued_and_the_instrument_goes_on(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.handle(b"BROK;*OPC?") == b"1\n"
    assert error(bench) == -310
    assert "a mistake of the model" in capsys.readouterr().err


@given(st.binary(max_size=60))
def test_no_line_can_break_the_parser(line: bytes) -> None:
    for unit in parse(line):
        assert unit.error or unit.header


@given(st.text(alphabet="SOUR:VOLT*IDN?;'\"(@), 1.E-", max_size=40))
def test_no_line_can_break_an_instrument(line: str) -> None:
    bench = Bench()
    reply = bench.handle(line.encode())
    assert reply == b"" or reply.endswith(b"\n")
    assert b"System" not in bench.handle(b"SYST:ERR?")


def test_an_error_knows_the_standards_text() -> None:
    assert ScpiError(-222).text == "Parameter data out of range"
