# SPDX-License-Identifier: MIT
import hashlib
import json
from pathlib import Path

import numpy as np

from stimcert.reading import Accuracy, Certified, CurrentRecord, Waveform, Zero
from stimcert.store.waveform_file import save_waveform

ACCURACY = Accuracy(gain=0.0, offset=0.0, resolution=1e-9, source="test")


def record(samples: np.ndarray, *, full_scale: float = 0.1, clipped: bool = False) -> CurrentRecord:
    waveform = Waveform(
        role="digitizer",
        samples=samples.astype(np.float32),
        clipped=clipped,
        range=full_scale,
        sample_rate=1e6,
        accuracy=ACCURACY,
        bench_time=1.5,
    )
    shunt = Certified(value=100.0, expanded_uncertainty=0.01)
    return CurrentRecord(waveform=waveform, shunt=shunt, zero=Zero(range=full_scale, mean=1e-5, noise=0.0, count=1))


def test_a_current_comes_back_as_the_readme_says(tmp_path: Path) -> None:
    samples = np.linspace(-0.12, 0.12, 1001)
    files = save_waveform(tmp_path, "OC-01_0001", record(samples))
    name = f"{tmp_path.name}/OC-01_0001"
    assert files.keys() == {f"{name}.npy", f"{name}.json"}
    for file, digest in files.items():
        assert hashlib.sha256((tmp_path.parent / file).read_bytes()).hexdigest() == digest

    facts = json.loads((tmp_path / "OC-01_0001.json").read_text())
    lsb = np.load(tmp_path / "OC-01_0001.npy")
    assert lsb.dtype == np.int16
    current = (lsb * facts["scale_V_per_lsb"] + facts["offset_V"] - facts["zero_V"]) / facts["shunt_ohm"]
    half_step = facts["scale_V_per_lsb"] / 2 / 100
    np.testing.assert_allclose(current, (samples - 1e-5) / 100, rtol=0, atol=half_step * 1.01)


def test_the_digitizers_own_steps_are_kept_exactly(tmp_path: Path) -> None:
    step = 2 * 0.12 / 65536 * 1.1
    codes = np.arange(-30000, 30000, 7)
    made = record(codes * step)
    coarse = Accuracy(gain=0.0, offset=0.0, resolution=step, source="test")
    made = CurrentRecord(
        waveform=Waveform(**{**made.waveform.__dict__, "accuracy": coarse}), shunt=made.shunt, zero=made.zero
    )
    save_waveform(tmp_path, "w", made)
    np.testing.assert_array_equal(np.load(tmp_path / "w.npy"), codes)


def test_an_overflow_code_stays_an_extreme(tmp_path: Path) -> None:
    save_waveform(tmp_path, "w", record(np.array([0.0, 9.9e37, -9.9e37]), clipped=True))
    assert np.load(tmp_path / "w.npy").tolist() == [0, 32767, -32767]
    assert json.loads((tmp_path / "w.json").read_text())["clipped"] is True


def test_two_bytes_a_sample(tmp_path: Path) -> None:
    save_waveform(tmp_path, "w", record(np.zeros(100_000)))
    assert (tmp_path / "w.npy").stat().st_size <= 2.1 * 100_000
