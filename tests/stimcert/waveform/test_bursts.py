# SPDX-License-Identifier: MIT
import numpy as np
import pytest

from stimcert.measured import NotMeasurable
from stimcert.waveform.bursts import Bursts, duty, find_bursts
from stimcert.waveform.phases import find_phases
from stimcert.waveform.programs import find_program
from stimcert.waveform.pulses import Pulses, find_pulses
from stimcert.waveform.sampled import Sampled
from tests.stimcert.waveform.trains import sampled, train, with_noise

RATE = 1e5


def pulses_of(record: Sampled) -> Pulses:
    return find_pulses(find_phases(record), gap_limit=200e-6)


def bursts_record(count: int = 8, each: int = 10, noise: float = 0.0) -> Sampled:
    steps = [
        step
        for burst in range(count)
        for step in train([(200e-6, 5e-3), (200e-6, -5e-3)], first=0.05 + 0.5 * burst, period=0.01, count=each)
    ]
    return sampled(steps, rate=RATE, seconds=0.5 * count, noise=noise)


@pytest.mark.parametrize("each", [2, 3, 10])
@pytest.mark.parametrize("noise", [0.0, 5e-5])
def test_bursts_have_what_was_put_in(each: int, noise: float) -> None:
    bursts = find_bursts(pulses_of(bursts_record(each=each, noise=noise)))
    assert len(bursts) == 6  # the first and the last of eight may have been cut
    assert set(bursts.pulses.tolist()) == {each}
    assert bursts.rate == pytest.approx(2.0, rel=1e-4)
    assert bursts.spread < 1e-6
    np.testing.assert_allclose(bursts.duration, 0.01 * (each - 1) + 400e-6, atol=2e-6)
    assert 0.01 < bursts.pause_limit < 0.5 - 0.01 * (each - 1)


def test_a_declared_limit_holds() -> None:
    pulses = pulses_of(bursts_record())
    assert find_bursts(pulses, pause_limit=0.02).pause_limit == 0.02
    with pytest.raises(NotMeasurable):
        find_bursts(pulses, pause_limit=0.6)


def test_a_plain_train_has_no_bursts() -> None:
    steps = train([(200e-6, 1e-3)], first=0.001, period=0.01, count=50)
    with pytest.raises(NotMeasurable) as refused:
        find_bursts(pulses_of(sampled(steps, rate=RATE, seconds=0.5)))
    assert refused.value.code == "not_observed"
    assert "without pauses" in refused.value.text


def test_a_frequency_sweep_has_no_bursts() -> None:
    starts = 0.01 + np.cumsum(np.geomspace(0.1, 0.005, 60))
    steps = [step for start in starts for step in train([(200e-6, 1e-3)], first=float(start), period=1.0, count=1)]
    with pytest.raises(NotMeasurable):
        find_bursts(pulses_of(sampled(steps, rate=RATE, seconds=float(starts[-1]) + 0.1)))


def test_too_few_bursts() -> None:
    with pytest.raises(NotMeasurable) as refused:
        find_bursts(pulses_of(bursts_record(count=4)))
    assert refused.value.code == "not_observed"
    assert len(find_bursts(pulses_of(bursts_record(count=5)))) == 3


@pytest.mark.parametrize("limit", [0.0, -1.0, float("nan"), float("inf")])
def test_a_pause_limit_that_is_none_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="pause limit"):
        find_bursts(pulses_of(bursts_record()), pause_limit=limit)


def programmed(
    *, cycles: float = 4.0, on: float = 2.0, off: float = 3.0, ramp: float = 0.5, rate: float = 1e4, noise: float = 0.0
) -> Sampled:
    """50 Hz pulses of 2 × 2 ms and 10 mA under a trapezoid that begins half a pause into the record."""
    times = (np.arange(round(cycles * (on + off) * rate)) + 0.5) / rate
    place = (times - off / 2.0) % (on + off)
    shape = np.clip(np.minimum(place, on - place) / ramp if ramp else (place < on) * 1.0, 0.0, 1.0)
    within = times % 0.02
    pulse = np.where(within < 2e-3, 1.0, np.where(within < 4e-3, -1.0, 0.0))
    return with_noise(10e-3 * shape * pulse, rate=rate, noise=noise)


