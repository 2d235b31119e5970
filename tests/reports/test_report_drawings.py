# SPDX-License-Identifier: MIT
"""Plots show every spike and every limit, and waveforms come from the run's folder or not at all."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reports import plots, svg
from reports.plots import LimitLine, Point
from reports.waveforms import Recording, WaveformMissing, draw, read_waveform
from reports.words import INFORMATION, LOOKS
from stimcert.verdict import Verdict

LIMIT = LimitLine(6e-4, "limit ≤ 600 µA", "limit")


def point(load: float, value: float, level: float | None = 1, verdict: Verdict = Verdict.PASS) -> Point:
    return Point(load=load, level=level, value=value, expanded=1e-6, look=LOOKS[verdict])


def drawn(points: list[Point], lines: list[LimitLine] | None = None) -> plots.Plot:
    return plots.current_against_load(points, lines or [LIMIT], name="p", title="t", unit="A", y_title="current")


def test_the_limit_and_every_point_are_drawn() -> None:
    plot = drawn([point(load, 1e-4 * level, level) for load in (500, 2e3, 1e4) for level in (1, 2, 3)])
    assert plot.svg.count('<circle class="dot') == 9
    assert plot.svg.count('<path class="series') == 3
    assert 'class="line limit"' in plot.svg
    assert "limit ≤ 600 µA" in plot.svg
    assert all(f">level {n}<" in plot.svg for n in (1, 2, 3))
    assert all(f">{load}<" in plot.svg for load in ("500 Ω", "2 kΩ", "10 kΩ"))


def test_a_point_beyond_its_limit_has_a_shape_of_its_own() -> None:
    plot = drawn([point(500, 7e-4, verdict=Verdict.FAIL), point(2e3, 5e-4)])
    assert plot.svg.count('href="#s-fail"') == 1
    assert plot.svg.count("<circle") == 1


def test_the_load_axis_is_logarithmic_and_current_grows_upwards() -> None:
    frame = svg.Frame(width=560, height=340, x_range=(100, 1e4), y_range=(0, 1), log_x=True)
    assert frame.x(1e3) == pytest.approx((frame.left + frame.right) / 2)
    assert frame.y(1) < frame.y(0)


@pytest.mark.parametrize("levels", [5, 2000])
def test_of_too_many_points_the_extremes_are_kept(levels: int) -> None:
    points = [point(500, 1e-4 + 1e-9 * n, n % levels) for n in range(5000)]
    points[1234] = point(500, 8e-4, 1234 % levels, Verdict.FAIL)
    points[77] = point(500, 1e-9, 77 % levels)
    kept = plots.thinned(points)
    assert len(kept) <= plots._MOST_POINTS
    assert points[1234] in kept
    assert points[77] in kept
    assert "Of 5000 points" in drawn(points).caption


def test_one_point_and_negative_currents_can_be_drawn() -> None:
    both = [LimitLine(-5e-4, "limit ≥", "limit"), LIMIT]
    assert "NaN" not in drawn([point(500, -4e-4, None)], both).svg
    assert drawn([point(500, 0.0, None)], [LimitLine(0.0, "", "limit")]).svg


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 6.5e-4), (-3e-9, 4e-9), (17, 18)])
def test_ticks_are_round_and_inside(low: float, high: float) -> None:
    found = svg.ticks(low, high)
    assert 3 <= len(found) <= 8
    assert all(low - 1e-12 <= tick <= high + 1e-12 for tick in found)
    assert svg.log_ticks(90, 2100) == [100, 200, 500, 1000, 2000]


def heights(path: str) -> list[float]:
    return [float(y) for y in re.findall(r"(?:V|[ML][\d.]+ )(-?[\d.]+)", path)]


def wave(plot: plots.Plot) -> str:
    found = re.search(r'class="wave" d="([^"]*)"', plot.svg)
    assert found
    return found.group(1)


@pytest.mark.parametrize("place", [0, 1, 123_457, 999_999])
def test_a_spike_of_one_sample_in_a_million_stays_visible(place: int) -> None:
    current = np.zeros(1_000_000)
    current[place] = 5e-3
    whole, close = draw(Recording(current, 1e6, False), [LIMIT], name="w", title="t", unit="A")
    frame_top = min(heights(wave(whole)))
    assert frame_top < 40
    assert max(heights(wave(whole))) > 150
    assert min(heights(wave(close))) == pytest.approx(frame_top, abs=0.2)
    assert len(whole.svg) < 30_000


def test_a_clipped_record_says_that_more_flowed() -> None:
    plot = draw(Recording(np.ones(10), 1e6, True), [], name="w", title="t", unit="A")[0]
    assert "the current was larger" in plot.caption


def test_a_waveform_is_volts_over_ohms_from_the_zero(tmp_path: Path) -> None:
    np.save(tmp_path / "w.npy", np.array([0, 1000, -1000], dtype=np.int16))
    facts = {"scale_V_per_lsb": 1e-5, "offset_V": 2e-3, "zero_V": 1e-3, "shunt_ohm": 100.0}
    (tmp_path / "w.json").write_text(json.dumps({**facts, "sample_rate": 1e6, "clipped": False}))
    # i = (lsb * scale + offset - zero) / shunt
    assert read_waveform(tmp_path, "w").current == pytest.approx([1e-5, 1.1e-4, -9e-5])


def test_a_waveform_outside_the_folder_is_not_read(tmp_path: Path, factory: Any) -> None:
    factory.write_pulses(tmp_path / "secret", 1e-4)
    (tmp_path / "run").mkdir()
    for name in ("../secret", str(tmp_path / "secret")):
        with pytest.raises(WaveformMissing, match="outside"):
            read_waveform(tmp_path / "run", name)


def break_pickle(path: Path) -> None:
    np.save(path, np.array([{}], dtype=object), allow_pickle=True)


def break_type(path: Path) -> None:
    np.save(path, np.zeros(3))


def break_length(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:90])


def break_empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [break_pickle, break_type, break_length, break_empty, Path.unlink])
def test_a_damaged_waveform_is_named_and_the_rest_is_reported(
    damage: Callable[[Path], None], record: dict[str, Any], write_run: Callable[..., Path]
) -> None:
    from reports import render

    folder = write_run(record)
    for path in (folder / "waveforms").glob("*.npy"):
        damage(path)
    html = render(folder).read_text(encoding="utf-8")
    assert html.count("No waveform is shown: waveforms/OC-0") == 2


def test_waveforms_come_from_the_worst_peak(record: dict[str, Any], write_run: Callable[..., Path]) -> None:
    from reports import render

    html = render(write_run(record)).read_text(encoding="utf-8")
    assert html.count('class="wave"') == 4
    assert "Waveform of the worst point: <bdi>lift, level 8" in html


def test_a_limit_that_no_sample_has_is_not_drawn_beside_a_current(
    record: dict[str, Any], write_run: Callable[..., Path]
) -> None:
    from reports import render

    folder = write_run(record)
    for measurement in next(case for case in record["cases"] if case["id"] == "OC-01")["measurements"]:
        measurement["quantity"] = "current.rms"
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
    html = render(folder).read_text(encoding="utf-8")
    drawings = [part.partition("</svg>")[0] for part in html.split("<svg")]
    assert [">limit<" in one for one in drawings if 'class="wave"' in one] == [False, False, True, True]


def test_information_is_a_dot_like_any_other() -> None:
    assert "<circle" in drawn([Point(load=500, level=1, value=1e-4, expanded=0, look=INFORMATION)]).svg


def test_a_limit_of_some_levels_says_which() -> None:
    from reports.record_file import Measurement
    from reports.view_plots import _limit_lines

    def of(level: int, upper: float) -> Measurement:
        return Measurement({"upper_limit": upper, "unit": "A", "conditions": {"level": level}})

    lines = _limit_lines([of(1, 6e-4), of(8, 6e-4), of(8, 5e-4)])
    assert [line.label for line in lines] == ["limit ≤ 600 µA", "limit ≤ 500 µA, level 8"]


def test_names_of_limits_do_not_cover_each_other() -> None:
    lines = [LimitLine(6e-4, "one", "limit"), LimitLine(6.01e-4, "other", "limit")]
    places = re.findall(r'<text x="([\d.]+)" y="[\d.]+" class="line-name limit">', drawn([point(500, 1e-4)], lines).svg)
    assert len(set(places)) == len(places) == 2


def test_a_ring_marks_the_largest_magnitude() -> None:
    current = np.zeros(1000)
    current[700] = -5e-4
    (whole, close) = draw(Recording(current, 1e6, clipped=False), [LIMIT], name="w", title="t", unit="A")
    assert all(plot.svg.count('class="peak"') == 1 for plot in (whole, close))
    assert "largest sample, −500 µA" in whole.caption
