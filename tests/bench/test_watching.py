# SPDX-License-Identifier: MIT
"""Watching with an armed trigger, program records, and being ready for a small current."""

import pytest

from bench.session.attempt import Attempt
from bench.session.bench import Bench
from bench.session.point import Point
from bench.session.recorder import MOST_CAUGHT
from tests.bench.fake_station import DIGITIZER_RANGES, Loop, fake_station
from tests.bench.parts import inputs, zero
from tests.bench.runs import MICROCURRENT, Edited

ZEROS = {full_scale: zero(full_scale, 1e-4) for full_scale in DIGITIZER_RANGES}
PROGRAM = Edited(
    MICROCURRENT,
    (('cycle = "10 ms"', 'cycle = "10 ms"\nprogram = "4 s"'), ('dwell = "200 ms"', 'dwell = "12 s"')),
)
SMALL, LARGE = (0.0, 5e-4, 0.0), (0.0, 2e-3, 0.0)


def at_a_point(loop: Loop, *, digitizer: bool = True, plan: str | Edited = MICROCURRENT) -> tuple[Bench, Point]:
    """Return a bench at the first point of a case, all earlier calls forgotten."""
    given = inputs(plan)
    bench = Bench(fake_station(loop, digitizer=digitizer), given, ZEROS, lambda point: None)
    point = next(bench.points(given.plan.cases[0]))
    loop.calls.clear()
    return bench, point


def test_nothing_caught_is_a_dwell_seen_as_a_whole() -> None:
    loop = Loop()
    bench, point = at_a_point(loop)
    found = bench.watch(point, 60.0, level=595e-6)
    assert (found.seconds, found.caught) == (60.0, ())
    # Through 100 Ω, three standard deviations of noise lower, around the measured zero, at the fastest rate.
    assert loop.names("digitizer.watch") == [("digitizer.watch", pytest.approx(59.5e-3 - 3e-6), 60.0, 1e-4)]
    assert loop.names("digitizer.configure")[0][:3] == ("digitizer.configure", 0.1, 1e6)


def test_after_a_departure_the_trigger_is_armed_again_for_what_is_left() -> None:
    loop = Loop(departures=[(20.0, SMALL), (15.0, SMALL)])
    bench, point = at_a_point(loop)
    found = bench.watch(point, 60.0, level=4e-4)
    assert found.seconds == pytest.approx(60.0)
    assert [call[2] for call in loop.names("digitizer.watch")] == [60.0, 40.0, 25.0]
    assert [record.waveform.samples.max() for record in found.caught] == pytest.approx([0.05, 0.05])


def test_a_record_that_clips_while_watching_is_kept_and_followed_one_range_up() -> None:
    loop = Loop(departures=[(1.0, LARGE), (1.0, LARGE)])
    bench, point = at_a_point(loop)
    found = bench.watch(point, 10.0, level=595e-6)
    assert [(record.waveform.range, record.waveform.clipped) for record in found.caught] == [(0.1, True), (1.0, False)]
    assert [record.zero.range for record in found.caught] == [0.1, 1.0]


def test_the_range_of_a_watch_holds_its_level() -> None:
    loop = Loop()
    bench, point = at_a_point(loop)
    bench.watch(point, 1.0, level=1.5e-3)
    assert loop.names("digitizer.configure")[0][1] == 1.0


def test_a_device_that_never_leaves_the_trigger_in_peace_is_given_up() -> None:
    loop = Loop(departures=[(0.1, SMALL)] * 1000)
    bench, point = at_a_point(loop)
    found = bench.watch(point, 60.0, level=4e-4)
    assert len(found.caught) == MOST_CAUGHT
    assert found.seconds == pytest.approx(0.1 * MOST_CAUGHT)


def test_without_a_digitizer_nothing_is_seen() -> None:
    bench, point = at_a_point(Loop(), digitizer=False)
    assert bench.watch(point, 60.0, level=4e-4).seconds == 0.0


