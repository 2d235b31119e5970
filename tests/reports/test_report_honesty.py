# SPDX-License-Identifier: MIT
"""A report that would say something else than its record is an error, and so is a record that contradicts itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports import ReportError, readback, render, rows, view, view_case, view_requirement
from reports.record_file import Record
from reports.words import LOOKS
from stimcert.verdict import Verdict

WriteRun = Callable[..., Path]
TURNED = {**LOOKS, Verdict.FAIL: LOOKS[Verdict.PASS]}


@pytest.mark.parametrize("module", [view, view_case, view_requirement, rows])
def test_a_fail_that_is_shown_as_pass_is_refused(
    module: Any, record: dict[str, Any], write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKS", TURNED)
    folder = write_run(record)
    with pytest.raises(ReportError, match="is not what the record says"):
        render(folder)
    assert not (folder / "report.html").exists()


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('data-said="verdict">FAIL', 'data-said="verdict">PASS', "verdict should read 'FAIL'"),
        ('data-said="finding">FAIL', 'data-said="finding">PASS', "finding should read 'FAIL'"),
        ('data-said="document">Test report', 'data-said="document">Certificate', "document should read"),
        ('data-said="case OC-01">FAIL', 'data-said="case OC-01">PASS', "case OC-01 should read 'FAIL'"),
        ('of OC-01">FAIL', 'of OC-01">PASS', "requirement of OC-01 should read 'FAIL'"),
        ('data-said="case OC-01">FAIL', ">FAIL", "case OC-01 should read 'FAIL'"),
        ('<span class="v-fail">✕ FAIL', '<span class="v-pass">✓ PASS', "tables differ from the record"),
        ('<p class="stripe">', "<p>", "sections say that the bench is simulated"),
        ('<p class="end-mark">', "<p>", "end mark is missing"),
        ("<main>", "<main><h1>x</h1>", "2 headings"),
        ("<main>", "<main><script>1</script>", "an element <script>"),
        ("<main>", '<main><a href="x:y">1</a>', "<a> has the attribute href"),
        ("<main>", '<main onload="1">', "<main> has the attribute onload"),
    ],
)
def test_a_page_that_differs_from_its_record_is_refused(
    before: str, after: str, complaint: str, record: dict[str, Any], write_run: WriteRun
) -> None:
    html = render(write_run(record)).read_text(encoding="utf-8")
    readback.check(html, Record(record))
    assert before in html
    with pytest.raises(ReportError, match=complaint):
        readback.check(html.replace(before, after, 1), Record(record))


def test_a_template_that_names_something_unknown_is_an_error(
    record: dict[str, Any], write_run: WriteRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gap:
        """A report in which the view forgot everything."""

        number = "1"

    monkeypatch.setattr(view, "build", lambda record, run_dir: Gap())
    with pytest.raises(ReportError, match="has no attribute"):
        render(write_run(record))


def changed(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**record, **changes}


def test_a_run_better_than_its_worst_case_is_refused(record: dict[str, Any], write_run: WriteRun) -> None:
    with pytest.raises(ReportError, match="the run is PASS but its worst case is FAIL"):
        render(write_run(changed(record, verdict="PASS")))


def test_a_run_worse_than_its_cases_is_fine(record: dict[str, Any], write_run: WriteRun) -> None:
    assert 'data-said="verdict">ERROR<' in render(write_run(changed(record, verdict="ERROR"))).read_text("utf-8")


def test_a_case_better_than_a_finding_in_it_is_refused(record: dict[str, Any], write_run: WriteRun) -> None:
    record["cases"][1]["verdict"] = "PASS"
    with pytest.raises(ReportError, match="OC-01 measurement .* is FAIL but its case is PASS"):
        render(write_run(record))


def test_a_simulated_bench_that_is_called_real_is_refused(record: dict[str, Any], write_run: WriteRun) -> None:
    with pytest.raises(ReportError, match="nothing is simulated, but smu is .*SIM-2450"):
        render(write_run(changed(record, simulated=False)))


@pytest.mark.parametrize("number", [None, float("nan"), float("inf"), "650 µA", True])
def test_a_pass_without_a_number_is_refused(number: object, record: dict[str, Any], write_run: WriteRun) -> None:
    record["cases"][1]["measurements"][0]["value"] = number
    with pytest.raises(ReportError, match="measurement 0 is PASS without a number"):
        render(write_run(record))


@pytest.mark.parametrize(
    "changes",
    [
        {"document": "certificate"},
        {"document": "certificate", "simulated": False},
        {"document": "certificate", "blockers": []},
        {"document": "certificate", "simulated": False, "blockers": [], "complete": False},
    ],
)
def test_a_certificate_against_which_something_stands_is_refused(
    changes: dict[str, Any], factory: Any, write_run: WriteRun
) -> None:
    good = factory.RecordFactory(top=0.00045).record()
    with pytest.raises(ReportError, match="a certificate"):
        render(write_run(changed(good, **changes)))


@pytest.mark.parametrize("word", ["pass", "OK", "", 1, [], True])
def test_a_word_that_is_no_verdict_is_refused(word: object, record: dict[str, Any], write_run: WriteRun) -> None:
    with pytest.raises(ReportError):
        render(write_run(changed(record, verdict=word)))
    record["cases"][0]["verdict"] = word
    with pytest.raises(ReportError):
        render(write_run(record))


def test_the_looks_cover_every_verdict_and_differ_without_colour() -> None:
    assert set(LOOKS) == set(Verdict)
    for name in ("word", "mark", "shape"):
        assert len({getattr(look, name) for look in LOOKS.values()}) == len(Verdict)
    assert all(look.word == verdict.words for verdict, look in LOOKS.items())
