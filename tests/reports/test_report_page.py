# SPDX-License-Identifier: MIT
"""The report says what the record says, to everybody, and does nothing else."""

import base64
import hashlib
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import reports
from reports import ReportError, render
from stimcert.verdict import Verdict

WriteRun = Callable[..., Path]
TEMPLATES = Path(reports.__file__).with_name("templates")
VOID = {"meta", "br", "path", "circle", "rect", "use"}


class Page(HTMLParser):
    """A second reader of the page, independent of the one in the package."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag][-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.elements if name == tag]


@pytest.fixture
def html(record: dict[str, Any], write_run: WriteRun) -> str:
    return render(write_run(record)).read_text(encoding="utf-8")


def page_of(record: dict[str, Any], write_run: WriteRun) -> str:
    return render(write_run(record, waveforms=False)).read_text(encoding="utf-8")


def test_it_lies_in_the_folder_of_the_run(record: dict[str, Any], write_run: WriteRun) -> None:
    folder = write_run(record)
    assert render(folder) == folder / "report.html"
    assert not list(folder.glob("*.part"))


def test_the_same_record_gives_the_same_bytes(record: dict[str, Any], write_run: WriteRun) -> None:
    folder = write_run(record)
    assert render(folder).read_bytes() == render(folder).read_bytes()


def test_banner_finding_counts_and_reason_are_said(html: str, record: dict[str, Any]) -> None:
    said = re.findall(r'data-said="([^"]*)">([^<]*)<', html)
    assert ("verdict", "FAIL") in said
    assert ("finding", "FAIL") in said
    assert ("document", "Test report") in said
    assert [text for name, text in said if name.startswith("case ")] == ["FAIL", "PASS", "PASS"]
    assert record["reason"]["text"] in html


def test_the_worst_point_stands_with_uncertainty_margin_and_limit(html: str) -> None:
    row = html[html.index("microcurrent.ceiling</bdi></small>") :][:900]
    assert re.search(r"650\.\d\d ± 0\.23 µA", row)
    assert "≤ 600 µA" in row
    assert re.search("\u221250\\.\\d\\d µA <small>\u22128\\.4 %", row)
    assert "lift, level 8, " in row


@pytest.mark.parametrize(
    "expected",
    [
        "simulated bench: nothing real was measured",
        "the plan is not approved",
        "relates only to the item tested",
        "not an accredited certificate",
        "End of report",
        "2027-10-23",
        "SIM-2450-01",
        "PASS when the value and its expanded uncertainty",
        "one rectangle for gain and offset together",
        "23 °C at the start, 23.1 °C at the end",
        "confirmed by instrument",
        "1 nA, zero",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "red socket, marked +",
        "digitizer accuracy",
        "Unverified limits, never checked in their source: microcurrent.ceiling",
        "is beyond microcurrent.advisory (≤ 500 µA)",
    ],
)
def test_it_holds_what_a_reader_has_to_find(html: str, expected: str) -> None:
    assert expected in html


def test_a_simulated_run_says_so_in_every_section(html: str) -> None:
    sections = html.split("<section")[1:]
    assert len(sections) >= 10
    assert all('<p class="stripe">Simulated bench: nothing real was measured</p>' in part for part in sections)


def test_every_section_carries_the_number_of_the_report(html: str, record: dict[str, Any]) -> None:
    assert all(f"Report <bdi>{record['run_id']}</bdi>" in part for part in html.split("<section")[1:])


def test_a_real_run_has_no_stripe_and_an_unidentified_one_is_never_called_real(
    record: dict[str, Any], factory: Any, write_run: WriteRun
) -> None:
    assert "stripe" not in page_of(factory.on_a_real_bench(record), write_run).split("</style>")[1]
    assert "nothing shows that a real bench" in page_of({**record, "simulated": None}, write_run)


def test_a_certificate_is_named_so(record: dict[str, Any], factory: Any, write_run: WriteRun) -> None:
    good = factory.RecordFactory(top=0.00045).record()
    html = page_of({**factory.on_a_real_bench(good), "document": "certificate", "blockers": []}, write_run)
    assert '<h1 data-said="document">Certificate</h1>' in html
    assert "nothing that stands in the way" in html


def test_a_part_of_a_plan_is_marked(record: dict[str, Any], write_run: WriteRun) -> None:
    assert "PARTIAL: not every case" in page_of({**record, "complete": False}, write_run)


def test_an_overdue_calibration_stands_out(record: dict[str, Any], write_run: WriteRun) -> None:
    record["station"]["instruments"][0]["calibration"]["due"] = "2026-11-21"
    assert page_of(record, write_run).count("overdue at the time of the run") == 1


@pytest.mark.parametrize("verdict", list(Verdict))
def test_each_verdict_has_word_shape_and_meaning(verdict: Verdict, write_run: WriteRun, record: dict[str, Any]) -> None:
    case = {**record["cases"][1], "verdict": verdict.value, "measurements": [], "limits": []}
    if verdict is Verdict.NOT_APPLICABLE:
        html = page_of({**record, "cases": [*record["cases"], {**case, "id": "OC-09"}]}, write_run)
    else:
        html = page_of({**record, "verdict": verdict.value, "cases": [case]}, write_run)
    assert f">{verdict.words}<" in html
    shape = verdict.value.lower().replace("_", "-")
    assert f'<symbol id="s-{shape}"' in html
    assert f'<use href="#s-{shape}"/>' in html


def test_no_template_decides_anything() -> None:
    words = "|".join(verdict.words for verdict in Verdict) + "|" + "|".join(verdict.value for verdict in Verdict)
    for path in TEMPLATES.glob("*.j2"):
        found = re.findall(rf"\b(?:{words})\b", path.read_text(encoding="utf-8"))
        assert not found, f"{path.name} names {found}"


def test_nothing_is_fetched_and_nothing_runs(html: str) -> None:
    page = Page(html)
    names = Counter(name for name, _ in page.elements)
    assert not names.keys() & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in page.elements)
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "style"]
    assert "url(" not in html and "@import" not in html


def test_the_policy_allows_its_own_style_and_nothing_else(html: str) -> None:
    (style,) = Page(html).texts["style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = [a["content"] for a in Page(html).named("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]


def test_it_is_readable_without_eyes(html: str) -> None:
    page = Page(html)
    names = Counter(name for name, _ in page.elements)
    assert page.named("html") == [{"lang": "en"}]
    assert names["h1"] == names["main"] == names["header"] == names["footer"] == names["nav"] == 1
    assert names["caption"] == names["table"] > 5
    assert all(attrs.get("scope") in ("col", "row", "rowgroup") for attrs in page.named("th"))
    drawings = [attrs for attrs in page.named("svg") if attrs.get("aria-hidden") != "true"]
    assert drawings and all(attrs["role"] == "img" and attrs["aria-labelledby"] for attrs in drawings)
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        wanted = [*(attrs.get("aria-labelledby") or "").split(), *filter(None, [(attrs.get("href") or "")[1:]])]
        assert set(wanted) <= set(ids)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_has_the_contrast_of_wcag_2_aa(scheme: int) -> None:
    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    block = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[scheme]
    colours = {name: value for name, value in re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6})", block)}
    full = {k: "#" + "".join(c * 2 for c in v[1:]) if len(v) == 4 else v for k, v in colours.items()}
    words = [v.value.lower().replace("_", "-") for v in Verdict] + ["ink", "soft", "link", "limit", "advice"]
    for word in words:
        for paper in ("paper", "raised"):
            assert contrast(full[word], full[paper]) >= 4.5, f"{word} on {paper}"
    assert contrast(full["hatch-ink"], full["hatch"]) >= 4.5
    assert all(contrast(full[f"r{n}"], full["paper"]) >= 2.5 for n in range(8))


HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e\"'&{{ 7*7 }}</style>]]>\ud800"


def hostile(value: Any, keep: frozenset[str], key: str = "") -> Any:
    """Replace every text that other people write."""
    if isinstance(value, dict):
        return {k: hostile(v, keep, k) for k, v in value.items()}
    if isinstance(value, list):
        return [hostile(entry, keep, key) for entry in value]
    return HOSTILE if isinstance(value, str) and key not in keep else value


def test_text_of_other_people_is_shown_and_does_nothing(record: dict[str, Any], write_run: WriteRun) -> None:
    keep = frozenset({"verdict", "device_finding", "document", "kind"})
    html = page_of(hostile(record, keep), write_run)
    page = Page(html)
    assert not page.named("script")
    assert len(page.named("style")) == 1
    assert "&lt;script&gt;alert(1)&lt;/script&gt;␛[31m[U+202E]" in html
    assert "&amp;{{ 7*7 }}&lt;/style&gt;" in html
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\ud800]", html)


def test_importing_reports_is_cheap() -> None:
    heavy = "{'jinja2', 'pandas', 'numpy', 'pydantic', 'pydantic_core', 'scipy'}"
    code = f"import sys, reports; sys.exit(', '.join({heavy} & set(sys.modules)) or 0)"
    root = Path(reports.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_thousands_of_rows_stand_in_sections_and_stay_small(factory: Any, write_run: WriteRun) -> None:
    loads = tuple(100.0 * 1.2**n for n in range(20))
    record = factory.RecordFactory(levels=50, loads=loads).record()
    html = page_of({**record, "cases": record["cases"][:2]}, write_run)
    rows = html.count("<tr>") + html.count('<tr class="worst">')
    assert rows > 2000
    # Advice about the same readings stands in the rows of its limit; 200 rows a section.
    assert html.count('<div class="part">') >= 10
    assert "rows 201 to 400 of 1000" in html
    assert len(html.encode()) < 250 * 3000


def test_without_a_record_there_is_an_explanation(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"record\.json: cannot be read"):
        render(tmp_path)
    (tmp_path / "record.json").write_text("[1]")
    with pytest.raises(ReportError, match="expected an object, found list"):
        render(tmp_path)
    (tmp_path / "record.json").write_text("{")
    with pytest.raises(ReportError, match="is no JSON"):
        render(tmp_path)


HISTORY = {
    "number": 17,
    "previous": "ab" * 32,
    "earlier": [
        {"run": "the-first", "verdict": "FAIL", "gone": True},
        {"run": "the-second", "verdict": "ABORTED", "gone": False},
    ],
    "problems": ["entry 9 is missing"],
}


def test_earlier_runs_of_the_serial_number_and_what_is_missing_of_them_are_shown(
    record: dict[str, Any], write_run: WriteRun
) -> None:
    html = page_of({**record, "ledger": HISTORY}, write_run)
    assert "3rd run of this serial; 2 earlier: FAIL, ABORTED" in html
    assert "entry 17, after the entry with the hash " + "ab" * 32 in html
    assert "ledger of the station: entry 9 is missing" in html
    assert "the folder of an earlier run of this serial is gone: the-first" in html


def test_sessions_and_torn_attempts_are_shown(record: dict[str, Any], write_run: WriteRun) -> None:
    started = record["started"]
    record["sessions"] = [
        {"number": 1, "started": started, "stopped_by": "SIGINT", "clock_steps": [86400.0]},
        {"number": 2, "started": started, "stopped_by": None, "clock_steps": []},
    ]
    case = record["cases"][1]
    case["torn"] = [{"started": started, "measurements": 1, "verdict": "PASS"}]
    case["measurements"][0]["torn"] = True
    html = page_of(record, write_run)
    assert "stopped by SIGINT; what it had finished is kept" in html
    assert "Session 2" not in html
    assert "The clock of this machine was set during the run: +86400 s" in html
    assert "Torn attempt" in html
    assert html.count("before the case was torn") == 1
