# SPDX-License-Identifier: MIT
"""Who may take a mean: the SMU only where a peak captured at that very point says that it can, else the digitizer."""

from collections.abc import Sequence

import pytest

from bench.session.bench import Bench
from bench.session.inputs import Inputs
from bench.session.point import Point
from instruments.errors import BenchError
from stimcert.reading import Status
from tests.bench.fake_station import DIGITIZER_RANGES, Loop, fake_station
from tests.bench.parts import case, inputs, zero
from tests.bench.runs import MICROCURRENT, Edited

# The SMU's range for a worst case of 1 mA is 1 mA.
SAFE, NEAR = 0.94e-3, 0.96e-3
ZEROS = {full_scale: zero(full_scale) for full_scale in DIGITIZER_RANGES}


def at_a_point(
    loop: Loop, *, digitizer: bool = True, plan: Inputs | None = None, zeros: dict[float, object] | None = None
) -> tuple[Bench, Point]:
    """Return a bench that stands at the first point of a case, all earlier calls forgotten."""
    bench = Bench(
        fake_station(loop, digitizer=digitizer),
        plan or inputs(),
        ZEROS if zeros is None else zeros,
        lambda point: None,  # type: ignore[arg-type]
    )
    point = next(bench.points((plan or inputs()).plan.cases[0]))
    loop.calls.clear()
    return bench, point


