# SPDX-License-Identifier: MIT
"""Strict TOML: positions, all mistakes at once, and no traceback for any bytes."""

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from stimcert.quantity import Amperes, Ohms
from stimcert.strict_toml import MAX_BYTES, InvalidFile, Misfit, StrictModel, load
from stimcert.toml_positions import Positions


class _Bounds(StrictModel):
    lower: Amperes
    upper: Amperes

    def checks(self) -> Iterable[Iterable[Misfit]]:
        return (self._in_order(),)

    def _in_order(self) -> Iterator[Misfit]:
        if self.lower.si >= self.upper.si:
            yield Misfit(("lower",), "found lower not below upper")


class _Mode(StrictModel):
    name: str
    kind: Literal["a", "b"]
    levels: int = Field(gt=0)
    loads: tuple[Ohms, ...] = ()
    bounds: tuple[_Bounds, ...] = ()
    note: str | None = None


class _File(StrictModel):
    schema_version: Literal[1] = Field(alias="schema")
    title: str
    share: float = 0.5
    modes: tuple[_Mode, ...] = Field(alias="mode", min_length=1)

    def checks(self) -> Iterable[Iterable[Misfit]]:
        return (self._names_once(),)

    def _names_once(self) -> Iterator[Misfit]:
        names = [mode.name for mode in self.modes]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Misfit(("mode", index, "name"), f'found "{name}" twice')


_GOOD = """\
schema = 1
title = "x"
[[mode]]
name = "lift"
kind = "a"
levels = 8
loads = ["2 kΩ"]
[[mode.bounds]]
lower = "1 mA"
upper = "2 mA"
"""


def _lines(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(InvalidFile) as invalid:
        load(data, _File, "p.toml")
    return [str(problem) for problem in invalid.value.problems]


def test_a_valid_file() -> None:
    document = load(_GOOD.encode(), _File, "p.toml")
    assert document.value.modes[0].bounds[0].upper.si == 2e-3
    assert document.text == _GOOD
    assert not document.partial
    assert str(document.problem(("mode", 0, "loads", 0), "x")) == "p.toml:7:10: mode[1].loads[1]: x"
    assert str(document.problem(("mode", 0, "note"), "x")) == "p.toml:3:1: mode[1].note: x"
    assert str(document.problem((), "x")) == "p.toml:1:1: x"


def test_all_mistakes_at_once_with_their_places() -> None:
    lines = _lines(
        """\
schema = 2
titel = "x"
share = nan
[[mode]]
name = 3
kind = "c"
levels = 0
loads = ["2 kΩ", "1,5 Ω", 7]
  [[mode.bounds]]
  lower = "3 mA"
  upper = "2 mA"
  extra = 1
[[mode]]
kind = "a"
levels = 2.5
bounds = [ # a comment
  { lower = "1 A", upper = "600" }]
"""
    )
    starts = [line.split(": ", 2)[:2] for line in lines]
    assert starts == [
        ["p.toml:1:1", "title"],
        ["p.toml:1:10", "schema"],
        ["p.toml:2:1", "titel"],
        ["p.toml:3:9", "share"],
        ["p.toml:5:8", "mode[1].name"],
        ["p.toml:6:8", "mode[1].kind"],
        ["p.toml:7:10", "mode[1].levels"],
        ["p.toml:8:18", "mode[1].loads[2]"],
        ["p.toml:8:27", "mode[1].loads[3]"],
        ["p.toml:10:11", "mode[1].bounds[1].lower"],
        ["p.toml:12:3", "mode[1].bounds[1].extra"],
        ["p.toml:13:1", "mode[2].name"],
        ["p.toml:15:10", "mode[2].levels"],
        ["p.toml:17:28", "mode[2].bounds[1].upper"],
    ]
    text = "\n".join(lines)
    for said in ("did you mean title?", "found 2; allowed: 1", "'a' or 'b'", "greater than 0", "found 7", "found 2.5"):
        assert said in text
    assert "required here: name, kind, levels" in text


def test_a_check_between_tables_runs_in_spite_of_other_mistakes() -> None:
    lines = _lines(_GOOD.replace('"x"', "5") + '[[mode]]\nname = "lift"\nkind = "a"\nlevels = 8\n')
    assert lines[0].startswith("p.toml:2:9: title: found 5")
    assert lines[1] == 'p.toml:12:8: mode[2].name: found "lift" twice'


def test_an_array_of_mistakes_is_not_called_too_short() -> None:
    lines = _lines(_GOOD.replace('kind = "a"', 'kind = "c"'))
    assert [line.split(": ")[1] for line in lines] == ["mode[1].kind"]
    assert "at least 1" in _lines(_GOOD[: _GOOD.index("[[mode]]")] + "mode = []\n")[0]


def test_what_could_be_read_is_kept() -> None:
    with pytest.raises(InvalidFile) as invalid:
        load(_GOOD.replace('title = "x"', "title = 3").encode(), _File, "p.toml")
    partial = invalid.value.partial
    assert partial is not None
    assert partial.partial
    assert partial.value.modes[0].name == "lift"
    assert not hasattr(partial.value, "title")


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"", "p.toml:1:1: found an empty file"),
        (b" \n\n", "p.toml:1:1: found an empty file"),
        (b"schema = 1\nx = '\xff'", "p.toml:2:6: found byte 0xff"),
        ("a = 1\nµµ".encode() + b"\xff", "p.toml:2:3: found byte 0xff"),
        (b"\xff\xfea\x00", "p.toml:1:1: found byte 0xff"),
        (b"\x00\x01\x02", "p.toml:1:1: not valid TOML"),
        (b"a = 600 uA", "p.toml:1:9: not valid TOML"),
        (b"a = 1\nb = [", "p.toml:2:6: not valid TOML"),
        (b"a = 1\na = 2", "p.toml:2:"),
        (b"a = " + b"[" * 5000, "p.toml:1:1: found arrays or tables nested too deeply"),
        (b"a = " + b"[" * 220 + b"]" * 220, "p.toml:1:1: found arrays or tables nested too deeply"),
        (b"a = " + b"9" * 5000, "p.toml:1:1: found a value that no program can read"),
        (b"#" * (MAX_BYTES + 1), "p.toml:1:1: found 1048577 bytes"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_no_file_at_all(data: bytes, start: str) -> None:
    lines = _lines(data)
    assert len(lines) == 1
    assert lines[0].startswith(start)


def test_byte_order_mark_and_windows_lines() -> None:
    assert load(b"\xef\xbb\xbf" + _GOOD.encode(), _File, "p.toml").value.title == "x"
    windows = _GOOD.replace("\n", "\r\n").replace('"2 mA"', '"2"')
    assert _lines(windows)[0].startswith("p.toml:10:9: mode[1].bounds[1].upper")


@given(data=st.binary(max_size=200))
def test_any_bytes_give_an_object_or_problems(data: bytes) -> None:
    try:
        load(data, _File, "p.toml")
    except InvalidFile as invalid:
        assert invalid.problems
        assert all(problem.line >= 1 and problem.column >= 1 for problem in invalid.problems)
        assert all(str(problem).isprintable() for problem in invalid.problems)


@given(cut=st.integers(0, len(_GOOD)), length=st.integers(0, 20), filler=st.text(max_size=8))
def test_any_damage_to_a_good_file_gives_an_object_or_problems(cut: int, length: int, filler: str) -> None:
    damaged = _GOOD[:cut] + filler + _GOOD[cut + length :]
    try:
        load(damaged.encode("utf-8", "surrogatepass"), _File, "p.toml")
    except InvalidFile as invalid:
        rows = damaged.count("\n") + 1
        assert all(1 <= problem.line <= rows for problem in invalid.problems)


_VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(),
        st.text(max_size=5),
        st.dates().map(lambda day: ("raw", day.isoformat())),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=4,
)
_KEYS = st.sampled_from(
    ["schema", "title", "share", "mode", "name", "kind", "levels", "loads", "bounds", "lower", "é b"]
)


