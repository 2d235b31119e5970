# SPDX-License-Identifier: MIT
"""A skin network between a simulated device and the real drivers, over TCP."""

import numpy as np
import pytest

from instruments.embedded import SimOptions
from instruments.errors import BenchError
from instruments.opening import open_station
from instruments.station import Station
from instruments.station_file import StationFile
from stimcert.strict_toml import load
from tests.instruments.test_station_file import SIM


@pytest.fixture(scope="module")
def station():
    file = load(SIM.encode(), StationFile, "sim.toml").value
    with open_station(file, sim=SimOptions(device="galvanic_good", seed=11)) as opened:
        yield opened


def connect(station: Station, network: str | None) -> None:
    station.dut.stop()
    station.switch.set_port("device")
    station.switch.set_bypass(True)
    station.switch.select_shunt(100.0)
    station.load_box.set_resistance(900.0)
    station.skin.select(network)
    station.dut.select_mode("iontophoresis")
    station.dut.set_level(5)
    station.dut.start()
    station.clock.wait(1.0)


def captured(station: Station, tap: str, volts: float) -> np.ndarray:
    station.switch.set_tap(tap)
    station.digitizer.configure(voltage_range=volts, sample_rate=1e6, count=5000)
    return np.asarray(station.digitizer.capture().samples, dtype=np.float64)


def test_the_module_has_the_networks_that_the_file_names(station):
    assert station.skin.catalog() == list(station.skin.networks) == [entry.name for entry in station.file.networks]


@pytest.mark.parametrize("network", ["N0", "N1", "N4"])
def test_a_regulated_current_flows_through_a_network_as_through_a_resistor(station, network):
    connect(station, network)
    assert captured(station, "shunt", 0.1).mean() == pytest.approx(0.04, rel=2e-3, abs=5e-5)
    direct = next(entry.direct for entry in station.file.networks if entry.name == network)
    assert captured(station, "output", 10.0).mean() == pytest.approx(4e-4 * (direct + 100), rel=0.012, abs=6e-3)


def test_the_voltage_rises_with_the_time_constant_of_the_network(station):
    connect(station, "N2")
    entry = next(entry for entry in station.file.networks if entry.name == "N2")
    standing = captured(station, "output", 100.0).mean()
    station.dut.stop()  # an output that is off lets the network empty itself
    falling = captured(station, "output", 100.0)
    offset = 60e-3
    ratio = falling[2000:2100].mean() / falling[:100].mean()
    assert ratio == pytest.approx(np.exp(-2e-3 / entry.time_constant), abs=0.02)
    assert 0 < falling[0] + offset < standing + 2 * offset


def test_open_is_an_open_circuit_and_the_box_comes_back(station):
    connect(station, "open")
    assert abs(captured(station, "shunt", 0.1).mean()) < 1e-4
    assert captured(station, "output", 100.0).mean() == pytest.approx(30.0, abs=0.2)
    connect(station, None)
    assert captured(station, "output", 10.0).mean() == pytest.approx(0.4, abs=0.01)


def test_a_network_that_the_file_does_not_name_is_not_selected(station):
    with pytest.raises(BenchError, match="N9"):
        station.skin.select("N9")
