# SPDX-License-Identifier: MIT
"""One run: its folder, its journal, its station, and the record at its end."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from bench.session.backlog import Backlog
from bench.session.begun import Begun, ended, event_seed
from bench.session.check_context import BenchState
from bench.session.device_paths import DevicePaths
from bench.session.errors import reason_of_exception
from bench.session.identities import refuse_other_device, refuse_other_instruments
from bench.session.inputs import Inputs
from bench.session.measurement_body import finding_body
from bench.session.options import CHECKOUT, Options
from bench.session.run_store import RunStore, StoreWitness
from bench.session.software import files_sha256, software
from bench.session.spare_time import loading
from bench.session.station_check import StationCheck
from instruments.embedded import SimOptions
from instruments.errors import BenchError
from instruments.helpers import Helpers
from instruments.opening import open_station
from instruments.safety.guard_log import guard_entries
from instruments.safety.signals import SignalWatch, held
from instruments.station import Station
from stimcert.reading import CurrentRecord
from stimcert.reason import Reason
from stimcert.record import STATION
from stimcert.store.ledger import Entry, LedgerError
from stimcert.store.run_folder import iso, utc_now


class Run:
    """A run from its folder to its record. Everything that happens is an event of the journal first.

    :param begun: its folder, its journal and its line in the ledger.
    :param watch: what signals this process saw.
    :param helpers: the processes of the station, on their way; None has them started when they are needed.
    """

    def __init__(
        self, begun: Begun, options: Options, inputs: Inputs, watch: SignalWatch, helpers: Helpers | None = None
    ) -> None:
        self.inputs = inputs
        self._helpers = helpers
        self._watch = watch
        self.options = options
        self._run = begun
        self.store = RunStore(begun.folder, begun.journal, self._safe_in_need)
        self._station: Station | None = None
        self._check: StationCheck | None = None
        self._begun: set[str] = set()
        self.backlog = Backlog(self.store.results_in, loading())
        self._limiting: dict[str, float] = {}
        self.state = BenchState()
        self.paths = DevicePaths()
        self.errors: dict[str, Reason] = {}
        self.record: dict[str, Any] | None = None
        self.ledger_head: Entry | None = None
        self.trouble: str | None = None
        self.stopped = False

    @property
    def serial(self) -> str:
        """The device's serial number."""
        return self.options.serial

    @property
    def id(self) -> str:
        """The run's name."""
        return self._run.id

    @property
    def seed(self) -> int:
        """What decides at which moments events are made."""
        return event_seed(self.options, self.inputs, self.id)

    @property
    def history(self) -> list[str]:
        """What was done with this serial number before, and what is missing of it, in lines."""
        return [*self._run.history]

    @property
    def ledger_lines(self) -> list[str]:
        """Where the ledger of the station stands now, and how a run goes on that was stopped."""
        entry = self.ledger_head
        if entry is None:
            return [f"ledger          NOT WRITTEN: {self.trouble}"]
        goes_on = [f"goes on with    --resume={self.path}"] if self.stopped else []
        return [f"ledger          entry {entry.number}, head {entry.hash}", *goes_on]

    @property
    def station_error(self) -> Reason | None:
        """Why the station check failed, when it did."""
        return self.errors.get(STATION)

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self._run.folder.path

    @property
    def open(self) -> bool:
        """Whether the run has no end yet."""
        return self.record is None

    def limiting(self, case: str, load: float) -> None:
        """Note the load (Ω) at which a case came nearest to its limits: it is measured again at the end."""
        self._limiting[case] = load

    def log(self, kind: str, body: Mapping[str, object], *, durable: bool = True) -> int:
        """Append one event to the journal, after all that was read before it, and return its number.

        :param durable: whether it is on disk when this returns, or only with the next that is.
        :raises BenchError: ``storage_failed``; the bench is safe then.
        """
        self.backlog.clear()
        return self.store.log(kind, body, durable=durable)

    def station(self) -> Station:
        """Return the checked station; open and check it the first time.

        :raises BenchError: when the bench is not fit to measure; the device was not connected then.
        """
        if self._station is None:
            self.begin_case(STATION)
            try:
                self._open_and_check()
            # An interrupt passes: what it tears has no end.
            except Exception as error:
                self.case_error(STATION, reason_of_exception(error, phase="the station check"))
                self.end_case(STATION)
                raise
            self.end_case(STATION)
        if self._check is None:
            raise BenchError("the station check failed before", code="station_check_failed", cause="see case STATION")
        return self._station_now()

    def _station_now(self) -> Station:
        if self._station is None:
            raise BenchError("the station is not open")
        return self._station

    def _open_and_check(self) -> None:
        simulated = self.inputs.station.embedded
        self._station = open_station(
            self.inputs.station,
            run_dir=self.path,
            sim=self._sim_options() if simulated else None,
            helpers=self._helpers,
            log=f"simulator{self._suffix}.log",
        )
        identified = [entry.as_dict() for entry in self._station.identify()]
        self._station.meanwhile(self.backlog.meanwhile)
        self._station.tell(StoreWitness(self.store))
        self.log("instruments_identified", {"instruments": identified})
        self._station.check_identities(date.today())
        refuse_other_instruments(self._run.instruments, identified)
        self._identify_dut(identified)
        self._station.begin_power_watch()
        self._station.arm_guard()
        check = StationCheck(self._station, self.inputs, self._store_finding)
        self.state = check.opening()
        self._log_temperature()
        self.log("bench_checked", {"phase": "opening"})
        self._check = check

    def _sim_options(self) -> SimOptions:
        device = self.inputs.device
        return SimOptions(
            device=device.path if device is not None else "microcurrent_good",
            seed=self.options.sim_seed or 0,
            faults=(self.options.sim_fault,) if self.options.sim_fault else (),
            pace=self.options.sim_pace or 0.0,
        )

    def _identify_dut(self, identified: list[dict[str, Any]]) -> None:
        for entry in identified:
            if entry["role"] == "dut":
                self.log("dut_identified", {"identity": entry["identity"], "firmware": entry["firmware"]})
                refuse_other_device(self.serial, entry)

    def _store_finding(self, quantity: str, value: float, unit: str, **details: Any) -> None:
        """Store one finding of the station check; see :func:`bench.session.measurement_body.finding_body`."""
        bench_time = self._station.clock.now() if self._station else None
        body = finding_body(quantity, value, unit, **details, bench_time=bench_time, wall_time=iso(utc_now()))
        # On the disk with the next event: the phase's end, or what ended it.
        self.log("measurement", body, durable=False)

    def begin_case(self, case: str) -> None:
        """Note that a case begins."""
        self._begun.add(case)
        self.log("case_begun", {"case": case})

    def end_case(self, case: str) -> None:
        """Note that a case ran to its end. What could not be stored of it makes it ERROR."""
        self._begun.discard(case)
        try:
            self.backlog.settle()
        except Exception as error:
            self.case_error(case, reason_of_exception(error, phase="the last reading"))
        self.log("case_ended", {"case": case})

    def case_error(self, case: str, reason: Reason) -> None:
        """Note that the bench could not judge a case."""
        self.errors.setdefault(case, reason)
        self.log("case_error", {"case": case, "reason": reason.as_dict()})

    def keep_waveform(self, name: str, record: CurrentRecord) -> str:
        """Store a record and return its name for the measurement."""
        return self.store.keep_waveform(f"{name}{self._suffix}", record)

    def check_power(self) -> None:
        """Refuse to end a case on instruments that lost their power in it; what was read is stored before.

        :raises BenchError: ``power_cycled``.
        """
        self.backlog.settle()
        if self._station is not None:
            self._station.check_power()

    def explain(self, error: BenchError) -> None:
        """Raise what lies behind an error, where an instrument lost its power: that explains everything else.

        :raises BenchError: ``power_cycled``.
        """
        try:
            self.check_power()
        except BenchError as found:
            if found.code == "power_cycled":
                raise found from error

    @property
    def _suffix(self) -> str:
        """What tells the files of a session from those of the sessions before it."""
        return f"-{self._run.session}" if self._run.session > 1 else ""

    def finish(self) -> None:
        """Check the bench again, make it safe, write the record. :attr:`trouble` says what could not be stored.

        Safe even when called after an interrupt.
        """
        with held():
            try:
                self._closing_check()
            finally:
                self._make_safe()
            try:
                self._conclude()
            except (BenchError, LedgerError) as error:
                self.trouble = str(error)

    def _conclude(self) -> None:
        self._settle()
        self._nothing_changed()
        self._note_stop()
        self.log("run_ended", {"ended": iso(utc_now())})
        # Until it is sealed a run can be stopped; whoever did may want to go on with it: that one stays open.
        self._note_stop()
        record = self.store.conclude(sealed=not self.stopped)
        self.record = _without_measurements(record)
        self.ledger_head = ended(self._run.ledger, record, self.path)

    def _note_stop(self) -> None:
        if self._watch.seen and not self.stopped:
            self.stopped = True
            self.log("interrupted", {"signal": self._watch.seen[0]})

    def _closing_check(self) -> None:
        if self._check is None or self._watch.seen or self.store.failure:
            return
        try:
            self._station_now().dut.stop()
            self._check.closing(self._limiting.values())
            self._log_temperature()
            self.log("bench_checked", {"phase": "closing"})
        except Exception as error:
            reason = reason_of_exception(error, phase="the closing check")
            with suppress(BenchError):
                self.log("bench_check_failed", {"phase": "closing", "reason": reason.as_dict()})

    def _nothing_changed(self) -> None:
        """Note what became of the files that the run stands on: they must be what they were when it began."""
        changed = [f"{file.role} ({file.path})" for file in self.inputs.files if file.changed()]
        if files_sha256(CHECKOUT) != software()["files_sha256"]:
            changed.append(f"software ({CHECKOUT})")
        if changed:
            reason = Reason("changed_meanwhile", {"files": ", ".join(changed)})
            self.log("run_error", {"reason": reason.as_dict()})

    def _settle(self) -> None:
        """Store what an interrupt left unstored."""
        try:
            self.backlog.settle()
        except Exception as error:
            self.log("run_error", {"reason": reason_of_exception(error, phase="the last reading").as_dict()})

    def _log_temperature(self) -> None:
        self.log("environment", {"temperature": self.state.temperature})

    def _make_safe(self) -> None:
        if self._station is None:
            return
        state = self._station.safe_off()
        try:
            self.log("safe_state", state.as_dict())
            self._station.close()
            for entry in guard_entries(self.path)[self._run.guarded :]:
                self.log("guard", entry, durable=False)
        except BenchError as error:
            self.trouble = str(error)
            self._station.close()

    def _safe_in_need(self) -> dict[str, object] | None:
        """Make the bench safe at once; None where it was never opened."""
        return self._station.safe_off().as_dict() if self._station is not None else None


def _without_measurements(record: dict[str, Any]) -> dict[str, Any]:
    """Return what a run keeps of its record: the rest is on disk, and renderers need the memory."""
    cases = [{key: value for key, value in case.items() if key != "measurements"} for case in record["cases"]]
    return {**record, "cases": cases}
