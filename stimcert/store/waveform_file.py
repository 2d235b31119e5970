# SPDX-License-Identifier: MIT
"""Waveforms on disk: scaled int16 (``.npy``) and a small JSON beside it.

Read one back in NumPy with ``current = (np.load("x.npy") * scale + offset - zero) / shunt``; the JSON has the four.
"""

import hashlib
import json
import os
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stimcert.reading import CurrentRecord
from stimcert.store.host import host

# One code is kept for samples that the digitizer could not show, so that clipping survives the scaling.
_CLIPPED = 32767
_LARGEST = 32766
_FORM = "<i2"
# The digitizer shows up to 120 % of its range; the rest is room for rounding.
_OVERRANGE = 1.25


def save_waveform(folder: Path, name: str, record: CurrentRecord) -> dict[str, str]:
    """Write one record; return the SHA-256 of each file by its name relative to the run's folder."""
    waveform = record.waveform
    # The digitizer's own step where int16 reaches far enough: then nothing is rounded a second time.
    scale = max(waveform.accuracy.resolution, _OVERRANGE * waveform.range / _LARGEST)
    samples = _scaled(waveform.samples, scale)
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
    contents = {
        f"{name}.npy": _npy_header(samples.size) + samples.tobytes(),
        f"{name}.json": json.dumps(facts).encode() + b"\n",
    }
    return {f"{folder.name}/{file}": _write(folder, file, content) for file, content in contents.items()}


def _write(folder: Path, name: str, content: bytes) -> str:
    host().write(os.path.join(folder, name), content)
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=64)
def _npy_header(count: int) -> bytes:
    """Return what stands before ``count`` samples in their file; records of a run are mostly of one length."""
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": _FORM, "fortran_order": False, "shape": (count,)})
    return header.getvalue()


def _scaled(samples: NDArray[np.float32], scale: float) -> NDArray[np.int16]:
    # Clipped first: an overflow code of 9.9E37 divided by a small step is no float32 any more.
    reach = np.float32(_CLIPPED * scale)
    lsb = np.minimum(np.maximum(samples, -reach), reach)
    lsb /= np.float32(scale)
    scaled: NDArray[np.int16] = np.rint(lsb, out=lsb).astype(_FORM)
    return scaled
