# SPDX-License-Identifier: MIT
"""What the DMM6500's driver puts on the wire around an event, and what it believes of the answers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymeasure.test import expected_protocol

from instruments.data_sheets import load_accuracy
from instruments.dmm6500 import DMM6500
from instruments.dmm6500_arming import ring
from instruments.errors import BenchError, GarbledReply, InstrumentRefused
from tests.instruments.test_wire_dmm6500 import NO_ERROR, READ, block, configuration

BUFFER = b'"defbuffer1"'
STATE = b":TRIG:STAT?;:SYST:ERR?"
EXTREMES = b':TRAC:STAT:MAX? "defbuffer1";:TRAC:STAT:MIN? "defbuffer1";:SYST:ERR?'
ENDS = b':TRAC:ACT:STAR? "defbuffer1";:TRAC:ACT:END? "defbuffer1";:SYST:ERR?'
ABORT = (b":ABOR", None)
INSIDE = (EXTREMES, b"2.0E-01;-3.0E-01;" + NO_ERROR)
OUTSIDE = (EXTREMES, b"6.0E-01;-3.0E-01;" + NO_ERROR)
RUNNING = (STATE, b"RUNNING;RUNNING;3;" + NO_ERROR)
WAITING = (STATE, b"WAITING;WAITING;4;" + NO_ERROR)
ENDED = (STATE, b"IDLE;IDLE;6;" + NO_ERROR)
ERRORS = (b":SYST:ERR?", NO_ERROR)


class FakeClock:
    """Bench time that passes only by waiting."""

    def __init__(self):
        self.time = 100.0

    def now(self):
        return self.time

    def wait(self, seconds):
        assert seconds >= 0
        self.time += seconds


class ShortClock(FakeClock):
    """One whose waits lose a little to rounding; what is shorter it does not wait at all."""

    def wait(self, seconds):
        super().wait(max(0.0, seconds - 5e-8))


def trigger_settings(size=b"100", low=b"-0.5", high=b"0.5"):
    return [
        (b":TRAC:POIN " + size, None),
        (b":TRAC:FILL:MODE CONT", None),
        (b":SENS:DIG:VOLT:ATR:MODE WIND", None),
        (b":SENS:DIG:VOLT:ATR:WIND:LEV:LOW " + low, None),
        (b":SENS:DIG:VOLT:ATR:WIND:LEV:HIGH " + high, None),
        (b":SENS:DIG:VOLT:ATR:WIND:DIR LEAV", None),
        (
            b":TRAC:POIN?;:TRAC:FILL:MODE?;:SENS:DIG:VOLT:ATR:MODE?;:SENS:DIG:VOLT:ATR:WIND:LEV:LOW?;"
            b":SENS:DIG:VOLT:ATR:WIND:LEV:HIGH?;:SENS:DIG:VOLT:ATR:WIND:DIR?;:SYST:ERR?",
            b";".join([size, b"CONT", b"WIND", low, high, b"LEAV", NO_ERROR]),
        ),
    ]


def armed(event=b"ATR", position=b"50", state=b"RUNNING;RUNNING;1"):
    message = b':TRIG:LOAD "LoopUntilEvent",' + event + b"," + position + b',ENT,0,"defbuffer1";:INIT;' + STATE
    return [(message, state + b";" + NO_ERROR)]


def read_out(samples, first=1):
    last = first + len(samples) - 1
    return [
        (ENDS, b"%d;%d;" % (first, last) + NO_ERROR),
        (b':TRAC:DATA? %d,%d,"defbuffer1",READ' % (first, last), block(*samples) + b"\n"),
        ERRORS,
    ]


def connected(*pairs, clock=None):
    return expected_protocol(
        DMM6500, [*configuration(), *pairs], accuracy=load_accuracy("dmm6500"), clock=clock or FakeClock()
    )


def watch(*pairs, clock=None, duration=1.0, **changes):
    with connected(*pairs, clock=clock) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        return digitizer.watch(**{"level": 0.5, "duration": duration, "pre": 50e-6, "post": 50e-6, **changes})


# --- watching


def test_a_quiet_watch_is_aborted_at_its_end_and_counts_in_full():
    clock = FakeClock()
    seen = watch(*trigger_settings(), *armed(), INSIDE, RUNNING, *[WAITING] * 4, INSIDE, ABORT, ERRORS, clock=clock)
    assert seen.record is None
    assert seen.watched == pytest.approx(1.0)
    # Arming is no part of what was watched.
    assert clock.time == pytest.approx(101.01, abs=1e-5)


def test_rounding_of_the_clock_leaves_no_rest_to_wait_for():
    quiet = [*trigger_settings(), *armed(), INSIDE, RUNNING, WAITING, WAITING, WAITING, INSIDE, ABORT, ERRORS]
    assert watch(*quiet, clock=ShortClock(), duration=0.7).watched == pytest.approx(0.7, abs=2e-6)


def test_the_record_of_a_trigger_has_its_event_where_the_followers_begin():
    samples = np.linspace(0, 0.9, 100)
    seen = watch(*trigger_settings(), *armed(), INSIDE, RUNNING, WAITING, ENDED, *read_out(samples))
    record = seen.record
    assert record.waveform.samples == pytest.approx(samples)
    assert record.event == pytest.approx(50e-6)
    assert record.waveform.bench_time == pytest.approx(100.01 + 2 * 0.25 - 100e-6)
    # Asked 0.25 s after it was live it had not ended, by a state that may be 0.1 s old.
    assert seen.watched == pytest.approx(0.15)


def test_an_early_trigger_has_less_before_it():
    seen = watch(*trigger_settings(), *armed(), INSIDE, ENDED, *read_out([0.0] * 30 + [0.6] * 50))
    assert seen.record.event == pytest.approx(30e-6)
    assert seen.watched == pytest.approx(80e-6)


def test_indices_of_a_buffer_that_went_round_may_count_on():
    samples = [0.6] * 100
    assert watch(*trigger_settings(), *armed(), INSIDE, ENDED, *read_out(samples, first=901)).record.event == 50e-6


def test_armed_again_with_the_same_settings_costs_one_message():
    quiet = [*armed(), INSIDE, RUNNING, WAITING, INSIDE, ABORT, ERRORS]
    with connected(*trigger_settings(), *quiet, *quiet) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        for _ in range(2):
            digitizer.watch(level=0.5, duration=0.25, pre=50e-6, post=50e-6)


def test_a_plain_capture_after_it_gets_its_buffer_back_once():
    restored = [(b":TRAC:POIN 10", None), (b":TRAC:POIN?;:SYST:ERR?", b"10;" + NO_ERROR)]
    one = [(READ, block(0.0) + b"\n"), (b':TRAC:DATA? 1,4,"defbuffer1",READ', block(0, 0, 0, 0) + b"\n"), ERRORS]
    quiet = [*trigger_settings(), *armed(), INSIDE, RUNNING, WAITING, INSIDE, ABORT, ERRORS]
    with connected(*quiet, *restored, *one, *one) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        digitizer.watch(level=0.5, duration=0.25, pre=50e-6, post=50e-6)
        for _ in range(2):
            assert digitizer.capture().samples.size == 4


def test_the_window_lies_around_the_zero():
    settings = trigger_settings(low=b"-0.49", high=b"0.51")
    watch(*settings, *armed(), INSIDE, ENDED, *read_out([0.0] * 100), zero=0.01)


def test_the_action_is_called_once_when_armed():
    called = []
    watch(*trigger_settings(), *armed(), INSIDE, ENDED, *read_out([0.0] * 100), action=lambda: called.append(1))
    assert called == [1]


def test_outside_from_the_start_is_found_without_trigger():
    clock = FakeClock()
    samples = [0.1, 0.6] + [0.7] * 98
    seen = watch(*trigger_settings(), *armed(), OUTSIDE, *read_out(samples), WAITING, ABORT, clock=clock)
    assert seen.record.event == pytest.approx(1e-6)
    assert seen.watched == pytest.approx(100e-6)
    assert seen.record.waveform.bench_time == pytest.approx(100.01 - 100e-6)


def test_a_trigger_in_the_first_moments_gives_its_whole_record():
    samples = [0.0] * 50 + [0.7] * 50
    seen = watch(*trigger_settings(), *armed(), OUTSIDE, *read_out([0.7] * 20), ENDED, *read_out(samples))
    assert seen.record.waveform.samples.size == 100
    assert seen.record.event == pytest.approx(50e-6)


def test_a_trigger_at_the_very_end_is_not_lost():
    pairs = [*trigger_settings(), *armed(), INSIDE, RUNNING, WAITING, OUTSIDE]
    seen = watch(*pairs, *read_out([0.7] * 20), ENDED, *read_out([0.7] * 100), duration=0.25)
    assert seen.record.waveform.samples.size == 100


def test_a_trigger_that_did_not_fire_is_contradicted_by_the_buffer():
    pairs = [*trigger_settings(), *armed(), INSIDE, RUNNING, WAITING, OUTSIDE]
    seen = watch(*pairs, *read_out([0.0, 0.0, -0.6, 0.0]), WAITING, ABORT, duration=0.25)
    assert seen.record.event == pytest.approx(2e-6)


def test_what_left_the_window_and_is_gone_is_an_error():
    pairs = [*trigger_settings(), *armed(), INSIDE, RUNNING, WAITING, OUTSIDE]
    with pytest.raises(InstrumentRefused, match="did not fire"):
        watch(*pairs, *read_out([0.0] * 4), WAITING, ABORT, ABORT, duration=0.25)


def test_extremes_that_are_no_numbers_are_no_silence():
    pairs = [*trigger_settings(), *armed(), (EXTREMES, b"nan;nan;" + NO_ERROR)]
    seen = watch(*pairs, *read_out([0.6] * 4), ENDED, *read_out([0.6] * 100))
    assert seen.record is not None


def test_an_overflow_in_the_record_is_clipped_and_told():
    samples = [0.0] * 99 + [9.9e37]
    record = watch(*trigger_settings(), *armed(), INSIDE, ENDED, *read_out(samples)).record
    assert record.waveform.clipped
    assert record.waveform.samples[-1] == pytest.approx(1.2)


@pytest.mark.parametrize("state", [b"IDLE;IDLE;6", b"EMPTY;EMPTY;0", b"FAILED;FAILED;2", b"ABORTED;ABORTED;4"])
def test_an_instrument_that_is_not_armed_is_told(state):
    with pytest.raises(InstrumentRefused, match="trigger model"):
        watch(*trigger_settings(), *armed(state=state), ABORT)


def test_a_trigger_model_that_fails_on_the_way_is_told():
    failed = (STATE, b"FAILED;FAILED;4;" + NO_ERROR)
    with pytest.raises(InstrumentRefused, match="FAILED"):
        watch(*trigger_settings(), *armed(), INSIDE, RUNNING, failed, ABORT)


def test_a_record_with_fewer_readings_than_follow_the_event_is_told():
    with pytest.raises(InstrumentRefused, match="49 readings"):
        watch(*trigger_settings(), *armed(), INSIDE, ENDED, *read_out([0.0] * 49), ABORT)


@pytest.mark.parametrize("ends", [b"0;0", b"5;4", b"1;8000000"])
def test_indices_that_make_no_sense_are_told(ends):
    with pytest.raises(GarbledReply):
        watch(*trigger_settings(), *armed(), INSIDE, ENDED, (ENDS, ends + b";" + NO_ERROR), ABORT)


def test_whatever_goes_wrong_the_instrument_is_not_left_armed():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(*trigger_settings(), *armed(), INSIDE, ABORT, action=interrupted)


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 0.0},
        {"level": -0.1},
        {"level": 1.01},
        {"level": math.nan},
        {"level": 0.95, "zero": 0.1},
        {"zero": math.nan},
        {"duration": 0.0},
        {"duration": math.nan},
        {"duration": math.inf},
        {"pre": -1e-6},
        {"pre": math.nan},
        {"post": 0.0},
        {"post": math.nan},
        {"pre": 4.0, "post": 4.0},
    ],
)
def test_what_cannot_be_watched_is_refused_before_anything_is_sent(changes):
    with pytest.raises(BenchError):
        watch(**changes)


def test_nothing_is_watched_before_a_configuration_or_without_a_clock():
    with (
        expected_protocol(DMM6500, [], accuracy=load_accuracy("dmm6500"), clock=FakeClock()) as digitizer,
        pytest.raises(BenchError),
    ):
        digitizer.watch(level=0.5, duration=1.0, pre=1e-3, post=1e-3)
    with expected_protocol(DMM6500, configuration(), accuracy=load_accuracy("dmm6500")) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        with pytest.raises(BenchError, match="clock"):
            digitizer.watch(level=0.5, duration=1.0, pre=1e-3, post=1e-3)


# --- around an action

AROUND_SETTINGS = [
    (b":TRAC:POIN 100", None),
    (b":TRAC:FILL:MODE CONT", None),
    (b":TRAC:POIN?;:TRAC:FILL:MODE?;:SYST:ERR?", b"100;CONT;" + NO_ERROR),
]
TRIGGERED = (b"*TRG;" + STATE, b"RUNNING;RUNNING;4;" + NO_ERROR)


def around(*pairs, action=lambda: None, clock=None):
    with connected(*AROUND_SETTINGS, *armed(event=b"COMM"), *pairs, clock=clock) as digitizer:
        digitizer.configure(voltage_range=1.0, sample_rate=1e6, count=4)
        return digitizer.capture_around(action, pre=50e-6, post=50e-6)


def test_the_action_comes_after_the_trigger_and_its_acknowledgement():
    clock, called = FakeClock(), []
    record = around(
        TRIGGERED,
        RUNNING,
        ENDED,
        *read_out([0.0] * 50 + [0.5] * 50),
        action=lambda: called.append(clock.now()),
        clock=clock,
    )
    assert called == [pytest.approx(100.01005)]
    assert record.event == pytest.approx(50e-6)
    assert record.waveform.bench_time + record.event == pytest.approx(called[0])


def test_an_action_that_takes_longer_than_the_record_is_an_error():
    clock = FakeClock()
    with pytest.raises(BenchError, match="longer record"):
        around(TRIGGERED, ABORT, action=lambda: clock.wait(1.0), clock=clock)


def test_a_failing_action_leaves_nothing_armed():
    with pytest.raises(ZeroDivisionError):
        around(TRIGGERED, ABORT, action=lambda: 1 / 0)


def test_a_record_that_never_ends_is_told():
    with pytest.raises(InstrumentRefused, match="had not come to its end"):
        around(TRIGGERED, *[RUNNING] * 100, ABORT)


# --- the ring


@given(st.integers(0, 100_000), st.integers(1, 100_000))
def test_a_ring_holds_what_is_asked_and_is_the_smallest_of_whole_percentages(before, after):
    found = ring(before, after)
    assert found.before >= before
    assert found.after >= after
    assert found.before * 100 == found.size * found.position
    assert found.before + found.after == found.size
    assert found.size <= max(1.03 * (before + after) + 100, 100 * -(-max(before, after) // 99) if before else math.inf)


def test_rings_by_hand():
    assert (ring(50, 50).size, ring(50, 50).position) == (100, 50)
    assert (ring(0, 1000).size, ring(0, 1000).position) == (1000, 0)
    assert (ring(1000, 3000).size, ring(1000, 3000).position) == (4000, 25)
