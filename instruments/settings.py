# SPDX-License-Identifier: MIT
"""Settings of instruments as properties: pymeasure's factories, with strict validators and a known read-back."""

from collections.abc import Callable, Sequence
from typing import Any

from instruments.pymeasure_parts import Instrument, strict_discrete_set, strict_range


class Setting(property):
    """A pymeasure property that also knows how its read-back looks inside a longer answer."""

    query: str
    parse: Callable[[str], object]


def setting(
    header: str,
    docs: str,
    *,
    validator: Callable[[Any, Any], Any],
    values: Any = (),
    parse: Callable[[str], object] = float,
    send: Callable[[Any], Any] = lambda value: value,
    form: str = "%.9g",
) -> Setting:
    """Return a property of a driver that is set with ``header form`` and read back with ``header?``.

    :param docs: docstring; starts with "Control".
    :param validator: a strict validator of pymeasure; ``values`` is what it allows.
    :param parse: turns the text of the answer into the value.
    :param send: turns the value into what ``form`` formats.
    """
    made: Any = Instrument.control(
        f"{header}?",
        f"{header} {form}",
        docs,
        validator=validator,
        values=values,
        set_process=send,
        check_set_errors=True,
    )
    query = f"{header}?"

    def read_back(driver: Any) -> object:
        """Ask what it is; pymeasure would hand on what it cannot parse."""
        return driver.parsed(query, str(driver.ask(query)), parse)

    result = Setting(read_back, made.fset, None, docs)
    result.query, result.parse = query, parse
    return result


def number(header: str, docs: str, lowest: float, highest: float, *, whole: bool = False) -> Setting:
    """Return a numeric setting between two bounds, both included."""
    values = (lowest, highest)
    if whole:
        return setting(header, docs, validator=_strict_whole, values=values, parse=_parse_whole, form="%d")
    return setting(header, docs, validator=strict_range, values=values)


def step(header: str, docs: str, values: Sequence[float]) -> Setting:
    """Return a numeric setting that takes certain values only, such as a range."""
    return setting(header, docs, validator=strict_discrete_set, values=values)


def switch(header: str, docs: str) -> Setting:
    """Return a setting that is on or off."""
    words = {True: "ON", False: "OFF"}.__getitem__
    return setting(
        header, docs, validator=strict_discrete_set, values=(True, False), parse=parse_switch, send=words, form="%s"
    )


def word(header: str, docs: str, *values: str, parse: Callable[[str], str] | None = None) -> Setting:
    """Return a setting that takes a keyword."""
    return setting(
        header, docs, validator=strict_discrete_set, values=values, parse=parse or parse_word, send=str, form="%s"
    )


def function(header: str, docs: str, *values: str) -> Setting:
    """Return a setting that takes a function's name in quotes; ``"CURR:DC"`` reads back as ``CURR``."""
    return setting(
        header, docs, validator=strict_discrete_set, values=values, parse=_parse_function, send=quoted, form="%s"
    )


def text(header: str, docs: str) -> Setting:
    """Return a setting that takes any text in quotes."""
    return setting(header, docs, validator=_strict_text, parse=parse_text, send=quoted, form="%s")


def parse_switch(reply: str) -> bool:
    """Return whether the answer to a boolean query means "on".

    :raises ValueError: when it is neither 0 nor 1.
    """
    if reply.strip() not in {"0", "1"}:
        raise ValueError(f"expected 0 or 1, found {reply!r}")
    return reply.strip() == "1"


def parse_word(reply: str) -> str:
    """Return a keyword without quotes and in capitals, as ``HIMP``."""
    return reply.strip().strip('"').upper()


def parse_text(reply: str) -> str:
    """Return the content of a quoted string."""
    return reply.strip().removeprefix('"').removesuffix('"')


def quoted(content: str) -> str:
    """Return ``content`` as a SCPI string.

    :raises ValueError: for characters that would end the string or the message.
    """
    if not content.isascii() or not content.isprintable() or '"' in content:
        raise ValueError(f"{content!r} has characters that no SCPI string can carry")
    return f'"{content}"'


def _strict_whole(value: float, values: tuple[float, float]) -> float:
    """Validate a whole number between two bounds; ``%d`` would cut 2.5 to 2 without a word."""
    strict_range(value, values)
    if value != int(value):
        raise ValueError(f"{value!r} is not in the whole numbers from {values[0]:g} to {values[1]:g}")
    return value


def _parse_whole(reply: str) -> int:
    """Return an integer, which some instruments write as ``1.000000E+06``."""
    value = float(reply)
    if not value.is_integer():
        raise ValueError(f"expected a whole number, found {reply!r}")
    return int(value)


def _parse_function(reply: str) -> str:
    return parse_word(reply).removesuffix(":DC")


def _strict_text(value: str, _: object) -> str:
    quoted(value)
    return value
