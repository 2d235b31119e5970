# SPDX-License-Identifier: MIT
"""The bench proves itself before a device is connected, and again after it: it is its own first suspect.

Warm-up, environment, zero, relays, loads, networks, both current paths, reference currents and pulses. Every allowance
is the sum of the half-widths of the specifications involved, plus room for certificates and noise: a bench inside its
specifications is never refused for them, and for all else together less than once in a thousand runs
(:mod:`stimcert.allowance`).
"""

from collections.abc import Collection

from bench.session.check_context import BenchState, CheckContext
from bench.session.check_findings import CLOSING, Findings, Store
from bench.session.inputs import Inputs
from bench.session.load_check import check_loads
from bench.session.path_check import check_paths
from bench.session.pulse_check import check_pulses
from bench.session.reference_check import check_references
from bench.session.relay_check import check_relays
from bench.session.skin_check import check_networks
from bench.session.warm_up import check_warm_up
from bench.session.zero_check import check_zero
from instruments.errors import BenchError, GarbledReply
from instruments.station import Station
from stimcert.allowance import Allowance

# K: within what the plan allows, the temperature may change as it likes.
_ANY = 100.0


class StationCheck:
    """The self-checks of the bench.

    :ivar context: the bench under check, with what was found of it.

    :param store: called for each finding.
    """

    def __init__(self, station: Station, inputs: Inputs, store: Store) -> None:
        self._findings = Findings(store)
        self.context = CheckContext(station=station, inputs=inputs, report=self._findings, state=BenchState())

    def opening(self) -> BenchState:
        """Check everything, from a known state of the instruments, in the order in which an error is safest to find.

        :raises BenchError: naming the cause, or every candidate that nothing electrical can tell apart.
        """
        station = self.context.station
        station.smu.reset()
        if station.digitizer is not None:
            station.digitizer.reset()
        check_warm_up(self.context)
        self._check_temperature()
        check_zero(self.context)
        check_relays(self.context)
        check_loads(self.context)
        check_networks(self.context)
        check_paths(self.context)
        check_references(self.context)
        check_pulses(self.context)
        return self.context.state

    def closing(self, limiting: Collection[float] = ()) -> None:
        """Check again what could have changed, and hold it against what was found before.

        :param limiting: the loads at which a limit was approached most, Ω.
        :raises BenchError: when the bench that measured is not the bench that was checked; ``drifted`` when it passes
            every check, but not as it did before.
        """
        self._findings.phase = CLOSING
        if self.context.station.skin is not None:
            self.context.station.skin.select(None)
        self._check_temperature()
        check_zero(self.context)
        check_relays(self.context)
        check_loads(self.context, only=limiting)
        check_paths(self.context)
        check_references(self.context)
        check_pulses(self.context)
        self._findings.judge_changes()

    def _check_temperature(self) -> None:
        try:
            temperature = self.context.station.environment.temperature()
        except GarbledReply as error:
            raise BenchError(str(error), code="temperature_missing") from error
        self.context.state.temperature = temperature
        plan = self.context.inputs.plan
        low, high = plan.temperature_min.si, plan.temperature_max.si
        middle, half = (low + high) / 2.0, (high - low) / 2.0
        allowance = Allowance(limit=half, drift=_ANY)
        self.context.report("environment.temperature", temperature, "°C", expected=middle, allowance=allowance)
        if not abs(temperature - middle) <= half:
            allowed = f"{low:g} °C to {high:g} °C"
            text = f"{temperature:.1f} °C at the bench, allowed is {allowed}"
            raise BenchError(text, code="temperature_outside", temperature=f"{temperature:.1f}", allowed=allowed)
