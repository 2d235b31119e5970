# SPDX-License-Identifier: MIT
"""All pulse parameters of a record of ten million samples, over one ``x.sum()``; and the memory that it takes.

Found and computed are baseline, phases, pulses, amplitude, widths, gap, charges, imbalance, polarity and repetition.
The records: biphasic pulses of 2 × 200 µs at 80 Hz with 1 % noise, in single and double precision; and the same phases
without any gap, where nothing can be left out.
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

from stimcert.waveform.phases import find_phases
from stimcert.waveform.pulses import find_pulses, repetition
from stimcert.waveform.sampled import Sampled

COUNT, RATE = 10_000_000, 1e6
PHASE, PERIOD, AMPLITUDE, NOISE = 200, 12_500, 10e-3, 1e-4
ALLOWED, ALLOWED_COPIES = 6.0, 3.0


def biphasic(period: int, dtype: DTypeLike = np.float32) -> Sampled:
    """Return pulses of two phases, one every ``period`` samples."""
    samples = NOISE * np.random.default_rng(1).standard_normal(COUNT, dtype=np.dtype(dtype).type)
    for start in range(PHASE, COUNT - 2 * PHASE, period):
        samples[start : start + PHASE] += AMPLITUDE
        samples[start + PHASE : start + 2 * PHASE] -= AMPLITUDE
    return Sampled(samples=samples, sample_rate=RATE, noise=NOISE)


def parameters(record: Sampled) -> dict[str, float]:
    """Return what a report says about pulses."""
    pulses = find_pulses(find_phases(record), gap_limit=100e-6)
    return {
        "pulses": len(pulses),
        "first phase": float(np.median(pulses.first_sign)),
        "amplitude": float(np.median(pulses.amplitude)),
        "phase duration": float(np.median(pulses.duration)),
        "width": float(np.median(pulses.width)),
        "gap": float(np.median(pulses.gap)),
        "phase charge": float(np.median(np.abs(pulses.charge))),
        "net charge": float(np.median(pulses.net_charge)),
        "imbalance": float(np.median(pulses.imbalance)),
        "frequency": repetition(pulses).frequency,
    }


def seconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def copies(record: Sampled) -> float:
    """Return the largest memory held during a call, the record included, over the record."""
    tracemalloc.start()
    parameters(record)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return 1.0 + peak / record.samples.nbytes


def report(record: Sampled, dense: Sampled, repeats: int) -> None:
    """Measure both sides in turn, and print their ratio."""
    pairs = [(seconds(record.samples.sum), seconds(lambda: parameters(record))) for _ in range(repeats)]
    floor, whole = (float(np.median(times)) for times in zip(*pairs, strict=True))
    shortest = [min(times) for times in zip(*pairs, strict=True)]
    print(f"{record.samples.dtype}: x.sum() {floor * 1e3:.2f} ms, all parameters {whole * 1e3:.2f} ms, medians")
    print(f"   ratio = {whole / floor:.2f} (at most {ALLOWED}); of the shortest {shortest[1] / shortest[0]:.2f}")
    print(f"   peak memory = {copies(record):.2f} copies of the record (at most {ALLOWED_COPIES})")
    most = min(seconds(lambda: parameters(dense)) for _ in range(3))
    print(f"   without gaps: {most / shortest[0]:.1f} × x.sum(), the shortest of each, {copies(dense):.2f} copies")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    for name, value in parameters(biphasic(PERIOD)).items():
        print(f"{name:15s} {value:.6g}")
    for dtype in (np.float32, np.float64):
        report(biphasic(PERIOD, dtype), biphasic(2 * PHASE, dtype), repeats)


if __name__ == "__main__":
    main()
