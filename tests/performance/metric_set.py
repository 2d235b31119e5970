# SPDX-License-Identifier: MIT
"""Every metric of a record of ten million samples, over one ``np.abs(x).sum()``; and the memory that it takes.

Computed are extremes, averages, polarity and its schedule, reversals, dose, densities, baseline, phases, pulses with
their energies, repetition, and the edges of one pulse. The records: biphasic pulses of 2 × 200 µs at 80 Hz with 1 %
noise, for the ratio, in single and double precision; and d.c. with noise, and the same phases without any gap, where
nothing can be left out.
"""

import argparse
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from stimcert.measured import NotMeasurable
from stimcert.waveform.averages import Averages, averages
from stimcert.waveform.baseline import baseline
from stimcert.waveform.blocks import Outline, outline
from stimcert.waveform.edges import droop, overshoot, shape
from stimcert.waveform.energy import current_density, dose, power_density, pulse_energies
from stimcert.waveform.extremes import extremes
from stimcert.waveform.phases import find_phases
from stimcert.waveform.pulses import find_pulses, repetition
from stimcert.waveform.sampled import Sampled
from stimcert.waveform.schedule import polarity, polarity_schedule, reversal

COUNT, RATE, EVENT, GAP = 10_000_000, 1e6, 10e-6, 100e-6
PHASE, PERIOD, AMPLITUDE, NOISE = 200, 12_500, 10e-3, 1e-4
LOAD, AREA = 500.0, 25e-4
ALLOWED, ALLOWED_COPIES = 8.0, 3.0


def noise(dtype: DTypeLike) -> np.ndarray:
    """Return the noise that every record has."""
    return NOISE * np.random.default_rng(1).standard_normal(COUNT, dtype=np.dtype(dtype).type)


def biphasic(dtype: DTypeLike, period: int) -> Sampled:
    """Return pulses of two phases, one every ``period`` samples."""
    samples = noise(dtype)
    for start in range(PHASE, COUNT - 2 * PHASE, period):
        samples[start : start + PHASE] += AMPLITUDE
        samples[start + PHASE : start + 2 * PHASE] -= AMPLITUDE
    return Sampled(samples=samples, sample_rate=RATE, noise=NOISE)


def direct(dtype: DTypeLike) -> Sampled:
    """Return a direct current."""
    samples = noise(dtype)
    samples += AMPLITUDE
    return Sampled(samples=samples, sample_rate=RATE, noise=NOISE)


def metrics(record: Sampled, period: int | None) -> dict[str, float]:
    """Return what a report says about a record."""
    known = outline(record)
    peaks = extremes(record, event=EVENT, known=known)
    cycle = None if period is None else period / RATE
    found = averages(record, cycle=cycle, peak=abs(peaks.absolute.value), known=known)
    schedule = polarity_schedule(record, found, known=known)
    level = baseline(record, known=known)
    against = reversal(peaks, sign=1)
    values = {
        "positive": peaks.positive.value,
        "negative": peaks.negative.value,
        "peak to peak": peaks.peak_to_peak,
        "baseline to peak": peaks.baseline_to_peak(level.level),
        "mean": found.mean,
        "r.m.s.": found.rms,
        "a.c. r.m.s.": found.ac_rms,
        "rectified": found.rectified,
        "dose": dose(found).total,
        "peak density": current_density(peaks.absolute.value, area=AREA),
        "power density": power_density(found.rms, resistance=LOAD, area=AREA),
        "ratio": polarity(found, schedule).ratio,
        "runs": len(schedule.sign),
        "reversal": 0.0 if against is None else against.extreme,
    }
    return values if period is None else values | pulse_metrics(record, known, found)


def pulse_metrics(record: Sampled, known: Outline, found: Averages) -> dict[str, float]:
    """Return what a report says about pulses."""
    phases = find_phases(record, known=known)
    pulses = find_pulses(phases, gap_limit=GAP)
    energies = pulse_energies(record, phases.start, phases.stop, resistance=LOAD)
    values = {
        "pulses": len(pulses),
        "amplitude": float(np.median(pulses.amplitude)),
        "phase duration": float(np.median(pulses.duration)),
        "phase charge": float(np.median(np.abs(pulses.charge))),
        "frequency": repetition(pulses).frequency,
        "phase energy": float(np.median(energies)),
    }
    return values | edge_metrics(record, int(phases.start[0]), int(phases.stop[0]))


def edge_metrics(record: Sampled, start: int, stop: int) -> dict[str, float]:
    """Return what a report says about the shape of one phase."""
    part = record.samples[max(start - PHASE // 2, 0) : stop + PHASE // 2]
    try:
        found = shape(Sampled(samples=part, sample_rate=RATE, noise=record.noise))
    except NotMeasurable:
        return {}
    return {"plateau": found.plateau, "overshoot": overshoot(found), "droop": droop(found)}


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copies(record: Sampled, period: int | None) -> float:
    """Return the largest memory held during a call, the record included, over the record."""
    tracemalloc.start()
    metrics(record, period)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return 1.0 + peak / record.samples.nbytes


def report(name: str, record: Sampled, period: int | None, repeats: int, *, judged: bool) -> None:
    """Measure both sides in turn, and print their ratio."""
    metrics(record, period)
    samples = record.samples
    pairs = [(seconds(lambda: np.abs(samples).sum()), seconds(lambda: metrics(record, period))) for _ in range(repeats)]
    floor, whole = (float(np.median(times)) for times in zip(*pairs, strict=True))
    allowed = f" (at most {ALLOWED})" if judged else ""
    print(f"{name}, {samples.dtype}: np.abs(x).sum() {floor * 1e3:.2f} ms, all metrics {whole * 1e3:.2f} ms")
    print(f"   ratio = {whole / floor:.2f}{allowed}")
    print(f"   peak memory = {copies(record, period):.2f} copies of the record (at most {ALLOWED_COPIES})")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    for name, value in metrics(biphasic(np.float64, PERIOD), PERIOD).items():
        print(f"{name:17s} {value:.6g}")
    for dtype in (np.float64, np.float32):
        report("biphasic", biphasic(dtype, PERIOD), PERIOD, repeats, judged=True)
        report("direct current", direct(dtype), None, repeats, judged=False)
        report("without gaps", biphasic(dtype, 2 * PHASE), 2 * PHASE, repeats, judged=False)


if __name__ == "__main__":
    main()
