# SPDX-License-Identifier: MIT
"""From a reading to its records: each stands for itself, in the order in which they were taken."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bench.session.attempt import Attempt, Kind, Proving, Reading
from bench.session.point import Capture, MeanCurrent
from stimcert.reading import CurrentRecord


class Attempts:
    """The attempts of the readings of one case.

    :param keep: stores the waveform of a record under a name, and returns the name that a measurement gives.
    """

    def __init__(self, case: str, keep: Callable[[str, CurrentRecord], str]) -> None:
        self._case = case
        self._keep = keep
        self._count = 0
        self._last: tuple[Reading, list[Attempt]] | None = None

    def of(self, reading: Reading, proof: Proving | None = None) -> list[Attempt]:
        """Return the attempts of a reading, the same ones for every metric of it.

        :param proof: the current that proves the output where the reading itself cannot, and its metric.
        """
        if self._last is None or self._last[0] is not reading:
            self._last = (reading, list(self._each(reading)))
        attempts = self._last[1]
        return attempts if proof is None else [replace(attempt, proof=proof) for attempt in attempts]

    def forget(self) -> None:
        """Let go of the newest reading: a record is large."""
        self._last = None

    def _each(self, reading: Reading) -> Iterator[Attempt]:
        if isinstance(reading, MeanCurrent) and reading.pilot is not None:
            yield Attempt(number=1, part=MeanCurrent(reading=reading.pilot), last=False, kind="pilot")
        if not isinstance(reading, Capture):
            yield Attempt(number=1, part=reading, last=True)
            return
        for number, mean in enumerate(reading.means, start=1):
            yield Attempt(number=number, part=replace(reading, means=(mean,)), last=number == len(reading.means))
        yield from self._kept(reading, reading.slow, "program")
        yield from self._kept(reading, reading.looks, "look")
        yield from self._kept(reading, reading.records, "chosen")
        yield from self._kept(reading, reading.caught, "caught")

    def _kept(self, reading: Capture, records: Sequence[CurrentRecord], kind: Kind) -> Iterator[Attempt]:
        """Yield records of one kind, and store their waveforms; each that the trigger caught stands for itself."""
        observed = reading.observed if kind == "chosen" else None
        for number, record in enumerate(records, start=1):
            self._count += 1
            yield Attempt(
                number=number,
                part=replace(
                    reading,
                    records=(record,),
                    means=(),
                    slow=(),
                    looks=(),
                    caught=(),
                    observed=observed,
                    moments=reading.moments[number - 1 : number] if kind == "chosen" else (),
                ),
                last=number == len(records) or kind == "caught",
                kind=kind,
                waveform=self._keep(f"{self._case}_{self._count:04d}", record),
            )
