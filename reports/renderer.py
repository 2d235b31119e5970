# SPDX-License-Identifier: MIT
"""Write ``report.html``: one file, no network, no script, made from the run's folder alone."""

import base64
import hashlib
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reports.consistency import refuse_contradictions
from reports.errors import ReportError
from reports.record_file import Record, read_record
from reports.text import visible

if TYPE_CHECKING:
    from jinja2 import Environment

    from reports.view import Report

_TEMPLATES = Path(__file__).with_name("templates")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9_.-]")


def render(run_dir: Path, record: Record | None = None) -> Path:
    """Write the report of a run and return its path.

    What was written is parsed and compared with the record before it gets its name.

    :param run_dir: holds ``record.json`` and ``waveforms/``; nothing else is read.
    :param record: the contents of ``record.json`` where they were read already.
    :raises ReportError: when the record cannot be read or contradicts itself, or the page would say something else.
    """
    from reports.readback import check

    record = record or read_record(run_dir)
    refuse_contradictions(record)
    html = page(record, run_dir)
    check(html, record)
    return _write(run_dir / "report.html", html)


def page(record: Record, run_dir: Path) -> str:
    """Return the report as HTML.

    :raises ReportError: when a template asks for something that is not there.
    """
    from jinja2 import TemplateError

    from reports.view import build

    report = build(record, run_dir)
    style = _style(report)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    try:
        template = _environment().get_template("report.html.j2")
        return template.render(report=report, style=_trusted(style), style_hash=digest)
    except TemplateError as error:
        raise ReportError(f"the report's template failed ({error}): this is a mistake in the program") from error


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from reports.words import LOOKS

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["trusted"] = _trusted
    environment.globals["looks"] = list(LOOKS.values())
    return environment


def _shown(value: object) -> object:
    """Return what a template prints for a value: nothing hidden in a text, and never the word None."""
    if value is None:
        return "not recorded"
    return visible(value) if type(value) is str else value


def _trusted(html: str) -> str:
    """Mark HTML that this package made itself and escaped itself."""
    from markupsafe import Markup

    return Markup(html)  # callers pass drawings, rows and the style sheet only


def _style(report: "Report") -> str:
    """Return the style sheet with the report's number in the margin of each printed page."""
    number = _NOT_PLAIN.sub(lambda found: f"\\{ord(found.group()):x} ", visible(report.number))
    margin = f'@page {{ @bottom-left {{ content: "Report {number}" }} }}\n'
    return (_TEMPLATES / "report.css").read_text(encoding="utf-8") + margin


def _write(path: Path, html: str) -> Path:
    """Write the file under another name first, so that a report is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(html, encoding="utf-8", newline="\n")
        os.replace(part, path)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written ({error.strerror})") from error
    return path
