# SPDX-License-Identifier: MIT
"""Records around an event, and what watching for one came to."""

from dataclasses import dataclass

from stimcert.reading import Waveform


@dataclass(frozen=True, kw_only=True)
class EventRecord:
    """A record with an event in it.

    :param waveform: what was before the event, and what followed. ``bench_time`` is no more exact than the moments at
        which the instrument was asked.
    :param event: from the start of the record to the event, s, ≥ 0. Less than was asked for as ``pre`` when the event
        came sooner than that after arming.
    """

    waveform: Waveform
    event: float


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What an armed trigger saw.

    :param watched: for how long the input was surely seen at the full sample rate, s: from when the trigger was surely
        live to the end of the record, or to the end of the watch; arming is no part of it. A lower bound; the samples
        of the record are part of it.
    :param record: around the first departure from the window; None when there was none.
    """

    watched: float
    record: EventRecord | None
