# SPDX-License-Identifier: MIT
"""Where a run keeps everything: its journal and its folder; and what happens when they take no more."""

from collections.abc import Callable, Mapping
from typing import Any

from instruments.errors import BenchError
from instruments.witness import Account
from stimcert.derivation import completed
from stimcert.reading import CurrentRecord
from stimcert.reason import Reason
from stimcert.record import Derivation
from stimcert.store.host import host
from stimcert.store.journal import Journal, JournalError
from stimcert.store.journal_file import SEALED
from stimcert.store.run_folder import BALLAST, RunFolder
from stimcert.store.waveform_file import save_waveform

STORAGE_FAILED = "storage_failed"
FAST = 1.0
"""s from step to step, below which results that say nothing against the device share the commit of the next step: a
process that is killed loses no more than that of them, and their case is measured anew."""
_HARMLESS = ("PASS", None)
_PORTION = 200
"""Events read back at most while an instrument measures: of a run that goes on there may be very many."""


class RunStore:
    """Journal and folder of one run.

    The first time that something cannot be stored, the bench is made safe, before anything else; then the ballast gives
    way, so that there is room to say so. From then on nothing energises the bench any more.

    :param make_safe: brings the bench to safety and returns what proved it; None where there is no bench yet.
    """

    def __init__(
        self, folder: RunFolder, journal: Journal, make_safe: Callable[[], Mapping[str, object] | None]
    ) -> None:
        self.folder = folder
        self._journal = journal
        self._make_safe = make_safe
        self.failure: Reason | None = None
        self._urgent = False
        self._steps = (0.0, 0.0)
        self._foreseen: Mapping[str, object] | None = None
        self._ahead = 0
        self._derivation, self._taken = Derivation(), 0

    def log(self, kind: str, body: Mapping[str, object], *, durable: bool = True) -> int:
        """Append one event to the journal, and return its number.

        :param durable: whether it is on disk when this returns, or only with the next that is.
        :raises BenchError: ``storage_failed``; the bench is safe then.
        """
        self._urgent = self._urgent or (kind == "measurement" and body["verdict"] not in _HARMLESS)
        try:
            return self._journal.append(kind, body, durable=durable)
        except JournalError as error:
            raise self._failed(error) from error

    def note(self, kind: str, account: Account) -> None:
        """Append one event of the instruments, in its place and with its time; the work on it waits for an instrument.

        :param account: says what happened, at any later time the same.
        """
        self._journal.note(kind, account)

    def intend(self, body: Mapping[str, object]) -> int:
        """Append what is about to energise the bench; on disk when this returns, with all that waited.

        What was foreseen may be there already.

        :raises BenchError: ``storage_failed``; the bench is safe then.
        """
        self._steps = (self._steps[1], host().monotonic())
        ahead = self._ahead if body == self._foreseen else 0
        self._foreseen, self._ahead = None, 0
        if ahead:
            return ahead
        self._urgent = False
        return self.log("intent", body)

    def foresee(self, body: Mapping[str, object]) -> None:
        """Take notice of the next intent: where steps follow fast it goes to the disk with the next results."""
        self._foreseen, self._ahead = body, 0

    def results_in(self) -> None:
        """Bring the results of a reading to the disk: at once when they speak against the device, or steps take their
        time; where steps follow fast, with the intent of the next, at once where that is foreseen.

        :raises BenchError: ``storage_failed``; the bench is safe then.
        """
        before, last = self._steps
        fast = last - before < FAST
        urgent, self._urgent = self._urgent or not fast, False
        try:
            if fast and self._foreseen is not None and not self._ahead:
                self._ahead = self._journal.append("intent", self._foreseen)
            else:
                self._journal.commit() if urgent else self._journal.prepare()
            self._take(_PORTION)
        except JournalError as error:
            raise self._failed(error) from error

    def keep_waveform(self, name: str, record: CurrentRecord) -> str:
        """Store a record, and return its name for the measurement.

        :raises BenchError: ``storage_failed``; the bench is safe then.
        """
        try:
            files = save_waveform(self.folder.path / "waveforms", name, record)
        except OSError as error:
            raise self._failed(error) from error
        self.log("waveform", {"files": files}, durable=False)
        return f"waveforms/{name}"

    def _failed(self, error: Exception) -> BenchError:
        text = f"what happened could not be stored: {error}"
        if self.failure is None:
            self.failure = Reason(STORAGE_FAILED, {"text": text})
            state = self._make_safe()
            self._make_room()
            self._say(self.failure, state)
        return BenchError(text, code=STORAGE_FAILED)

    def _make_room(self) -> None:
        try:
            host().remove(self.folder.path / BALLAST)
        except OSError:
            # Then there is none; what is said next may still find a little.
            return

    def _say(self, failure: Reason, state: Mapping[str, object] | None) -> None:
        """Note what went wrong, once more for whatever could not be stored before; a lost cause stays one."""
        try:
            self._journal.append("run_error", {"reason": failure.as_dict()}, durable=state is None)
            if state is not None:
                self._journal.append("safe_state", state)
        except JournalError:
            return

    def conclude(self, *, sealed: bool) -> dict[str, Any]:
        """Derive the record from the journal, write it, and close the journal.

        :param sealed: whether nothing may ever be added; it is one plain file then.
        :raises BenchError: ``storage_failed``.
        """
        self._make_room()
        try:
            if sealed and not self._journal.sealed:
                # On disk only after the record: whatever is sealed has one.
                self._journal.append(SEALED, {}, durable=False)
            record = self._derive()
            self.folder.write_record(record)
            self._journal.seal() if sealed else self._journal.close()
        except (JournalError, OSError) as error:
            raise self._failed(error) from error
        return record

    def _derive(self) -> dict[str, Any]:
        self._take()
        # Its measurements are most of what a run holds in memory: nobody keeps them but the record.
        whole, self._derivation, self._taken = self._derivation, Derivation(), 0
        return completed(whole, head=self._journal.head, count=self._journal.count)

    def _take(self, most: int | None = None) -> None:
        """Read back what is on disk, and derive from that: while an instrument measures it costs no time."""
        for event in self._journal.stored(after=self._taken, most=most):
            self._derivation.take([(event.kind, event.wall, event.body)])
            self._taken = event.seq


class StoreWitness:
    """Notes in the journal what is asked of the instruments.

    It goes there straight: what was read before and is not evaluated yet may come after the intent of the next step.
    """

    def __init__(self, store: RunStore) -> None:
        self._store = store

    def intend(self, body: dict[str, Any]) -> int:
        """Note what is about to energise the bench.

        :raises BenchError: ``storage_failed``: nothing may be energised that is not on record.
        """
        failure = self._store.failure
        if failure is not None:
            raise BenchError(f"{body['role']}.{body['do']} refused: {failure.text}", code=STORAGE_FAILED)
        return self._store.intend(body)

    def foresee(self, body: dict[str, Any]) -> None:
        """Take notice of what will be intended next."""
        self._store.foresee(body)

    def done(self, account: Account) -> None:
        """Note what was done."""
        self._store.note("done", account)
