# SPDX-License-Identifier: MIT
"""A station: the instruments of a station file, open, to be identified, and brought to safety at the end."""

import atexit
import datetime
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from instruments.data_sheets import load_accuracy
from instruments.embedded import EmbeddedSimulator
from instruments.errors import BenchError
from instruments.identity import (
    SIMULATED_PREFIX,
    Identified,
    calibration_mismatches,
    dated,
    identity_mismatch,
    refuse,
    split_identity,
)
from instruments.roles import (
    Clock,
    Digitizer,
    Environment,
    LoadBox,
    Reference,
    SkinNetwork,
    SourceMeasureUnit,
    Stimulator,
    Switch,
)
from instruments.safety.recipe import SAFE_ORDER
from instruments.safety.safe_off import SafeRole, SafeState, ZeroCurrent, safe_off
from instruments.safety.signals import held
from instruments.safety.spawn import give_way
from instruments.safety.watch import Watch
from instruments.safety.zero import measure_zero
from instruments.station_file import StationFile
from instruments.witness import Witness, Witnessed

if TYPE_CHECKING:
    from instruments.drivers import ScpiInstrument

SAFE_TIMEOUT = 0.5
"""s to wait for an answer on the fresh sessions of a safe-off: whoever is well answers in milliseconds."""


class Station:
    """The instruments of one bench, by role; made by :func:`instruments.opening.open_station`.

    :param drivers: by role; only roles with a connection.
    :param resources: VISA resource of each of them.
    :param watch: what keeps others, and the next run, away from this bench.
    :param today: the day against which certificates are held.
    """

    def __init__(
        self,
        file: StationFile,
        drivers: "Mapping[str, ScpiInstrument]",
        resources: Mapping[str, str],
        clock: Clock,
        *,
        watch: Watch,
        simulator: EmbeddedSimulator | None,
        today: datetime.date,
    ) -> None:
        self.file = file
        self.clock = clock
        self._drivers: dict[str, Any] = dict(drivers)
        self._roles: dict[str, Any] = self._drivers
        self._resources = resources
        self._watch: Watch | None = watch
        self._simulator = simulator
        self._today = today
        self._identified: list[Identified] = []
        self._restarted: list[str] = []
        self._safe_state: SafeState | None = None
        # The last layer before the guard: an interpreter that ends in good order never leaves a bench energised.
        atexit.register(self.close)

    # --- roles

    @property
    def smu(self) -> SourceMeasureUnit:
        """The source-measure unit."""
        smu: SourceMeasureUnit = self._roles["smu"]
        return smu

    @property
    def digitizer(self) -> Digitizer | None:
        """The digitizer, where there is one."""
        return self._roles.get("digitizer")

    @property
    def load_box(self) -> LoadBox:
        """The resistance decade."""
        load_box: LoadBox = self._roles["load_box"]
        return load_box

    @property
    def switch(self) -> Switch:
        """The relays."""
        switch: Switch = self._roles["switch"]
        return switch

    @property
    def dut(self) -> Stimulator:
        """The device under test."""
        dut: Stimulator = self._roles["dut"]
        return dut

    @property
    def reference(self) -> Reference | None:
        """The reference source, where there is one."""
        return self._roles.get("reference")

    @property
    def skin(self) -> SkinNetwork | None:
        """The skin module, where there is one."""
        return self._roles.get("skin")

    @property
    def environment(self) -> Environment:
        """The thermometer."""
        environment: Environment = self._roles["environment"]
        return environment

    def tell(self, witness: Witness) -> None:
        """Have everything told that is asked of an instrument from here on; what brings the bench to safety is not."""
        self._roles = {role: Witnessed(driver, role, witness) for role, driver in self._drivers.items()}

    def foresee(self, role: str, name: str, *arguments: object) -> None:
        """Say what an instrument will be asked next, unless something goes wrong: it need not wait for the disk."""
        instrument = self._roles[role]
        if isinstance(instrument, Witnessed):
            instrument.foresee(name, *arguments)

    # --- who is there

    def identify(self) -> list[Identified]:
        """Ask every instrument who it is. One that does not answer has an empty identity and a problem."""
        self._identified = [self._identify(role) for role in self._drivers]
        return list(self._identified)

    def _identify(self, role: str) -> Identified:
        facts = self._facts(role)
        try:
            reply = self._drivers[role].identity()
        except BenchError as error:
            facts |= {"problem": str(error), "problem_code": error.code}
        else:
            facts |= {"identity": reply, **split_identity(reply)}
            facts["simulated"] = facts["serial"].startswith(SIMULATED_PREFIX)
        return Identified(role=role, driver=self.file.instruments[role].driver, resource=self._resources[role], **facts)

    def _facts(self, role: str) -> dict[str, Any]:
        """Return what the files say: certificate and accuracy."""
        entry = self.file.instruments[role]
        facts: dict[str, Any] = {}
        if entry.calibration is not None:
            facts["calibration"] = dated(entry.calibration, self._today)
        if role in ("smu", "digitizer"):
            table = load_accuracy(entry.driver)
            facts |= {"accuracy_source": f"{table.source}, {table.revision}", "accuracy_status": table.status}
        return facts

    def check_identities(self, today: datetime.date | None = None) -> None:
        """Refuse instruments that are silent, that are others than the file names, or whose calibration is overdue.

        Nothing is energised before this; all that is wrong is said at once.

        :param today: the day against which certificates are held; the day of opening without it.
        :raises BenchError: naming each role, what was expected and what was found.
        """
        identified = self._identified or self.identify()
        wrong = [identity_mismatch(self.file.instruments[found.role], found) for found in identified]
        overdue = calibration_mismatches(self.file.calibrations(), today or self._today)
        refuse([mismatch for mismatch in wrong if mismatch is not None] + overdue)

    def begin_power_watch(self) -> None:
        """Take note that all instruments are on: from now on, one that loses its power is found."""
        with suppress(BenchError):
            self.check_power()
        self._restarted.clear()

    def check_power(self) -> None:
        """Refuse instruments that were switched off and on since this was first asked: their warm-up is gone too.

        The device is none of them: what it does with its own power is its own affair.

        :raises BenchError: ``power_cycled``, naming the roles.
        """
        watched = (role for role in self._drivers if role not in ("dut", "clock"))
        self._restarted += [role for role in watched if self._drivers[role].restarted()]
        self.refuse_restarted()

    def refuse_restarted(self) -> None:
        """Refuse to go on with instruments that were found to have lost their power.

        :raises BenchError: ``power_cycled``, naming the roles.
        """
        restarted = list(dict.fromkeys(self._restarted))
        if restarted:
            text = f"{', '.join(restarted)}: off and on again while the bench was in use; what was read since is void"
            raise BenchError(text, code="power_cycled", roles=", ".join(restarted))

    # --- time

    def meanwhile(self, work: Callable[[], None]) -> None:
        """Have ``work`` done while SMU and digitizer take readings, from now on until the bench is made safe.

        :param work: must neither raise nor talk to an instrument: one of them owes an answer.
        """

        def after_the_question() -> None:
            give_way()
            work()

        for role in ("smu", "digitizer"):
            if role in self._drivers:
                self._drivers[role].meanwhile = after_the_question

    # --- safety

    def arm_guard(self) -> None:
        """Wait until the guard is ready; it has its recipe since the station was opened. Call before energising.

        :raises BenchError: when there is no guard.
        """
        if self._watch is None:
            raise BenchError("the station is closed: no guard watches over it")
        self._watch.guard.wait_ready()
        self._watch.guard.check()

    def safe_off(self) -> SafeState:
        """Bring the bench to safety and prove it. Never raises; may be called again."""
        self.meanwhile(lambda: None)
        roles = [self._safe_role(role) for role in SAFE_ORDER if role in self.file.instruments]
        # It has no energy to take away, and cannot be asked for anything: the record says so.
        roles.append(SafeRole(role="load_box", instrument=None))
        self._safe_state = safe_off(roles, measure_zero=self._measure_zero if self.digitizer else None)
        return self._safe_state

    def _safe_role(self, role: str) -> SafeRole:
        if role not in self._drivers:
            return SafeRole(role=role, instrument=None)
        return SafeRole(role=role, instrument=self._drivers[role], fresh=lambda: self._fresh(role))

    def _fresh(self, role: str) -> "ScpiInstrument":
        """Give a driver a new session. An instrument that takes one connection only must first lose the old one."""
        from instruments.drivers import door

        driver: ScpiInstrument = self._drivers[role]
        driver.adapter.close()
        beat = self._watch.beat if self._watch is not None else None
        driver.adapter = door(role, self._resources[role], SAFE_TIMEOUT, beat)
        return driver

    def _measure_zero(self) -> ZeroCurrent:
        digitizer: Digitizer | None = self._drivers.get("digitizer")
        if digitizer is None:
            raise BenchError("the station has no digitizer")
        for role in ("clock", "switch", "digitizer"):
            # An interrupt may have come between a question and its answer: on that session nobody can ask any more.
            if role in self._drivers and self._drivers[role].adapter.dirty:
                self._fresh(role)
        return measure_zero(digitizer, self._drivers["switch"], max(shunt.value.si for shunt in self.file.shunts))

    def close(self) -> None:
        """Make safe, unless that is confirmed; drop all sessions; let the guard go. Safe to call again.

        A guard is released only from a bench that is known to be safe; otherwise the end of its pipe makes it try
        once more on its own.
        """
        watch, self._watch = self._watch, None
        if watch is None:
            return
        with held():
            state = self._safe_state or self.safe_off()
            for driver in self._drivers.values():
                with suppress(Exception):
                    driver.adapter.close()
            watch.end(state)
            if self._simulator is not None:
                self._simulator.stop()
            atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