def _toml(value: Any) -> str:
    """Write a value as inline TOML."""
    if isinstance(value, tuple):
        return str(value[1])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(sign):08x}" for sign in value) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    return repr(value)


@settings(max_examples=60)
@given(table=st.dictionaries(_KEYS, _VALUES | st.lists(st.dictionaries(_KEYS, _VALUES, max_size=4), max_size=3)))
def test_any_toml_gives_an_object_or_problems(table: dict[str, Any]) -> None:
    text = "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in table.items())
    try:
        load(text.encode("utf-8", "replace"), _File, "p.toml")
    except InvalidFile as invalid:
        assert invalid.problems


def _paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, element in inside:
        yield (*path, step), element
        yield from _paths(element, (*path, step))


_TRICKY = """\
a.b."c d" = 1
'q' = [1, [2, # comment
  3], {x = 4, y.z = "é"}]
[t.u]
v = \"\"\"
two
lines\"\"\"
[[m]]
n = 1
[[m.k]]
w = 1   # a comment
[m.k.sub]
w = 2
[[m.k]]
w = 3
[[m]]
n = 2
[m."t x"]
µ = 1
""".replace("µ", '"µ"')


def test_every_path_has_its_own_place() -> None:
    positions = Positions(_TRICKY)
    lines = _TRICKY.split("\n")
    for path, value in _paths(tomllib.loads(_TRICKY)):
        place = positions.value(path)
        rest = lines[place.line - 1][place.column - 1 :]
        if isinstance(value, int):
            assert rest.startswith(str(value)), path
        elif isinstance(value, str):
            assert rest.startswith('"'), path
    assert positions.key(("m", 1, "t x", "µ")).line == 19
    assert (positions.value(("m", 0, "k", 1, "w")).line, positions.value(("m", 0, "k", 0, "sub", "w")).line) == (15, 13)
    assert positions.value(("nowhere", 3)) == positions.value(())
