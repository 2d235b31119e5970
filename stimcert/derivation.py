# SPDX-License-Identifier: MIT
"""From the events of a journal to the whole of ``record.json``, what stands in the way of a certificate included."""

from collections.abc import Iterable
from typing import Any

from stimcert.certificate import Backing, blockers, document
from stimcert.record import Body, derive


def whole_record(events: Iterable[tuple[str, str, Body]], *, head: str, count: int) -> dict[str, Any]:
    """Return the contents of ``record.json``: nothing but the journal decides what stands there.

    :param events: as :func:`stimcert.record.derive` takes them.
    :param head: hash of the last of them.
    :param count: how many there are.
    :raises ValueError: when nothing can be derived.
    """
    events = iter(events)
    first = next(events, None)
    if first is None or first[0] != "run_begun":
        raise ValueError("the journal has no run_begun event: nothing can be derived from it")
    record = derive(_again(first, events))
    found = blockers(record, Backing(**first[2]["backing"]))
    return {
        **record,
        "document": document(found),
        "blockers": [reason.as_dict() for reason in found],
        "journal": {"events": count, "head": head},
    }


def _again(first: tuple[str, str, Body], rest: Iterable[tuple[str, str, Body]]) -> Iterable[tuple[str, str, Body]]:
    yield first
    yield from rest
