# SPDX-License-Identifier: MIT
"""What the station check and the first points load beside what a run starts with: in time that nobody misses.

A module takes about as long as an instrument takes for a reading of the station check. So each is loaded while one
does, those that others build on first.
"""

from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module

LATER = (
    "stimcert.waveform.blocks",
    "stimcert.waveform.moving",
    "stimcert.waveform.extremes",
    "stimcert.waveform.averages",
    "stimcert.waveform.median",
    "stimcert.waveform.baseline",
    "stimcert.record_averages",
    "stimcert.waveform.programs",
    "stimcert.waveform.segments",
    "stimcert.waveform.runs",
    "stimcert.waveform.reversals",
    "stimcert.waveform.crossings",
    "stimcert.waveform.extents",
    "stimcert.waveform.plateaus",
    "stimcert.waveform.phases",
    "stimcert.waveform.pulses",
    "stimcert.waveform.bursts",
    "stimcert.pulse_train",
    "stimcert.record_pulses",
    "stimcert.path_agreement",
)
"""For the pulses of a reference, and for comparing both paths of the current."""


def loading() -> Iterator[None]:
    """Load one module a step. One that cannot be loaded is left to whoever needs it, and then says so."""
    for name in LATER:
        with suppress(Exception):
            import_module(name)
        yield
