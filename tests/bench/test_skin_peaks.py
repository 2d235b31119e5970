# SPDX-License-Identifier: MIT
"""A voltage on skin: what the bench reports is what the exact solution gives, with the shunt in the circuit.

At the instant a spike is sharp: 7.0 mA where the plateau is 0.18 mA. A sample sees its mean over 1 µs, the ceiling's
row over 10 µs. Both are worked out here in closed form, from the true values of the parts, for an edge that falls
anywhere between two samples.
"""

import re
from dataclasses import dataclass
from math import exp

import pytest

from instruments.sim.bench import SimulatedBench
from instruments.sim.device_file import DeviceFile
from instruments.sim.skin_network import true_network
from stimcert.strict_toml import load
from tests.bench.command import CHECKOUT
from tests.bench.runs import Ask, Edited, Result

HERE = "tests/bench/skin_peaks"
SAMPLE, EVENT = 1e-6, 10e-6
SHUNT = 10.0
# The parts of this station stand what a voltage on pads asks of them.
STATION = Edited("instruments/stations/sim.toml", (('max_power = "0.25 W"', 'max_power = "2 W"'), ('"1 W"', '"100 W"')))


def in_place(name: str) -> Edited:
    """Return a file that names its neighbours from where it is copied to."""
    text = (CHECKOUT / HERE / name).read_text(encoding="utf-8")
    moved = re.sub(r'"(?:\.\./)+test_plans/(profiles/[^"]*)"', r'"\1"', text)
    moved = moved.replace('"limits.toml"', f'"{(CHECKOUT / HERE / "limits.toml").as_posix()}"')
    return Edited(f"{HERE}/{name}", ((text, moved),))


ASK = Ask(name="voltages on skin", device=Edited(f"{HERE}/device.toml"), plan=in_place("plan.toml"), station=STATION)
of_skin = pytest.mark.parametrize("run", [ASK], indirect=True, ids=str)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A voltage that comes onto a network.

    :param before: voltage on the capacitor at that moment, V.
    :param series: everything in series with the capacitor, shunt and contacts included, Ω.
    """

    volts: float
    before: float
    series: float
    parallel: float
    capacitance: float

    @property
    def instant(self) -> float:
        """Current at the instant, A."""
        return (self.volts - self.before) / self.series

    def mean(self, seconds: float) -> float:
        """Mean current over the first seconds, A."""
        steady = self.volts / (self.series + self.parallel)
        tau = self.capacitance * self.series * self.parallel / (self.series + self.parallel)
        return steady + (self.instant - steady) * tau / seconds * (1 - exp(-seconds / tau))


def step(network: str, volts: float, *, swapped: bool = False) -> Step:
    """Return a step with the true values that seed 0 gives the parts."""
    device = load((CHECKOUT / HERE / "device.toml").read_bytes(), DeviceFile, "device.toml").value.device()
    bench = SimulatedBench(device, seed=0)
    wiring, skin = bench.circuit, true_network(network, bench.draw)
    contacts = sum(wiring.contact(relay) for relay in ("port device", "bypass", f"skin {network}", f"shunt {SHUNT:g}"))
    series = skin.series + wiring.shunt(SHUNT) + contacts
    charged = -volts * skin.parallel / (series + skin.parallel) if swapped else 0.0
    return Step(volts=volts, before=charged, series=series, parallel=skin.parallel, capacitance=skin.capacitance)


CASES = {
    "OC-01": ("N1", step("N1", 4.0), (7.02e-3, 3.35e-3)),
    "OC-02": ("N3", step("N3", 40.0), (173.9e-3, 157.9e-3)),
    "OC-03": ("N3", step("N3", 40.0, swapped=True), (331.4e-3, 299.4e-3)),
}
"""Network, exact solution, and what it is at the instant and over 10 µs for the nominal parts (worked by hand)."""


@pytest.mark.parametrize("case", CASES)
def test_the_exact_solution_is_near_that_of_the_nominal_parts(case: str) -> None:
    _, exact, (instant, mean) = CASES[case]
    assert exact.instant == pytest.approx(instant, rel=0.02)
    assert exact.mean(EVENT) == pytest.approx(mean, rel=0.03)


@of_skin
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("row", "seconds"), [("skin_peaks.ceiling", EVENT), ("skin_peaks.sample", SAMPLE)])
def test_the_bench_reports_the_exact_solution_within_its_uncertainty(
    run: Result, case: str, row: str, seconds: float
) -> None:
    network, exact, _ = CASES[case]
    found = run.measurements(case, network=network, limit=row, one_more_up=False)
    assert found
    for m in found:
        assert m["unit"] == "A"
        assert abs(m["value"] - exact.mean(seconds)) <= m["expanded_uncertainty"]
        assert m["expanded_uncertainty"] < 0.12 * m["value"], "an uncertainty that contains everything says nothing"


@of_skin
def test_the_pulse_of_4_v_that_is_microcurrent_on_a_resistor_fails_on_skin(run: Result) -> None:
    (gelled,) = run.measurements("OC-01", network="N1", limit="skin_peaks.ceiling", one_more_up=False)
    assert gelled["verdict"] == "FAIL"
    assert gelled["value"] > 5 * 600e-6
