# SPDX-License-Identifier: MIT
"""The bench proves itself before a device is connected: environment, zero, loads, reference, and both current paths.

Every allowance is the sum of the half-widths of the specifications involved, plus six standard errors of noise: a
bench inside its specifications is never refused for its errors, and for noise less than once in 10^8 checks.
"""

from bench.session.check_context import BenchState, CheckContext, Report
from bench.session.inputs import Inputs
from bench.session.load_check import check_loads
from bench.session.path_check import check_paths
from bench.session.reference_check import check_references
from bench.session.skin_check import check_networks
from bench.session.zero_check import check_zero
from instruments.errors import BenchError
from instruments.station import Station

# The accuracy of the data sheets holds at 23 ± 5 °C.
_NOMINAL, _TOLERANCE = 23.0, 5.0


class StationCheck:
    """The self-checks of the bench.

    :param report: called for each finding.
    """

    def __init__(self, station: Station, inputs: Inputs, report: Report) -> None:
        self._context = CheckContext(station=station, inputs=inputs, report=report, state=BenchState())

    def opening(self) -> BenchState:
        """Check everything, from a known state of the instruments, in the order in which an error is safest to find.

        :raises BenchError: naming the cause, or every candidate that nothing electrical can tell apart.
        """
        station = self._context.station
        station.smu.reset()
        if station.digitizer is not None:
            station.digitizer.reset()
        self._check_temperature()
        check_zero(self._context)
        check_loads(self._context)
        check_networks(self._context)
        check_paths(self._context)
        check_references(self._context)
        return self._context.state

    def closing(self) -> None:
        """Check again at the end what could have changed: environment and reference.

        :raises BenchError: when the bench that measured is not the bench that was checked.
        """
        self._check_temperature()
        check_references(self._context)

    def _check_temperature(self) -> None:
        temperature = self._context.station.environment.temperature()
        self._context.state.temperature = temperature
        self._context.report("environment.temperature", temperature, "°C", expected=_NOMINAL, allowed=_TOLERANCE)
        if not abs(temperature - _NOMINAL) <= _TOLERANCE:
            text = f"{temperature:.1f} °C at the bench, allowed is {_NOMINAL:.0f} ± {_TOLERANCE:.0f} °C"
            raise BenchError(text, code="temperature_outside", temperature=f"{temperature:.1f}")