def device(*amperes: float, **facts: object) -> Loop:
    """Return a loop with a device that delivers these samples."""
    return Loop(device=amperes, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("peak", [SAFE, -SAFE, 0.0])
def test_the_smu_reads_the_mean_of_what_keeps_below_its_range(peak: float) -> None:
    loop = device(peak, 0.0)
    bench, point = at_a_point(loop)
    capture = bench.capture(point)
    mean = bench.mean_current(point)
    assert mean.reading is not None
    assert mean.reading.values == pytest.approx((peak / 2,) * 5)
    # Its mean is held against the same record, for a sign.
    assert mean.record is capture.records[-1]
    # The first reading of a mode is a pilot: it says how many there shall be, and is no part of them.
    assert loop.names("switch.set_bypass", "smu.read_current") == [
        ("switch.set_bypass", False),
        ("smu.read_current", 5),
        ("smu.read_current", 5),
    ]
    assert mean.pilot is not None
    assert mean.pilot is not mean.reading


def test_a_pilot_is_read_once_for_a_mode() -> None:
    loop = device(1e-4, 0.0)
    bench, point = at_a_point(loop)
    bench.capture(point)
    pilots = [bench.mean_current(point).pilot for _ in range(3)]
    assert [pilot is not None for pilot in pilots] == [True, False, False]
    assert len(loop.names("smu.read_current")) == 4


@pytest.mark.parametrize("peak", [NEAR, -NEAR, 5e-3])
def test_near_its_range_the_mean_is_the_digitizers(peak: float) -> None:
    loop = device(peak, 0.0)
    bench, point = at_a_point(loop)
    capture = bench.capture(point)
    mean = bench.mean_current(point)
    assert mean.reading is None
    assert mean.record is capture.records[-1]
    assert loop.names("switch.set_bypass", "smu.read_current") == []


def test_one_sample_is_enough_however_small_the_mean() -> None:
    """A mean of 10 µA with one sample of 2 mA: an SMU on 1 mA would limit or overflow."""
    loop = device(*[0.0] * 199, 2e-3)
    bench, point = at_a_point(loop)
    bench.capture(point)
    assert bench.mean_current(point).reading is None


def test_the_peak_counts_from_the_measured_zero() -> None:
    """98 µA of 100 µA by the samples alone; 93 µA from a zero of 0.5 mV, which is 5 µA through 100 Ω."""
    plan = inputs(Edited(MICROCURRENT, (('worst_case = "1 mA"', 'worst_case = "100 µA"'),)))
    loop = device(93e-6, 0.0, digitizer_offset=0.5e-3)
    zeros = {full_scale: zero(full_scale, 0.5e-3) for full_scale in DIGITIZER_RANGES}
    bench, point = at_a_point(loop, plan=plan, zeros=zeros)
    bench.capture(point)
    assert bench.mean_current(point).reading is not None


def test_without_a_capture_at_this_very_point_the_smu_is_not_trusted() -> None:
    loop = device(1e-6, 1e-6)
    bench = Bench(fake_station(loop), inputs(), ZEROS, lambda point: None)
    first, second = (point for point, _ in zip(bench.points(case()), range(2), strict=False))
    bench.capture(first)
    mean = bench.mean_current(second)
    assert mean.reading is None
    assert mean.record is not None


def test_a_cycle_that_no_aperture_holds_leaves_the_mean_to_the_digitizer() -> None:
    plan = inputs(Edited(MICROCURRENT, (('cycle = "10 ms"', 'cycle = "1 s"'), ('dwell = "200 ms"', 'dwell = "2 s"'))))
    bench, point = at_a_point(device(1e-6, 1e-6), plan=plan)
    bench.capture(point)
    assert bench.mean_current(point).reading is None


@pytest.mark.parametrize(("status", "code"), [(Status.LIMITED, "current_limited"), (Status.OVERRANGE, "overrange")])
def test_an_smu_that_contradicts_the_peak_is_a_bench_error(status: Status, code: str) -> None:
    bench, point = at_a_point(device(1e-4, 1e-4, status=lambda amperes, full_scale: status))
    bench.capture(point)
    with pytest.raises(BenchError, match="but the peak captured at this point is below 95%") as raised:
        bench.mean_current(point)
    assert raised.value.code == code


@pytest.mark.parametrize("status", list(Status))
def test_without_a_digitizer_the_smu_is_all_there_is(status: Status) -> None:
    loop = device(5e-3, 5e-3, status=lambda amperes, full_scale: status)
    bench, point = at_a_point(loop, digitizer=False)
    capture, mean = bench.capture(point), bench.mean_current(point)
    assert capture.records == ()
    assert {reading.status for reading in capture.means} == {status}
    # What was read is read once, whatever it is used for.
    assert mean.reading is capture.means[-1]
    assert len(loop.names("smu.read_current")) == len(capture.means)


def test_without_a_digitizer_a_refused_reading_is_repeated_one_range_up_and_kept() -> None:
    def status(amperes: float, full_scale: float) -> Status:
        return Status.VALID if full_scale >= 1e-2 else Status.LIMITED

    bench, point = at_a_point(device(5e-3, 5e-3, status=status), digitizer=False)
    assert [reading.status for reading in bench.capture(point).means] == [Status.LIMITED, Status.VALID]


# --- captures


@pytest.mark.parametrize(
    ("samples", "ranges"),
    [
        ((0.5e-3, 0.0), [0.1]),
        ((2e-3, 0.0), [0.1, 1.0]),
        ((-20e-3, 0.0), [0.1, 1.0, 10.0]),
        ((5.0, 0.0), [0.1, 1.0, 10.0, 100.0]),
    ],
)
def test_a_clipped_record_is_repeated_one_range_up_and_kept(samples: Sequence[float], ranges: list[float]) -> None:
    loop = device(*samples)
    bench, point = at_a_point(loop)
    capture = bench.capture(point)
    assert [record.waveform.range for record in capture.records] == ranges
    assert [record.waveform.clipped for record in capture.records[:-1]] == [True] * (len(ranges) - 1)
    assert capture.records[-1].waveform.clipped is (samples[0] == 5.0)
    assert [record.zero.range for record in capture.records] == ranges


def test_a_range_without_a_measured_zero_is_not_used() -> None:
    bench, point = at_a_point(device(2e-3, 0.0), zeros={0.1: zero(0.1), 10.0: zero(10.0)})
    assert [record.waveform.range for record in bench.capture(point).records] == [0.1, 10.0]


def test_a_capture_lasts_as_long_as_the_dwell_with_the_smu_out_of_the_loop() -> None:
    loop = device(1e-4, 1e-4)
    bench, point = at_a_point(loop)
    assert bench.capture(point).observed == 1.0
    bench.mean_current(point)
    bench.capture(point)
    assert loop.names("digitizer.configure") == [("digitizer.configure", 0.1, 1e6, 200_000)]
    assert loop.names("switch.set_bypass", "digitizer.capture", "smu.read_current") == [
        ("digitizer.capture",),
        ("switch.set_bypass", False),
        ("smu.read_current", 5),
        ("smu.read_current", 5),
        ("switch.set_bypass", True),
        ("digitizer.capture",),
    ]


def test_a_record_beyond_the_memory_saw_a_part_only() -> None:
    plan = inputs(Edited(MICROCURRENT, (('dwell = "200 ms"', 'dwell = "10 s"'),)))
    bench, point = at_a_point(device(1e-4, 1e-4), plan=plan)
    assert bench.capture(point, seconds=10.0).observed == pytest.approx(0.5)
    # What is observed for its dwell is watched for the rest.
    assert bench.capture(point).observed == 1.0


def test_a_record_carries_the_shunts_certificate() -> None:
    bench, point = at_a_point(device(1e-4, 1e-4))
    shunt = bench.capture(point).records[0].shunt
    assert (shunt.value, shunt.expanded_uncertainty, shunt.coverage_factor) == (100.0, pytest.approx(0.01), 2.0)
    assert shunt.certificate == "SIM-SH-100"
