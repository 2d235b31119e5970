# SPDX-License-Identifier: MIT
"""A record that contradicts itself is not reported: whatever was printed of it, some part would be a lie."""

from collections.abc import Iterator

from reports.errors import ReportError
from reports.record_file import Case, Record
from stimcert.verdict import Verdict, worst

_AGAINST_THE_DEVICE = (Verdict.CONDITIONAL_FAIL, Verdict.FAIL)


def refuse_contradictions(record: Record) -> None:
    """Check that nothing in the record is better than what it rests on.

    :raises ReportError: naming every contradiction.
    """
    found = [*_run(record), *_identities(record), *_certificate(record)]
    found += [line for case in record.cases for line in _case(case)]
    if found:
        raise ReportError("record.json contradicts itself: " + "; ".join(found))


def _run(record: Record) -> Iterator[str]:
    verdict = record.verdict()
    cases = [case.verdict() for case in record.cases]
    total = worst(case for case in cases if case is not None)
    if verdict is None or verdict is Verdict.NOT_APPLICABLE:
        yield f"the run's verdict is {record.text('verdict')}"
    elif verdict < total:
        yield f"the run is {verdict.words} but its worst case is {total.words}"


def _identities(record: Record) -> Iterator[str]:
    """Yield the simulated instruments of a record that calls itself real: what they answered says what they are."""
    if record.flag("simulated") is not False:
        return
    for instrument in record.node("station").nodes("instruments"):
        serial = instrument.text("serial") or ""
        if instrument.flag("simulated") or serial.startswith("SIM-"):
            yield f"it says that nothing is simulated, but {instrument.text('role')} is (serial {serial})"


def _certificate(record: Record) -> Iterator[str]:
    if record.text("document") != "certificate":
        return
    if record.text("verdict") != Verdict.PASS.value or record.flag("complete") is not True:
        yield "a certificate of a run that is not a complete PASS"
    if record.flag("simulated") is not False or record.entries("blockers"):
        yield "a certificate with something standing against it"


def _case(case: Case) -> Iterator[str]:
    verdict = case.verdict()
    for measurement in case.measurements:
        own = measurement.own
        if own is None or not measurement.judged:
            continue
        name = f"{case.text('id')} measurement {measurement.text('index')}"
        if own is Verdict.PASS and measurement.value is None:
            yield f"{name} is PASS without a number"
        if own in _AGAINST_THE_DEVICE and (verdict in (None, Verdict.NOT_APPLICABLE) or verdict < own):
            yield f"{name} is {own.words} but its case is {case.text('verdict')}"
