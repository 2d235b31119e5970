# SPDX-License-Identifier: MIT
"""Texts in files: what gives files their names is harmless in every system, and no line does anything to a screen."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from stimcert.text_fields import Identifier, Line

IDENTIFIER, LINE = TypeAdapter(Identifier), TypeAdapter(Line)


@pytest.mark.parametrize("text", ["lab", "my-lab_2.b", "console", "com", "com10", "lpt-1", "null", "a.con", "x" * 60])
def test_what_may_name_a_station_or_a_plan(text: str) -> None:
    assert IDENTIFIER.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "..", "../x", "a/b", "a\\b", "a..b", "a.", ".a", "a b", "Lab", "lab\0", "lab\n", "läb", "⚡", "x" * 61, "c:x"],
)
def test_what_would_be_a_path_or_hidden_names_nothing(text: str) -> None:
    with pytest.raises(ValidationError):
        IDENTIFIER.validate_python(text)


@pytest.mark.parametrize("text", ["con", "nul", "aux", "prn", "com1", "lpt9", "com0", "con.lab", "nul.a.b"])
def test_devices_of_windows_name_no_station(text: str) -> None:
    with pytest.raises(ValidationError, match="devices of Windows"):
        IDENTIFIER.validate_python(text)


@given(st.text(max_size=80) | st.text("abc0.-_/\\: ", max_size=70))
def test_every_identifier_is_one_plain_file_name(text: str) -> None:
    try:
        name = IDENTIFIER.validate_python(text)
    except ValidationError:
        return
    for path in (PurePosixPath(f"/folder/{name}.json"), PureWindowsPath(f"C:/folder/{name}.json")):
        assert path.name == f"{name}.json"
        assert path.parent.name == "folder"


@given(st.text(max_size=310))
def test_every_line_is_one_that_a_screen_shows_as_it_is(text: str) -> None:
    try:
        line = LINE.validate_python(text)
    except ValidationError:
        return
    assert line == text.strip()
    assert line.isprintable()
    assert len(line) <= 300
