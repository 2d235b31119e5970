# SPDX-License-Identifier: MIT
"""The bench proves itself before a device is connected: environment, zero, loads, reference, and both current paths.

Every allowance is the sum of the half-widths of the specifications involved plus six standard deviations of noise:
a bench inside its specifications is never refused for its errors, and for noise less than once in 10^7 checks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.session.diagnosis import LoadCheck, diagnose_loads, diagnose_reference
from bench.session.inputs import Inputs
from bench.session.planner import Setup, plan_setup, smallest_range
from instruments.errors import BenchError
from instruments.roles import Reference
from instruments.station import Station
from instruments.station_file import ReferenceCurrent
from stimcert.quantity import show
from stimcert.reading import MeanReading, Status, Zero

# The accuracy of the data sheets holds at 23 ± 5 °C.
_COLDEST, _WARMEST = 18.0, 28.0
_NOISE_SIGMAS = 6.0
# 100 ms: whole power line cycles at 50 and at 60 Hz.
_ZERO_SECONDS = 0.1
_RECORD_SECONDS = 0.02
# Relays, leads and contacts in series with the box, Ω.
_CONTACTS = 0.5
_CHECK_VOLTAGE = 2.0
_HEADROOM = 1.2
_CHECK_READINGS = 5

Report = Callable[..., None]


@dataclass(kw_only=True)
class BenchState:
    """What the station check found, for whoever measures afterwards.

    :param zeros: the digitizer's zero per range, V.
    :param loads: measured total resistance per nominal load and shunt, Ω.
    """

    zeros: dict[float, Zero] = field(default_factory=dict)
    loads: dict[tuple[float, float], float] = field(default_factory=dict)
    temperature: float = float("nan")


class StationCheck:
    """One pass through the self-checks of the bench.

    :param report: called as ``report(quantity, value, unit, expected, allowed, **conditions)`` for each finding.
    """

    def __init__(self, station: Station, inputs: Inputs, report: Report) -> None:
        self._station = station
        self._inputs = inputs
        self._report = report
        self._state = BenchState()

    def opening(self) -> BenchState:
        """Check everything, in the order in which an error is safest to find, from a known state of the instruments.

        :raises BenchError: naming the cause, or every candidate that nothing electrical can tell apart.
        """
        self._station.smu.reset()
        if self._station.digitizer is not None:
            self._station.digitizer.reset()
        self._temperature()
        self._zero()
        for setup, loads in self._setups():
            self._loads(setup, loads)
        self._references()
        return self._state

    def closing(self) -> None:
        """Check again at the end what could have changed: environment and reference.

        :raises BenchError: when the bench that measured is not the bench that was checked.
        """
        self._temperature()
        self._references()

    def _setups(self) -> list[tuple[Setup, list[float]]]:
        """Return each set-up the plan uses, with all loads that are used with it."""
        plan = self._inputs.plan
        found: dict[float, tuple[Setup, list[float]]] = {}
        for case in plan.cases:
            for name in case.modes:
                setup = plan_setup(self._inputs, plan.mode_named(name))
                _, loads = found.setdefault(setup.shunt.value.si, (setup, []))
                loads += [load.si for load in case.loads if load.si not in loads]
        return list(found.values())

    def _temperature(self) -> None:
        temperature = self._station.environment.temperature()
        self._state.temperature = temperature
        self._report("environment.temperature", temperature, "°C", expected=23.0, allowed=5.0)
        if not _COLDEST <= temperature <= _WARMEST:
            text = f"{temperature:.1f} °C is outside {_COLDEST:.0f}–{_WARMEST:.0f} °C"
            raise BenchError(text, code="temperature_outside", temperature=f"{temperature:.1f}")

    def _zero(self) -> None:
        """With the port open nothing can flow: what is read now is the instruments' own."""
        station = self._station
        station.switch.set_port("open")
        station.switch.set_bypass(False)
        station.switch.set_tap("shunt")
        for setup, _ in self._setups():
            station.switch.select_shunt(setup.shunt.value.si)
            station.smu.configure_ammeter(current_range=setup.smu_range, limit=setup.smu_limit, nplc=1.0)
            station.smu.output(True)
            self._zero_current(station.smu.read_current(_CHECK_READINGS))
        self._zero_voltages()

    def _zero_current(self, reading: MeanReading) -> None:
        values = self._numbers(reading, "zero current", 0.0)
        allowed = reading.accuracy.half_width(0.0) + _NOISE_SIGMAS * _standard_error(values)
        self._judge_zero("smu", values, "A", allowed)

    def _judge_zero(self, role: str, values: Sequence[float], unit: str, allowed: float) -> None:
        mean = float(np.mean(values))
        self._report("zero", mean, unit, expected=0.0, allowed=allowed, role=role)
        if not abs(mean) <= allowed:
            raise BenchError(
                f"with the port open {role} shows {show(mean, unit)}, allowed is ± {show(allowed, unit)}",
                code="zero_offset",
                role=role,
                measured=show(mean, unit),
                allowed=show(allowed, unit),
            )

    def _zero_voltages(self) -> None:
        digitizer = self._station.digitizer
        if digitizer is None:
            return
        rate = digitizer.max_sample_rate
        highest = max(self._highest_range(setup) for setup, _ in self._setups())
        for voltage_range in (r for r in digitizer.voltage_ranges if r <= highest):
            digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=round(_ZERO_SECONDS * rate))
            waveform = digitizer.capture()
            samples = waveform.samples.astype(np.float64)
            noise, count = float(samples.std(ddof=1)), samples.size
            allowed = waveform.accuracy.half_width(0.0) + _NOISE_SIGMAS * noise / count**0.5
            self._judge_zero("digitizer", [float(samples.mean())], "V", allowed)
            zero = Zero(range=voltage_range, mean=float(samples.mean()), noise=noise, count=count)
            self._state.zeros[voltage_range] = zero

    def _highest_range(self, setup: Setup) -> float:
        """Return the highest range a clipped record may have to climb to: a hundred times the worst case."""
        digitizer = self._station.digitizer
        volts = 100 * setup.worst_case * setup.shunt.value.si
        return smallest_range(digitizer.voltage_ranges, volts) if digitizer is not None else volts

    def _loads(self, setup: Setup, loads: Sequence[float]) -> None:
        """Measure every load with the SMU, through the same relays, leads and shunt as later the device."""
        station = self._station
        shunt = setup.shunt.value.si
        station.switch.set_port("open")
        station.switch.select_shunt(shunt)
        checks = []
        for load in loads:
            station.load_box.set_resistance(max(load - shunt, 0.0))
            station.switch.set_port("short")
            checks.append(self._resistance(setup, load))
            station.switch.set_port("open")
        station.smu.output(False)
        diagnose_loads(checks)

    def _resistance(self, setup: Setup, load: float) -> LoadCheck:
        smu, shunt = self._station.smu, setup.shunt.value.si
        voltage = min(max(setup.worst_case * load, 0.1), _CHECK_VOLTAGE)
        # Room above the expected current: a load somewhat too small shows as a value, a shorted one as the limit.
        current_range = smallest_range(smu.current_ranges, _HEADROOM * voltage / load)
        smu.configure_source(voltage=voltage, current_range=current_range, limit=current_range, nplc=1.0)
        smu.output(True)
        current = smu.read_current(_CHECK_READINGS)
        if current.status is not Status.VALID:
            wrong = self._suspect_load(load, current)
            if wrong is not None:
                return wrong
        amperes = self._numbers(current, f"{show(load, 'Ω')} at {show(voltage, 'V')}", voltage / load)
        across = smu.read_voltage(_CHECK_READINGS)
        volts = self._numbers(across, f"{show(load, 'Ω')} at {show(voltage, 'V')}", voltage)
        mean_current, mean_voltage = float(np.mean(amperes)), float(np.mean(volts))
        measured = mean_voltage / mean_current if mean_current else float("inf")
        relative = across.accuracy.half_width(mean_voltage) / abs(mean_voltage)
        relative += current.accuracy.half_width(mean_current) / max(abs(mean_current), 1e-15)
        relative += _NOISE_SIGMAS * (_relative_error(amperes) + _relative_error(volts))
        box = self._inputs.station.load_box
        allowed = load * relative + (load - shunt) * box.tolerance.si + box.residual.si + _CONTACTS
        check = LoadCheck(nominal=load, measured=measured, allowed=allowed)
        self._report("load.resistance", measured, "Ω", expected=load, allowed=allowed, load=load, shunt=shunt)
        self._state.loads[load, shunt] = measured
        return check

    def _suspect_load(self, load: float, reading: MeanReading) -> LoadCheck | None:
        """Tell a load that is far too small from an SMU that limits too early: the wide range knows."""
        smu = self._station.smu
        widest = max(r for r in smu.current_ranges if r <= 0.1)
        voltage = 0.1
        smu.configure_source(voltage=voltage, current_range=widest, limit=widest, nplc=1.0)
        again = smu.read_current(_CHECK_READINGS)
        if again.status is not Status.VALID:
            return None
        measured = voltage / float(np.mean(again.values))
        if abs(measured - load) < 0.1 * load:
            return None
        self._report("load.resistance", measured, "Ω", expected=load, allowed=0.1 * load, load=load)
        return LoadCheck(nominal=load, measured=measured, allowed=0.1 * load)

    def _references(self) -> None:
        reference = self._station.reference
        if reference is None:
            return
        worst = max(setup.worst_case for setup, _ in self._setups())
        currents = self._inputs.station.references
        smallest = min(abs(entry.value.si) for entry in currents)
        for entry in currents:
            if abs(entry.value.si) <= max(worst, smallest):
                self._reference(reference, entry)

    def _reference(self, reference: Reference, entry: ReferenceCurrent) -> None:
        """Hold both current paths against the certified current, applied where the device will be."""
        station, expected = self._station, entry.value.si
        setup = min((s for s, _ in self._setups()), key=lambda s: s.shunt.value.si)
        shunt = setup.shunt
        station.switch.set_port("open")
        station.switch.select_shunt(shunt.value.si)
        station.switch.set_bypass(False)
        station.load_box.set_resistance(100.0)
        current_range = smallest_range(station.smu.current_ranges, _HEADROOM * abs(expected))
        station.smu.configure_ammeter(current_range=current_range, limit=current_range, nplc=1.0)
        station.smu.output(True)
        reference.set_current(expected)
        station.switch.set_port("reference")
        reading = station.smu.read_current(_CHECK_READINGS)
        values = self._numbers(reading, f"the reference of {show(expected, 'A')}", expected)
        smu_mean = float(np.mean(values))
        allowed = reading.accuracy.half_width(smu_mean) + _NOISE_SIGMAS * _standard_error(values)
        found = [("smu", smu_mean, allowed)]
        if station.digitizer is not None:
            found.append(self._by_digitizer(expected, shunt.value.si, shunt.expanded_uncertainty.si))
        station.switch.set_port("open")
        reference.off()
        for path, value, path_allowed in found:
            total = path_allowed + entry.expanded_uncertainty.si
            self._report("reference.current", value, "A", expected=expected, allowed=total, path=path)
        diagnose_reference(expected, entry.expanded_uncertainty.si, found)

    def _by_digitizer(self, expected: float, shunt: float, shunt_u: float) -> tuple[str, float, float]:
        digitizer = self._station.digitizer
        if digitizer is None:
            raise RuntimeError("there is no digitizer to compare with")
        rate = digitizer.max_sample_rate
        voltage_range = smallest_range(digitizer.voltage_ranges, abs(expected) * shunt)
        digitizer.configure(voltage_range=voltage_range, sample_rate=rate, count=round(_RECORD_SECONDS * rate))
        waveform = digitizer.capture()
        zero = self._state.zeros[voltage_range]
        value = (float(waveform.samples.astype(np.float64).mean()) - zero.mean) / shunt
        noise = _NOISE_SIGMAS * zero.noise * (1 / waveform.samples.size + 1 / zero.count) ** 0.5
        half = waveform.accuracy.half_width(value * shunt) + noise
        return "digitizer", value, half / shunt + abs(value) * shunt_u / shunt

    def _numbers(self, reading: MeanReading, asked: str, expected: float) -> tuple[float, ...]:
        """Return the values of a reading that must be valid here, since nothing unknown is connected.

        :raises BenchError: ``smu_limited`` or ``smu_overrange``.
        """
        if reading.status is Status.VALID:
            return reading.values
        limited = reading.status is Status.LIMITED
        what = "its current limit" if limited else "an overflow"
        raise BenchError(
            f"the SMU reports {what} at {asked}, where {show(expected, reading.unit)} were expected "
            f"(range {show(reading.range, reading.unit)}, limit {show(reading.limit, 'A')})",
            code="smu_limited" if limited else "smu_overrange",
            asked=asked,
            expected=show(expected, reading.unit),
        )


def _standard_error(values: Sequence[float]) -> float:
    return float(np.std(values, ddof=1) / len(values) ** 0.5)


def _relative_error(values: Sequence[float]) -> float:
    mean = abs(float(np.mean(values)))
    return _standard_error(values) / mean if mean else 0.0