def test_a_program_record_holds_three_periods() -> None:
    loop = Loop()
    bench, point = at_a_point(loop, plan=PROGRAM)
    assert len(bench.program_record(point).records) == 1
    assert loop.names("digitizer.configure") == [("digitizer.configure", 0.1, 1e5, 1_200_000)]


def test_without_a_program_it_lasts_as_long_as_the_dwell() -> None:
    loop = Loop()
    bench, point = at_a_point(loop)
    bench.program_record(point)
    assert loop.names("digitizer.configure") == [("digitizer.configure", 0.1, 1e5, 20_000)]


def test_ready_for_a_small_current_shunt_and_ranges_are_others_and_come_back() -> None:
    plan = Edited(
        MICROCURRENT, (('worst_case = "1 mA"', 'worst_case = "40 mA"'), ('"500 Ω", "2 kΩ", "10 kΩ"', '"200 Ω"'))
    )
    loop = Loop(device=(5e-6, 5e-6))
    bench, point = at_a_point(loop, plan=plan)
    assert (bench.shunt, bench.setup.digitizer_range, bench.setup.smu_range) == (10.0, 1.0, 0.1)
    with bench.ranged_for(point, 10e-6):
        assert (bench.shunt, bench.setup.digitizer_range, bench.setup.smu_range) == (100.0, 0.1, 1e-4)
        assert loop.names("switch.set_port", "switch.select_shunt", "load_box.set_resistance") == [
            ("switch.set_port", "open"),
            ("switch.select_shunt", 100.0),
            ("switch.set_port", "open"),
            ("load_box.set_resistance", 100.0),
            ("switch.set_port", "device"),
        ]
        capture = bench.capture(point)
        assert capture.records[-1].shunt.value == 100.0
        assert bench.mean_current(point).reading is not None
        assert loop.names("smu.configure_ammeter")[-1][1:3] == (1e-4, 1e-4)
    assert (bench.shunt, loop.shunt, loop.ohms) == (10.0, 10.0, 190.0)


def test_a_small_current_gets_no_shunt_that_the_worst_case_would_burn() -> None:
    plan = Edited(
        MICROCURRENT, (('worst_case = "1 mA"', 'worst_case = "80 mA"'), ('"500 Ω", "2 kΩ", "10 kΩ"', '"150 Ω"'))
    )
    bench, point = at_a_point(Loop(), plan=plan)
    with bench.ranged_for(point, 10e-6):
        # 80 mA would put 0.64 W into 100 Ω, which stands 0.25 W.
        assert (bench.shunt, bench.setup.digitizer_range) == (10.0, 0.1)


def test_a_slow_record_shows_no_peak_for_its_dwell() -> None:
    bench, point = at_a_point(Loop())
    slow, fast = bench.long_record(point), bench.capture(point)
    shares = [
        [Attempt(number=1, part=capture, last=True).observed(metric) for metric in ("current.peak", "current.rms")]
        for capture in (slow, fast)
    ]
    assert shares == [[0.0, 1.0], [1.0, 1.0]]
    assert "observed" not in Attempt(number=1, part=slow, last=True).conditions


@pytest.mark.parametrize(("dwell", "watches"), [("12 s", 0), ("90 s", 1)])
def test_where_a_whole_dwell_fits_only_slowly_what_is_higher_is_watched_for(dwell: str, watches: int) -> None:
    loop = Loop(device=(1e-4,) * 20)
    bench, point = at_a_point(loop, plan=Edited(MICROCURRENT, (('dwell = "200 ms"', f'dwell = "{dwell}"'),)))
    found = bench.strongest(point, bench.long_record(point), seconds=0.2)
    armed = loop.names("digitizer.watch")
    assert len(armed) == watches
    # 100 µA through 100 Ω, from a zero of 0.1 mV that is not a part of it.
    assert all(9.9e-3 < call[1] < 10.1e-3 for call in armed)
    assert (found.armed > 0.0) is bool(watches)
