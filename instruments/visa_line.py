# SPDX-License-Identifier: MIT
"""Messages over an open VISA session, by VISA's own operations: viWrite and viRead.

PyVISA's ``MessageBasedResource`` does the same with as much again around each of them: a context of warnings, records
for a log, checks of its own terminations. That would be time in which no instrument measures.
"""

from pyvisa.constants import ResourceAttribute, StatusCode
from pyvisa.resources import MessageBasedResource

_LONGEST = 20 * 1024
"""Bytes taken at once of an answer in text, as PyVISA does."""
_MORE = StatusCode.success_max_count_read
_STOPS = ResourceAttribute.termchar_enabled


class VisaLine:
    """Messages that end in a newline, and blocks of bytes.

    :param resource: an open session, which is spoken to through this object alone.
    """

    def __init__(self, resource: MessageBasedResource) -> None:
        self.resource = resource
        self._library, self._session = resource.visalib, resource.session
        resource.write_termination = resource.read_termination = "\n"
        self._stops = True
        # Never left: for this session an answer in several portions is nothing to warn of.
        self._quiet = resource.ignore_warning(_MORE)
        self._quiet.__enter__()

    def write(self, message: str) -> None:
        """Send a message; its newline is put there.

        :raises ValueError: when it is not ASCII.
        """
        self._library.write(self._session, f"{message}\n".encode("ascii"))

    def read(self) -> str:
        """Read an answer up to its newline, and return it without that.

        :raises UnicodeDecodeError: when it is not ASCII.
        """
        self._stop_at_newline(True)
        answer, status = self._library.read(self._session, _LONGEST)
        while status == _MORE:
            more, status = self._library.read(self._session, _LONGEST)
            answer += more
        return answer.decode("ascii").removesuffix("\n")

    def read_bytes(self, count: int, portion: int = _LONGEST) -> bytes:
        """Read ``count`` bytes, newlines among them, at most ``portion`` at once."""
        # Else a block, which is full of newlines, would cost a read for each.
        self._stop_at_newline(False)
        data, _ = self._library.read(self._session, min(count, portion)) if count else (b"", None)
        if len(data) == count:
            return data
        parts, left = [data], count - len(data)
        while left > 0:
            data, _ = self._library.read(self._session, min(left, portion))
            parts.append(data)
            left -= len(data)
        return b"".join(parts)

    def _stop_at_newline(self, stops: bool) -> None:
        if stops is not self._stops:
            self._library.set_attribute(self._session, _STOPS, stops)
            self._stops = stops
