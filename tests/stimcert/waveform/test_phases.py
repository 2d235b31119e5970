# SPDX-License-Identifier: MIT
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stimcert.measured import NotMeasurable
from stimcert.waveform.blocks import CHUNK
from stimcert.waveform.phases import find_phases
from stimcert.waveform.sampled import Sampled
from tests.stimcert.waveform.trains import sampled, train, with_noise

RATE = 1e6


def biphasic(**kinds: float) -> Sampled:
    steps = train([(200e-6, 10e-3), (200e-6, -10e-3)], first=0.0010003, period=0.005, count=10)
    return sampled(steps, rate=RATE, seconds=0.05, **kinds)


@settings(max_examples=60, deadline=None)
@given(
    amplitude=st.floats(min_value=1e-5, max_value=0.1),
    width=st.floats(min_value=30e-6, max_value=500e-6),
    gap=st.sampled_from([0.0, 17.3e-6, 100e-6]),
    ratio=st.floats(min_value=0.3, max_value=1.0),
    positive_first=st.booleans(),
    first=st.floats(min_value=1e-3, max_value=1.001e-3),
    noise=st.sampled_from([0.0, 1e-3, 1e-2]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_closed_form(
    amplitude: float,
    width: float,
    gap: float,
    ratio: float,
    positive_first: bool,
    first: float,
    noise: float,
    dtype: type,
) -> None:
    sign = 1.0 if positive_first else -1.0
    second = width / ratio
    steps = train(
        [(width, sign * amplitude), (gap, 0.0), (second, -sign * ratio * amplitude)], first=first, period=4e-3, count=5
    )
    phases = find_phases(sampled(steps, rate=RATE, seconds=0.021, noise=noise * amplitude, dtype=dtype))
    assert list(phases.sign) == [int(sign), -int(sign)] * 5
    # Interpolation, and the noise of the extremum and of the samples on both edges.
    edge = 0.2 + 12.0 * noise
    np.testing.assert_allclose(phases.duration[::2], width, atol=edge / RATE)
    np.testing.assert_allclose(phases.duration[1::2], second, atol=(edge + 12.0 * noise / ratio) / RATE)
    # Noise of the sum over what is summed, and what the single precision leaves.
    spread = 5.0 * noise * amplitude * np.sqrt(3.0 * (second * RATE) + 100.0) / RATE
    rounding = amplitude * (2e-6 * width + 0.01 / RATE)
    np.testing.assert_allclose(np.abs(phases.charge), amplitude * width, atol=spread + rounding)
    np.testing.assert_allclose(phases.plateau[::2], sign * amplitude, rtol=5.0 * noise + 1e-6)
    np.testing.assert_allclose(phases.plateau[1::2], -sign * ratio * amplitude, rtol=5.0 * noise / ratio + 1e-6)


@pytest.mark.parametrize("first", np.linspace(1e-3, 1.001e-3, 11))
def test_a_sharp_reversal_is_not_biased(first: float) -> None:
    """Interpolation from +A over the mixed sample to −A would put it a quarter of a sample too early, up to a half."""
    steps = train([(200e-6, 10e-3), (200e-6, -10e-3)], first=first, period=5e-3, count=3)
    phases = find_phases(sampled(steps, rate=RATE, seconds=0.02))
    np.testing.assert_allclose(phases.half_stop[::2] / RATE, first + 200e-6 + 5e-3 * np.arange(3), atol=1e-11)
    np.testing.assert_allclose(phases.charge, [2e-6, -2e-6] * 3, rtol=1e-4)


@settings(max_examples=20, deadline=None)
@given(factor=st.floats(min_value=1e-6, max_value=1e6), seed=st.integers(min_value=0, max_value=3))
def test_scaling_and_sign_flip(factor: float, seed: int) -> None:
    record = biphasic(noise=1e-4, seed=seed)
    one = find_phases(record)
    for scale in (factor, -factor):
        other = find_phases(Sampled(samples=record.samples * scale, sample_rate=RATE, noise=record.noise * factor))
        np.testing.assert_allclose(other.charge, one.charge * scale, rtol=1e-9, atol=1e-15 * factor)
        np.testing.assert_allclose(other.plateau, one.plateau * scale, rtol=1e-9)
        np.testing.assert_allclose(other.duration, one.duration, rtol=1e-9)
        assert list(other.sign) == list(one.sign * int(np.sign(scale)))


@pytest.mark.parametrize("seed", range(4))
def test_time_reversal(seed: int) -> None:
    record = biphasic(noise=5e-5, seed=seed)
    forward = find_phases(record)
    backward = find_phases(Sampled(samples=record.samples[::-1].copy(), sample_rate=RATE, noise=record.noise))
    np.testing.assert_allclose(backward.duration[::-1], forward.duration, atol=0.1 / RATE)
    np.testing.assert_allclose(backward.charge[::-1], forward.charge, rtol=2e-3)
    np.testing.assert_allclose(backward.plateau[::-1], forward.plateau, rtol=2e-3)


def test_concatenation() -> None:
    record = biphasic(noise=5e-5)
    one = find_phases(record)
    two = find_phases(Sampled(samples=np.tile(record.samples, 2), sample_rate=RATE, noise=record.noise))
    np.testing.assert_allclose(two.half_start, np.concatenate((one.half_start, one.half_start + 50_000)), atol=0.02)
    np.testing.assert_allclose(two.charge, np.tile(one.charge, 2), rtol=1e-3)


@pytest.mark.parametrize("tau", [50e-6, 300e-6, 800e-6])
@pytest.mark.parametrize("noise", [0.0, 1e-5, 1e-4])
def test_a_slow_tail_keeps_its_charge(tau: float, noise: float) -> None:
    """10 mA for 200 µs, then an opposite tail of equal area: cut at 10 % of the peak, 20 % to 40 % would be lost."""
    height = 10e-3 * 200e-6 / tau
    edges = np.arange(100_001) / RATE
    since = edges[:, None] - (0.002 + 0.01 * np.arange(10))
    main = np.clip(since, 0.0, 200e-6) * 10e-3
    tail = -height * tau * (1.0 - np.exp(-np.maximum(since - 200e-6, 0.0) / tau))
    phases = find_phases(with_noise(np.diff((main + tail).sum(axis=1)) * RATE, rate=RATE, noise=noise))
    assert len(phases) == 20
    spread = 5.0 * noise * np.sqrt(1e4) / RATE
    np.testing.assert_allclose(phases.charge_over_baseline[::2], 2e-6, rtol=2e-3, atol=spread)
    np.testing.assert_allclose(phases.charge_over_baseline[1::2], -2e-6, rtol=5e-3, atol=2.0 * spread)


@pytest.mark.parametrize("noise", [0.0, 2e-5])
def test_a_voltage_pulse_on_skin_is_one_drive_phase_and_its_discharge(noise: float) -> None:
    """4 V for 500 µs on 560 Ω + 22 kΩ ‖ 10 nF: spike of 7.1 mA, plateau of 0.18 mA under 10 % of it, spike back."""
    volts, series, parallel, farads, width = 4.0, 560.0, 22e3, 10e-9, 500e-6
    tau = farads * series * parallel / (series + parallel)
    plateau = volts / (series + parallel)
    spike = volts / series - plateau
    edges = np.arange(50_001) / RATE
    total = np.zeros(len(edges))
    for at in 0.002 + 0.01 * np.arange(5):
        on, after = np.clip(edges - at, 0.0, width), np.maximum(edges - at - width, 0.0)
        total += plateau * on + spike * tau * (1.0 - np.exp(-on / tau))
        total -= spike * tau * (1.0 - np.exp(-after / tau))
    phases = find_phases(with_noise(np.diff(total) * RATE, rate=RATE, noise=noise))
    assert list(phases.sign) == [1, -1] * 5
    spread = 5.0 * noise * np.sqrt(2000.0) / RATE
    np.testing.assert_allclose(phases.charge[::2], plateau * width + spike * tau, rtol=5e-3, atol=spread)
    np.testing.assert_allclose(phases.charge[1::2], -spike * tau, rtol=5e-3, atol=spread)


@pytest.mark.parametrize("noise", [0.0, 5e-5])
def test_ringing_makes_no_phases(noise: float) -> None:
    """40 % overshoot at 40 kHz on both edges, which swings back beyond zero after the pulse."""
    clean = sampled(train([(200e-6, 10e-3)], first=0.001, period=0.01, count=5), rate=RATE, seconds=0.05)
    wave = clean.samples.astype(np.float64).copy()
    time = np.arange(200) / RATE
    ring = 0.4 * 10e-3 * np.exp(-time / 20e-6) * np.cos(2.0 * np.pi * 40e3 * time)
    for at in 1000 + 10_000 * np.arange(5):
        wave[at : at + 200] += ring
        wave[at + 200 : at + 400] -= ring
    phases = find_phases(with_noise(wave, rate=RATE, noise=noise))
    assert list(phases.sign) == [1] * 5
    assert phases.joined.min() >= 1
    np.testing.assert_allclose(phases.plateau, 10e-3, rtol=0.01)
    assert (phases.extremum > 13e-3).all()
    np.testing.assert_allclose(phases.duration, 200e-6, atol=3e-6)


def test_a_small_second_phase_of_its_own_is_no_ringing() -> None:
    steps = train([(100e-6, 10e-3), (200e-6, -2e-3)], first=0.001, period=0.01, count=5)
    phases = find_phases(sampled(steps, rate=RATE, seconds=0.05))
    assert list(phases.sign) == [1, -1] * 5
    np.testing.assert_allclose(phases.charge, [1e-6, -0.4e-6] * 5, rtol=1e-3)


def test_dc_under_pulses() -> None:
    steps = train([(1e-3, 400e-6)], first=0.002, period=0.01, count=5)
    phases = find_phases(sampled(steps, rate=1e5, seconds=0.05, offset=300e-6))
    np.testing.assert_allclose(phases.plateau, 700e-6)
    np.testing.assert_allclose(phases.charge_over_baseline, 400e-6 * 1e-3, rtol=1e-6)
    np.testing.assert_allclose(phases.charge, phases.charge_over_baseline + 300e-6 * (phases.stop - phases.start) / 1e5)


def test_slow_edges_are_measured_at_half_of_their_height() -> None:
    """A trapezoid of 1 s with edges of 0.2 s: 50 % to 50 % is 0.8 s."""
    times = (np.arange(40_000) + 0.5) / 1e4
    shape = np.interp(times % 2.0, [0.0, 0.5, 0.7, 1.3, 1.5, 2.0], [0.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    phases = find_phases(with_noise(shape, rate=1e4))
    np.testing.assert_allclose(phases.duration, 0.8, atol=2e-4)
    np.testing.assert_allclose(phases.charge, 0.8, rtol=1e-3)


def test_a_gapless_sine_has_its_half_waves() -> None:
    wave = 1e-3 * np.sin(2.0 * np.pi * 1000.0 * (np.arange(100_000) + 250.5) / RATE)
    phases = find_phases(with_noise(wave, rate=RATE))
    assert len(phases) == 199
    np.testing.assert_allclose(np.abs(phases.charge), 2.0 * 1e-3 / (2.0 * np.pi * 1000.0), rtol=5e-3)
    np.testing.assert_allclose(phases.duration, 1e-3 / 3.0, atol=0.2 / RATE)


@pytest.mark.parametrize("noise", [0.0, 1e-6])
def test_nothing_is_found_in_dc_or_in_noise(noise: float) -> None:
    for level in (0.0, 3e-3):
        with pytest.raises(NotMeasurable) as refused:
            find_phases(with_noise(np.full(200_000, level), rate=RATE, noise=noise))
        assert refused.value.code == "not_observed"


def test_phases_that_fill_chunks_which_quiet_ones_part_stay_apart() -> None:
    wave = np.zeros(20 * CHUNK)
    for chunk in (2, 5, 6, 9):
        wave[chunk * CHUNK : (chunk + 1) * CHUNK] = 1e-3
    phases = find_phases(with_noise(wave, rate=RATE))
    assert list(phases.half_start / CHUNK) == [2.0, 5.0, 9.0]
    assert list(phases.half_stop / CHUNK) == [3.0, 7.0, 10.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_long_record_without_gaps_is_the_sum_of_its_pieces(dtype: type) -> None:
    """Longer than any piece that is looked at in one go, and it ends inside a chunk and inside a phase."""
    count, half = 700_003, 193
    cycle = np.arange(count) // half
    level = np.where(cycle % 2 == 0, 1.0, -1.0) * (1.0 + (cycle % 7) / 8.0)
    phases = find_phases(with_noise(level, rate=RATE, dtype=dtype))
    inner = cycle[half : count // half * half : half]
    np.testing.assert_array_equal(phases.start, inner * half)
    np.testing.assert_array_equal(phases.stop, (inner + 1) * half)
    np.testing.assert_allclose(phases.plateau, level[half : count // half * half : half], rtol=1e-9)
    np.testing.assert_allclose(phases.charge, phases.plateau * half / RATE, rtol=1e-9)
    np.testing.assert_allclose(phases.duration, half / RATE, rtol=1e-9)


def test_noise_alone_does_not_reach_the_threshold() -> None:
    steps = train([(200e-6, 1e-3)], first=0.001, period=0.01, count=100)
    for seed in range(3):
        record = sampled(steps, rate=RATE, seconds=1.0, noise=1e-4, seed=seed, dtype=np.float32)
        assert len(find_phases(record)) == 100


@pytest.mark.parametrize(("samples", "measurable"), [(3, False), (4, False), (5, True), (8, True)])
def test_fewer_than_five_samples_are_too_few(samples: int, measurable: bool) -> None:
    record = sampled(train([(samples * 1e-6, 1e-3)], first=0.001, period=0.01, count=5), rate=RATE, seconds=0.05)
    if measurable:
        np.testing.assert_allclose(find_phases(record).plateau, 1e-3)
        return
    with pytest.raises(NotMeasurable) as refused:
        find_phases(record)
    assert refused.value.code == "bandwidth"
    assert "higher sample rate" in refused.value.text


def test_phases_that_the_record_cuts_are_left_out() -> None:
    wave = np.zeros(10_000)
    wave[:100] = wave[5000:5200] = wave[-100:] = 1e-3
    phases = find_phases(with_noise(wave, rate=RATE))
    assert list(phases.half_start) == [5000.0]


@pytest.mark.parametrize("cut", [1, 2, 3, 150])
def test_no_phase_counts_what_a_cut_neighbour_carries(cut: int) -> None:
    wave = np.zeros(10_000)
    wave[:cut], wave[cut : cut + 200] = 1e-3, -1e-3
    wave[-cut - 200 : -cut], wave[-cut:] = 1e-3, -1e-3
    phases = find_phases(with_noise(wave, rate=RATE))
    np.testing.assert_allclose(phases.charge, [-0.2e-6, 0.2e-6], rtol=1e-9)
    np.testing.assert_allclose(phases.duration, 200e-6, rtol=1e-9)
    assert (phases.begin, phases.end) == (cut, 10_000 - cut)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    record = biphasic()
    record.samples[20_000] = bad
    with pytest.raises(NotMeasurable) as refused:
        find_phases(record)
    assert refused.value.code == "not_a_number"


def test_the_record_is_left_as_it_was() -> None:
    record = biphasic(noise=1e-4)
    before = record.samples.copy()
    find_phases(record)
    np.testing.assert_array_equal(record.samples, before)
