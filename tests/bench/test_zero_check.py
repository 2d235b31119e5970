# SPDX-License-Identifier: MIT
"""With the port open nothing flows: what is read then is the instruments' own, or a leak."""

import pytest

from bench.session.zero_check import check_zero
from instruments.errors import BenchError
from stimcert.reading import Status
from tests.bench.fake_station import DIGITIZER_ACCURACY, SMU_ACCURACY, Loop, fake_station
from tests.bench.parts import check_context


def test_the_zero_is_taken_with_the_port_open_at_the_shunt_with_the_smu_in_the_loop() -> None:
    loop = Loop()
    check_zero(check_context(fake_station(loop)))
    before = loop.calls[: [call[0] for call in loop.calls].index("smu.read_current")]
    for setting in (("switch.set_port", "open"), ("switch.set_bypass", False), ("switch.set_tap", "shunt")):
        assert setting in before
    assert ("switch.set_port", "device") not in loop.calls


def test_every_range_that_a_clipped_record_may_climb_to_gets_its_zero() -> None:
    """1 mA through 100 Ω is 0.1 V; a hundred times that is 10 V."""
    context = check_context(fake_station(Loop(digitizer_offset=20e-6)))
    check_zero(context)
    assert list(context.state.zeros) == [0.1, 1.0, 10.0]
    for full_scale, zero in context.state.zeros.items():
        assert zero.range == full_scale
        assert zero.mean == pytest.approx(20e-6, rel=1e-5)


@pytest.mark.parametrize("share", [-0.99, 0.0, 0.99])
def test_an_offset_inside_the_specification_is_allowed(share: float) -> None:
    loop = Loop(digitizer_offset=share * DIGITIZER_ACCURACY.offset, smu_offset=share * SMU_ACCURACY.offset)
    check_zero(check_context(fake_station(loop)))


@pytest.mark.parametrize(
    ("role", "loop"),
    [
        ("digitizer", Loop(digitizer_offset=1.1 * DIGITIZER_ACCURACY.offset)),
        ("digitizer", Loop(digitizer_offset=-1.1 * DIGITIZER_ACCURACY.offset)),
        ("smu", Loop(smu_offset=1.1 * SMU_ACCURACY.offset)),
        ("smu", Loop(smu_offset=-1.0)),
        ("smu", Loop(smu_offset=float("nan"))),
        ("digitizer", Loop(digitizer_offset=float("nan"))),
    ],
)
def test_more_is_a_bench_error_that_names_the_instrument(role: str, loop: Loop) -> None:
    context = check_context(fake_station(loop))
    with pytest.raises(BenchError) as raised:
        check_zero(context)
    assert (raised.value.code, raised.value.params["role"]) == ("zero_offset", role)
    assert "check for leakage" in str(raised.value)


def test_noise_is_no_offset() -> None:
    """Two samples 10 mV apart, their mean at zero: six standard errors are allowed beside the specification."""
    loop = Loop(port="device", device=(50e-6, -50e-6))
    station = fake_station(loop)
    station.switch.set_port = lambda port: None  # type: ignore[method-assign]
    check_zero(check_context(station))


@pytest.mark.parametrize(("status", "code"), [(Status.LIMITED, "smu_limited"), (Status.OVERRANGE, "smu_overrange")])
def test_an_smu_that_cannot_read_nothing_is_to_blame(status: Status, code: str) -> None:
    with pytest.raises(BenchError) as raised:
        check_zero(check_context(fake_station(Loop(status=lambda amperes, full_scale: status))))
    assert raised.value.code == code


def test_without_a_digitizer_there_is_the_smus_zero_only() -> None:
    context = check_context(fake_station(Loop(), digitizer=False))
    check_zero(context)
    assert context.state.zeros == {}
    assert [finding["role"] for finding in context.reported] == ["smu"]


def test_a_voltage_in_the_shorted_loop_is_found() -> None:
    """0.1 mV of a battery that contacts and moisture make drives 1 µA through 100 Ω."""
    for volts, wrong in ((2e-5, False), (1e-4, True), (-1e-4, True)):
        context = check_context(fake_station(Loop(loop_voltage=volts)))
        if not wrong:
            check_zero(context)
            found = next(one for one in context.reported if one["quantity"] == "zero.shorted")
            assert found["value"] == pytest.approx(volts, rel=0.01)
            continue
        with pytest.raises(BenchError, match="the loop with its leads shorted shows") as raised:
            check_zero(context)
        assert raised.value.code == "zero_offset"
