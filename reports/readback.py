# SPDX-License-Identifier: MIT
"""Read the finished page as its reader will, and compare it with the record: a slip in a template must not pass."""

import re
from collections import Counter
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser

from reports.choosing import grouped
from reports.errors import ReportError
from reports.record_file import Case, Record
from reports.text import visible
from reports.words import DOCUMENTS, LOOKS, SIMULATED
from stimcert.verdict import Verdict, worst

_ROWS, _END_OF_ROWS = '<tbody class="rows">', "</tbody>"
_ROW_VERDICT = re.compile(r'<td class="verdict"><span class="v-[a-z-]+">([^<]*)</span>')
_FORBIDDEN = frozenset({"script", "iframe", "object", "embed", "form", "link", "base", "img", "audio", "video"})


class _Reader(HTMLParser):
    """Collects what the page says in the places that matter, and what it must not contain."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.seen: Counter[str] = Counter()
        self.problems: list[str] = []
        self._open: tuple[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.seen[tag] += 1
        self.seen["." + (values.get("class") or "")] += 1
        if tag in _FORBIDDEN:
            self.problems.append(f"it has an element <{tag}>")
        for name, value in attrs:
            leads_away = name == "href" and not (value or "").startswith("#")
            if leads_away or name in ("style", "src") or name.startswith("on"):
                self.problems.append(f"<{tag}> has the attribute {name}")
        if "data-said" in values:
            self._open = (tag, values["data-said"] or "")
            self.said.append((self._open[1], ""))

    def handle_data(self, data: str) -> None:
        if self._open:
            name, text = self.said[-1]
            self.said[-1] = (name, text + data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag == self._open[0]:
            self._open = None


def check(html: str, record: Record) -> None:
    """Compare a page with the record it was made from.

    :raises ReportError: naming every difference.
    """
    reader = _Reader()
    before, *pieces = html.split(_ROWS)
    blocks = [piece.partition(_END_OF_ROWS) for piece in pieces]
    # Rows are checked as text: parsing ten thousand of them takes longer than everything else together.
    reader.feed(before + "".join(rest for _, _, rest in blocks))
    reader.close()
    problems = reader.problems + _said(reader, record) + _structure(reader, record)
    if _row_words(rows for rows, _, _ in blocks) != _expected_rows(record):
        problems.append("the verdicts in its tables differ from the record")
    if problems:
        raise ReportError("the rendered report is not what the record says: " + "; ".join(problems))


def _said(reader: _Reader, record: Record) -> list[str]:
    found = Counter((name, " ".join(text.split())) for name, text in reader.said)
    wanted = Counter(_wanted(record))
    missing = [f"{name} should read {text!r}" for name, text in wanted - found]
    return missing + [f"{name} reads {text!r}" for name, text in found - wanted]


def _wanted(record: Record) -> list[tuple[str, str]]:
    finding = record.verdict("device_finding") or Verdict.NOT_RUN
    wanted = [
        ("verdict", Verdict(record.text("verdict")).words),
        ("finding", finding.words),
        ("document", DOCUMENTS[record.text("document") or "test report"]),
    ]
    for case in record.cases:
        verdict = case.verdict() or Verdict.NOT_RUN
        name = visible(case.text("id") or "?")
        wanted.append((f"case {name}", verdict.words))
        wanted += [(f"requirement of {name}", words) for words in _requirements(case)]
    return wanted


def _requirements(case: Case) -> list[str]:
    """Return the worst verdict against each limit of a case."""
    judged = grouped((m for m in case.measurements if m.judged), lambda m: (m.limit, m.quantity, m.kind, m.unit))
    return [worst(m.own for m in group if m.own is not None).words for group in judged]


def _structure(reader: _Reader, record: Record) -> list[str]:
    problems = [] if reader.seen["h1"] == 1 else [f"it has {reader.seen['h1']} headings of the first order"]
    stripes = reader.seen["section"] if SIMULATED[record.flag("simulated")] else 0
    if reader.seen[".stripe"] != stripes:
        problems.append(f"{reader.seen['.stripe']} sections say that the bench is simulated, {stripes} have to")
    if reader.seen[".end-mark"] != 1:
        problems.append("its end mark is missing")
    return problems


def _row_words(blocks: Iterable[str]) -> Counter[str]:
    words = Counter(unescape(word) for rows in blocks for word in _ROW_VERDICT.findall(rows))
    judged = {f"{look.mark} {look.word}" for look in LOOKS.values()}
    return Counter({word: count for word, count in words.items() if word in judged})


def _expected_rows(record: Record) -> Counter[str]:
    judged = (m for case in record.cases for m in case.measurements if m.kind != "advisory")
    looks = (LOOKS[m.own] for m in judged if m.own is not None)
    return Counter(f"{look.mark} {look.word}" for look in looks)
