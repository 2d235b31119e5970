# SPDX-License-Identifier: MIT
"""Drivers and simulator keep a copy each of the data sheets' figures: neither may drift from worked examples."""

import pytest

from instruments.data_sheets import load_accuracy
from instruments.sim import specifications as simulated

SMU, DIGITIZER = load_accuracy("keithley2450"), load_accuracy("dmm6500")

WORKED = [
    # function, range, value, half-width: computed by hand from SPEC-2450 Rev. A, July 2013, p. 2
    ("current", 1e-3, 600e-6, 180e-9),
    ("current", 1e-4, 50e-6, 16e-9),
    ("current", 1e-2, 5e-3, 1.6e-6),
    ("current", 1e-1, 60e-3, 21e-6),
    ("voltage", 2.0, 0.6, 372e-6),
]


@pytest.mark.parametrize(("function", "full_scale", "value", "half_width"), WORKED)
def test_drivers_copy_gives_the_worked_value(function, full_scale, value, half_width):
    assert getattr(SMU, function)(full_scale).half_width(value) == pytest.approx(half_width, rel=1e-9)


@pytest.mark.parametrize(("function", "full_scale", "value", "half_width"), WORKED)
def test_simulators_copy_gives_the_worked_value(function, full_scale, value, half_width):
    figure = simulated.figure(simulated.SMU_MODEL, function, full_scale)
    assert figure.gain * value + figure.offset == pytest.approx(half_width, rel=1e-9)


@pytest.mark.parametrize(
    ("table", "model", "function", "ranges"),
    [
        (SMU.current, simulated.SMU_MODEL, "current", SMU.current_ranges),
        (SMU.voltage, simulated.SMU_MODEL, "voltage", SMU.voltage_ranges),
        (DIGITIZER.digitize, simulated.DIGITIZER_MODEL, "digitize", DIGITIZER.digitize_ranges),
    ],
)
def test_both_copies_agree_on_every_range(table, model, function, ranges):
    assert len(ranges) >= 5
    for full_scale in ranges:
        figure = simulated.figure(model, function, full_scale)
        assert table(full_scale).gain == pytest.approx(figure.gain, rel=1e-9), full_scale
        assert table(full_scale).offset == pytest.approx(figure.offset, rel=1e-9), full_scale


def test_what_was_read_in_its_source_is_verified_and_what_was_not_is_not():
    assert (SMU.status, DIGITIZER.status) == ("verified", "unverified")
    assert "unverified" not in SMU.current(1e-3).source
    assert "unverified" in DIGITIZER.digitize(1.0).source
