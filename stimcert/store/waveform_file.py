# SPDX-License-Identifier: MIT
"""Waveforms on disk: scaled int16 (``.npy``) and a small JSON beside it.

Read one back in NumPy with ``current = (np.load("x.npy") * scale + offset - zero) / shunt``; the JSON has the four.
"""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stimcert.reading import CurrentRecord

# One code is kept for samples that the digitizer could not show, so that clipping survives the scaling.
_CLIPPED = 32767
_LARGEST = 32766
# The digitizer shows up to 120 % of its range; the rest is room for rounding.
_OVERRANGE = 1.25


def save_waveform(folder: Path, name: str, record: CurrentRecord) -> str:
    """Write one record and return its name relative to the run's folder (without ending)."""
    waveform = record.waveform
    # The digitizer's own step where int16 reaches far enough: then nothing is rounded a second time.
    scale = max(waveform.accuracy.resolution, _OVERRANGE * waveform.range / _LARGEST)
    np.save(folder / f"{name}.npy", _scaled(waveform.samples, scale))
    facts = {
        "unit": "V",
        "scale_V_per_lsb": scale,
        "offset_V": 0.0,
        "zero_V": record.zero.mean,
        "shunt_ohm": record.shunt.value,
        "sample_rate": waveform.sample_rate,
        "start_bench_time": waveform.bench_time,
        "range_V": waveform.range,
        "clipped": waveform.clipped,
        "clipped_code": _CLIPPED,
        "count": int(waveform.samples.size),
    }
    (folder / f"{name}.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return f"{folder.name}/{name}"


def _scaled(samples: NDArray[np.float32], scale: float) -> NDArray[np.int16]:
    # Clipped first: an overflow code of 9.9E37 divided by a small step is no float32 any more.
    reach = np.float32(_CLIPPED * scale)
    lsb = np.rint(np.clip(samples, -reach, reach) / np.float32(scale))
    scaled: NDArray[np.int16] = np.clip(lsb, -_CLIPPED, _CLIPPED).astype(np.int16)
    return scaled
