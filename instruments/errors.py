# SPDX-License-Identifier: MIT
"""What can go wrong between the harness and an instrument. Every one of these is about the bench, never the device."""


class BenchError(Exception):
    """The bench cannot do what was asked.

    :param code: a code of :mod:`stimcert.reason`'s catalogue, so that the record names the cause.
    :param text: what was asked, what came back, which instrument, what to do.
    :param params: the facts behind ``text``, for other languages and for search.
    """

    code = "bench_error"

    def __init__(self, text: str, *, code: str | None = None, **params: object) -> None:
        super().__init__(text)
        self.code = code or type(self).code
        self.params = params


class InstrumentTimeout(BenchError):
    """An instrument did not answer in time."""

    code = "instrument_silent"


class InstrumentLost(BenchError):
    """The connection to an instrument is gone or was never there."""

    code = "instrument_lost"


class InstrumentRefused(BenchError):
    """An instrument's error queue was not empty, or a setting read back differs from what was sent."""

    code = "instrument_refused"


class GarbledReply(BenchError):
    """An instrument answered something that is no answer to what was asked."""

    code = "garbled_reply"


class CannotDo(BenchError):
    """The device's port knows no such command: what was asked cannot be measured, and nothing is wrong."""

    code = "dut_cannot"
