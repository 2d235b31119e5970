# SPDX-License-Identifier: MIT
"""A chain of hashes: nothing in it can be changed, taken out or put in without changing everything behind it."""

import hashlib

GENESIS = "0" * 64
"""What stands before the first link."""


def link(previous: str, *fields: str) -> str:
    """Return the hash of one link: SHA-256 over the hash before it and its fields, lengths included.

    :param previous: hash of the link before, or :data:`GENESIS`.
    :param fields: whatever the link says; its own number among it.
    """
    # With its length before each field no two sequences of fields make one text.
    return hashlib.sha256("\n".join([previous, *[f"{len(field)}:{field}" for field in fields]]).encode()).hexdigest()