@pytest.mark.parametrize("noise", [0.0, 1e-5])
@pytest.mark.parametrize("rate", [1e3, 1e4, 1e5])
def test_a_program_with_ramps(rate: float, noise: float) -> None:
    program = find_program(programmed(rate=rate, noise=noise), pause_limit=0.1)
    assert program.cycles == 3
    # Above 10 %: 0.05 s less on each side than from 0 to 0; pulses come every 20 ms.
    step = 2.0 * (program.resolution + 0.02)
    np.testing.assert_allclose(program.on, 1.9, atol=step)
    np.testing.assert_allclose(program.off, 3.1, atol=step)
    np.testing.assert_allclose(program.ramp_up, 0.45, atol=step)
    np.testing.assert_allclose(program.ramp_down, 0.45, atol=step)
    assert program.period == pytest.approx(5.0, abs=step)
    assert program.duty == pytest.approx(1.9 / 5.0, abs=step / 5.0)


def test_a_program_without_ramps_has_none() -> None:
    program = find_program(programmed(ramp=0.0), pause_limit=0.1)
    assert program.ramp_up.max() <= 0.02 + 2.0 * program.resolution
    assert program.ramp_down.max() <= 0.02 + 2.0 * program.resolution


@pytest.mark.parametrize(
    ("cycles", "seen"), [(1.0, False), (2.0, False), (3.0, False), (3.2, False), (3.4, True), (4.0, True)]
)
def test_a_program_needs_three_whole_cycles(cycles: float, seen: bool) -> None:
    record = programmed(cycles=cycles)
    if seen:
        assert find_program(record, pause_limit=0.1).cycles == 3
        return
    with pytest.raises(NotMeasurable) as refused:
        find_program(record, pause_limit=0.1)
    assert refused.value.code == "not_observed"


def test_an_output_that_never_stops_is_no_program() -> None:
    steps = train([(200e-6, 1e-3)], first=0.0, period=0.01, count=500)
    for record in (sampled(steps, rate=RATE, seconds=5.0), with_noise(np.full(10_000, 3e-3), rate=1e3)):
        with pytest.raises(NotMeasurable):
            find_program(record, pause_limit=0.05)


def test_no_output_is_no_program() -> None:
    for noise in (0.0, 1e-6):
        with pytest.raises(NotMeasurable):
            find_program(with_noise(np.zeros(100_000), rate=1e4, noise=noise), pause_limit=0.05)


@pytest.mark.parametrize("limit", [0.0, -1.0, 1e-5, float("nan"), float("inf")])
def test_a_pause_below_a_sample_is_refused(limit: float) -> None:
    with pytest.raises(ValueError, match="pause limit"):
        find_program(programmed(), pause_limit=limit)


def test_dc_that_comes_and_goes_is_a_program() -> None:
    steps = train([(2.0, 3e-3)], first=1.0, period=5.0, count=4)
    program = find_program(sampled(steps, rate=1e3, seconds=20.0, noise=1e-6), pause_limit=0.1)
    assert program.cycles == 3
    np.testing.assert_allclose(program.on, 2.0, atol=2.0 * program.resolution)
    np.testing.assert_allclose(program.off, 3.0, atol=2.0 * program.resolution)


def test_duty_at_three_levels() -> None:
    record = bursts_record()
    pulses = pulses_of(record)
    bursts: Bursts = find_bursts(pulses)
    found = duty(pulses, bursts=bursts, program=find_program(record, pause_limit=0.1))
    assert found.pulse == pytest.approx(400e-6 / 0.01, rel=0.01)
    assert found.burst == pytest.approx((0.09 + 400e-6) / 0.5, rel=1e-3)
    assert found.program == pytest.approx(found.burst, rel=0.05)
    plain = duty(pulses)
    assert (plain.burst, plain.program) == (None, None)


def test_one_pulse_has_no_duty() -> None:
    steps = train([(200e-6, 1e-3)], first=0.01, period=0.01, count=1)
    with pytest.raises(NotMeasurable):
        duty(pulses_of(sampled(steps, rate=RATE, seconds=0.03)))
