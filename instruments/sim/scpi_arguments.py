# SPDX-License-Identifier: MIT
"""The parameters of one message unit, read as the type a command wants."""

import re

from instruments.sim.scpi_message import ScpiError

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?", re.IGNORECASE)
_WORD = re.compile(r"[A-Z][A-Z0-9_]*", re.IGNORECASE)
_CHANNELS = re.compile(r"\(\s*@\s*(.*?)\s*\)", re.DOTALL)
_CHANNEL_RANGE = re.compile(r"\s*(\d{1,4})\s*(?::\s*(\d{1,4})\s*)?")
_LIMIT_WORDS = {"MIN": 0, "MINIMUM": 0, "MAX": 1, "MAXIMUM": 1, "DEF": 2, "DEFAULT": 2}


def forms(mnemonic: str) -> tuple[str, str]:
    """Return the short and the long form of ``MNEMonic`` in upper case: the only two that exist."""
    short = re.match(r"[^a-z]*", mnemonic)
    return (short.group() if short else ""), mnemonic.upper()


class Arguments:
    """Parameters of a message unit; every reader raises the standard's error for what it cannot take."""

    def __init__(self, parameters: tuple[str, ...], header: tuple[str, ...] = ()) -> None:
        self._raw = parameters
        self._header = header

    def __len__(self) -> int:
        return len(self._raw)

    def node(self, *mnemonics: str) -> str:
        """Return which of the mnemonics the header has, in its short form: ``node("VOLTage", "CURRent") == "VOLT"``."""
        spelt = {form: forms(mnemonic)[0] for mnemonic in mnemonics for form in forms(mnemonic)}
        return next(spelt[word] for word in self._header if word in spelt)

    def raw(self, index: int) -> str:
        """Return the parameter as sent.

        :raises ScpiError: -109 when it is missing.
        """
        if index >= len(self._raw):
            raise ScpiError(-109)
        return self._raw[index]

    def number(
        self,
        index: int,
        low: float | None = None,
        high: float | None = None,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        default: float | None = None,
    ) -> float:
        """Return a number (NR1, NR2 or NR3), or what MIN, MAX and DEF stand for where they are given.

        :param low: smallest value allowed; also the least the message may carry.
        :param high: largest value allowed.
        :raises ScpiError: -104 no number, -222 outside ``low`` … ``high``.
        """
        text = self.raw(index)
        word = _LIMIT_WORDS.get(text.upper())
        if word is not None:
            value = (minimum, maximum, default)[word]
            if value is None:
                raise ScpiError(-104)
            return value
        if not _NUMBER.fullmatch(text):
            raise ScpiError(-104)
        number = float(text)
        if not (-9.9e37 <= number <= 9.9e37) or not _inside(number, low, high):
            raise ScpiError(-222)
        return number

    def asked(
        self,
        index: int,
        present: float,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        default: float | None = None,
    ) -> float:
        """Return what a query asks for: ``present``, or what the word MIN, MAX or DEF behind it stands for."""
        if index >= len(self._raw):
            return present
        return self.number(index, float("inf"), minimum=minimum, maximum=maximum, default=default)

    def integer(self, index: int, low: int, high: int, *, default: int | None = None) -> int:
        """Return a whole number; MIN and MAX stand for the bounds. NR2 and NR3 are rounded, as IEEE 488.2 has it."""
        return round(self.number(index, low, high, minimum=low, maximum=high, default=default))

    def boolean(self, index: int) -> bool:
        """Return ON, 1 → True; OFF, 0 → False.

        :raises ScpiError: -224 for any other number or word, -104 for a string.
        """
        text = self.raw(index).upper()
        if text in ("ON", "1", "OFF", "0"):
            return text in ("ON", "1")
        if _NUMBER.fullmatch(text) and float(text) in (0.0, 1.0):
            return bool(float(text))
        raise ScpiError(-104 if text[0] in "'\"(" else -224)

    def string(self, index: int) -> str:
        """Return the contents of a ``'…'`` or ``"…"`` string; a doubled quote inside stands for one.

        :raises ScpiError: -104 when it is not quoted.
        """
        text = self.raw(index)
        if len(text) < 2 or text[0] not in "'\"" or text[-1] != text[0]:
            raise ScpiError(-104)
        inner = text[1:-1]
        if text[0] in inner.replace(text[0] * 2, ""):
            raise ScpiError(-151)
        return inner.replace(text[0] * 2, text[0])

    def keyword(self, index: int, *mnemonics: str) -> str:
        """Return the long form, in upper case, of the mnemonic that was sent in its short or long form.

        :raises ScpiError: -224 for another word, -104 for anything that is no word.
        """
        text = self.raw(index).upper()
        for mnemonic in mnemonics:
            if text in forms(mnemonic):
                return mnemonic.upper()
        raise ScpiError(-224 if _WORD.fullmatch(text) else -104)

    def channels(self, index: int) -> list[int]:
        """Return the channel numbers of a list such as ``(@101,103:105)``.

        :raises ScpiError: -104 when it is no channel list, -222 when a range runs backwards.
        """
        match = _CHANNELS.fullmatch(self.raw(index))
        if match is None:
            raise ScpiError(-104)
        numbers: list[int] = []
        for part in match.group(1).split(","):
            numbers += _channel_range(part)
        return numbers


def _inside(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _channel_range(text: str) -> range:
    match = _CHANNEL_RANGE.fullmatch(text)
    if match is None:
        raise ScpiError(-104)
    first = int(match.group(1))
    last = int(match.group(2) or first)
    if last < first:
        raise ScpiError(-222)
    return range(first, last + 1)
