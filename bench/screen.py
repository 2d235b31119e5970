# SPDX-License-Identifier: MIT
"""A screen on which nothing happens but letters: texts of instruments, files and other people move no cursor."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import TextIOBase
from typing import TextIO

from bench.session.progress import printable


class Screen(TextIOBase):
    """A stream that shows each line of what is written to another as far as a console can show it.

    :param stream: where it goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text; line feeds stay, every other control character becomes a question mark."""
        self._stream.write("\n".join(printable(line, self._stream.encoding) for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        """Flush what is written to."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Whether somebody looks."""
        return self._stream.isatty()


@contextmanager
def harmless_output() -> Iterator[None]:
    """Let whatever is printed inside the block do nothing to the screen but show itself."""
    with redirect_stdout(Screen(sys.stdout)), redirect_stderr(Screen(sys.stderr)):
        yield
