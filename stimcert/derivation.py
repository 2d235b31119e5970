# SPDX-License-Identifier: MIT
"""From the events of a journal to the whole of ``record.json``, what stands in the way of a certificate included."""

from collections.abc import Iterable
from typing import Any

from stimcert.certificate import Backing, blockers, document
from stimcert.record import Body, Derivation


def whole_record(events: Iterable[tuple[str, str, Body]], *, head: str, count: int) -> dict[str, Any]:
    """Return the contents of ``record.json``: nothing but the journal decides what stands there.

    :param events: as :meth:`stimcert.record.Derivation.take` takes them.
    :param head: hash of the last of them.
    :param count: how many there are.
    :raises ValueError: when nothing can be derived.
    """
    derivation = Derivation()
    derivation.take(events)
    return completed(derivation, head=head, count=count)


def completed(derivation: Derivation, *, head: str, count: int) -> dict[str, Any]:
    """Return the same from what was taken already."""
    record = derivation.record()
    found = blockers(record, Backing(**derivation.begun["backing"]))
    return {
        **record,
        "document": document(found),
        "blockers": [reason.as_dict() for reason in found],
        "journal": {"events": count, "head": head},
    }
