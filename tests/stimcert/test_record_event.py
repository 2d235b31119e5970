# SPDX-License-Identifier: MIT
"""Charge and energy of events, against the closed forms of a discharge; what the bench's own contacts did."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from stimcert.measured import NotMeasurable
from stimcert.reading import Accuracy, Certified, CurrentRecord
from stimcert.record_event import Band, event_charge, event_energy, steady_band, without_own_contacts

Make = Callable[..., CurrentRecord]
RATE = 1e6
# DMM6500 as the station assumes it: 0.1 % of reading + 0.05 % of a range of 10 V.
TEN_VOLTS = Accuracy(gain=1e-3, offset=5e-3, resolution=1e-4, source="assumption")
SHUNT = 100.0
VOLTS, FARADS = 80.0, 100e-9
"""The worked case of the field: a lifted probe at its rail touches skin of 1 kΩ."""


def discharge(
    ohms: float, *, volts: float = VOLTS, farads: float = FARADS, seconds: float = 5e-3
) -> NDArray[np.float64]:
    """Return the mean current of each sample of a discharge that begins after 1 ms, A."""
    edges = np.arange(round(seconds * RATE) + 1) / RATE - 1e-3
    passed = np.where(edges > 0, volts * farads * -np.expm1(-np.maximum(edges, 0.0) / (ohms * farads)), 0.0)
    return np.diff(passed) * RATE


@pytest.fixture
def coarse(record: Make) -> Make:
    """Records as a range of 10 V across 100 Ω shows them."""

    def build(current: NDArray[np.float64], *, noise: float = 4e-4, **more: object) -> CurrentRecord:
        return record(current, rate=RATE, noise=noise, shunt=SHUNT, accuracy=TEN_VOLTS, full_scale=10.0, **more)

    return build


@pytest.mark.parametrize(
    ("total", "into", "energy"),
    [(1000.0, 1000.0, 0.32e-3), (1100.0, 1000.0, 0.32e-3 * 1000 / 1100), (1100.0, 1100.0, 0.32e-3)],
    ids=["1 kΩ, shunt included", "into the 1 kΩ beside the shunt", "into 1 kΩ and the shunt"],
)
def test_a_discharge_of_80_v_and_100_nf(coarse: Make, total: float, into: float, energy: float) -> None:
    """8 µC and 0.32 mJ; a shunt in series changes the current, not the charge, and takes its part of the energy."""
    found = coarse(discharge(total))
    charge = event_charge(found, Band())
    assert charge.unit == "C"
    assert charge.value == pytest.approx(8e-6, abs=charge.uncertainty.expanded)
    assert charge.uncertainty.expanded < 0.02 * 8e-6
    joules = event_energy(found, Band(), Certified(value=into, expanded_uncertainty=1.0))
    assert joules.unit == "J"
    assert joules.value == pytest.approx(energy, abs=joules.uncertainty.expanded)
    assert joules.uncertainty.expanded < 0.02 * energy


def test_a_discharge_into_what_the_output_is_otherwise(coarse: Make) -> None:
    """What falls into the band of 450 µA is not seen any more: the budget holds it."""
    charge = event_charge(coarse(discharge(1000.0)), Band(high=450e-6))
    assert charge.value < 8e-6
    assert charge.value == pytest.approx(8e-6, abs=charge.uncertainty.expanded)


@given(
    volts=st.floats(20.0, 90.0),
    farads=st.floats(20e-9, 200e-9),
    ohms=st.floats(1000.0, 5000.0),
    sign=st.sampled_from([1.0, -1.0]),
)
def test_charge_is_cv_and_energy_half_of_cv2(
    record: Make, volts: float, farads: float, ohms: float, sign: float
) -> None:
    current = sign * discharge(ohms, volts=volts, farads=farads, seconds=25e-3)
    found = record(current, rate=RATE, noise=4e-4, shunt=SHUNT, accuracy=TEN_VOLTS, full_scale=10.0)
    charge = event_charge(found, Band())
    energy = event_energy(found, Band(), Certified(value=ohms, expanded_uncertainty=0.0))
    assert charge.value == pytest.approx(farads * volts, abs=1.5 * charge.uncertainty.expanded)
    assert energy.value == pytest.approx(farads * volts**2 / 2, abs=1.5 * energy.uncertainty.expanded)


def test_a_surge_on_the_output_counts_with_all_that_flows_then(coarse: Make) -> None:
    current = np.full(20_000, 450e-6)
    current[5_000:5_200] += 5e-3
    charge = event_charge(coarse(current), Band(high=450e-6))
    assert charge.value == pytest.approx(5.45e-3 * 200e-6, rel=2e-3)
    assert charge.details["duration"] == pytest.approx(200e-6)


def test_the_steady_output_is_no_event(coarse: Make) -> None:
    steady = coarse(np.where(np.arange(20_000) % 10_000 < 5_000, 450e-6, -300e-6))
    band = steady_band([steady])
    assert band.high == pytest.approx(450e-6, rel=0.2)
    assert band.low == pytest.approx(-300e-6, rel=0.2)
    for found in (event_charge(steady, band), event_energy(steady, band, Certified(value=1e3, expanded_uncertainty=1))):
        assert found.value == 0.0
        assert found.uncertainty.expanded > 0.0


def test_a_clipped_record_has_neither(record: Make) -> None:
    clipped = record(np.full(100, 0.2), rate=RATE, shunt=SHUNT, full_scale=1.0, clipped=True)
    with pytest.raises(NotMeasurable) as refusal:
        event_charge(clipped, Band())
    assert refusal.value.code == "clipped"


# --- the bench's own contacts


def bounced(*, before: float, nothing: int, spike: float) -> NDArray[np.float64]:
    """Return a current that is interrupted for some samples and comes back with a spike of 100 µs."""
    current = np.full(20_000, before)
    current[10_000 : 10_000 + nothing] = 0.0
    current[10_000 + nothing : 10_100 + nothing] = spike
    return current


def largest(record: CurrentRecord) -> float:
    return float(np.abs(record.waveform.samples).max() / record.shunt.value)


@pytest.mark.parametrize("nothing", [12, 50, 300])
def test_a_spike_after_an_interruption_is_the_contacts_own(coarse: Make, nothing: int) -> None:
    found = coarse(bounced(before=450e-6, nothing=nothing, spike=20e-3))
    clean = without_own_contacts(found, Band(high=450e-6), 9e-3, 12e-3)
    assert largest(found) == pytest.approx(20e-3, rel=0.01)
    assert largest(clean) < 0.6e-3


def test_a_spike_out_of_a_current_that_flowed_is_the_device_s(coarse: Make) -> None:
    found = coarse(bounced(before=450e-6, nothing=0, spike=20e-3))
    assert largest(without_own_contacts(found, Band(high=450e-6), 9e-3, 12e-3)) == largest(found)


def test_a_spike_after_the_contacts_have_come_to_rest_is_the_device_s(coarse: Make) -> None:
    found = coarse(bounced(before=450e-6, nothing=300, spike=20e-3))
    assert largest(without_own_contacts(found, Band(high=450e-6), 5e-3, 9e-3)) == largest(found)


def test_what_was_clipped_by_the_contacts_is_clipped_no_more(record: Make) -> None:
    found = record(
        bounced(before=450e-6, nothing=50, spike=12e-3), rate=RATE, shunt=SHUNT, full_scale=1.0, clipped=True
    )
    assert not without_own_contacts(found, Band(high=450e-6), 9e-3, 12e-3).waveform.clipped
    assert without_own_contacts(found, Band(high=450e-6), 5e-3, 9e-3).waveform.clipped


def test_a_wrong_sign_or_a_nan_is_no_result(coarse: Make) -> None:
    with pytest.raises(NotMeasurable):
        event_charge(coarse(np.full(100, math.nan)), Band())
