# SPDX-License-Identifier: MIT
"""A record without its quiet stretches."""

from dataclasses import dataclass

import numpy as np

from stimcert.waveform.blocks import CHUNK, Outline
from stimcert.waveform.peak import Indices
from stimcert.waveform.sampled import Samples


@dataclass(frozen=True, kw_only=True)
class Compact:
    """The chunks of a record that are not quiet, and after each row of them one that is.

    :param samples: with the level taken off.
    :param offsets: for each chunk of :data:`~stimcert.waveform.blocks.CHUNK` samples, the index of its first one in
        the record.
    """

    samples: Samples
    offsets: Indices

    def original(self, positions: Indices) -> Indices:
        """Return the indices in the record of these positions."""
        return self.offsets[positions // CHUNK] + positions % CHUNK


def compact(samples: Samples, known: Outline, level: float, quiet: float) -> Compact:
    """Leave out the chunks whose samples all lie within ``quiet`` of ``level``.

    The chunk after one that is kept is kept too, so that stretches that do not follow each other never touch.

    :param known: the record's outline.
    """
    active = (known.highest > level + quiet) | (known.lowest < level - quiet)
    active[1:] |= active[:-1].copy()
    kept = np.flatnonzero(active)
    whole = len(samples) // CHUNK
    full = kept[kept < whole]
    tail = samples[whole * CHUNK :] if len(full) < len(kept) else samples[:0]
    rows = np.empty_like(samples, shape=len(full) * CHUNK + len(tail))
    rows[: len(full) * CHUNK] = samples[: whole * CHUNK].reshape(whole, CHUNK)[full].ravel()
    rows[len(full) * CHUNK :] = tail
    np.subtract(rows, level, out=rows)
    return Compact(samples=rows, offsets=kept * CHUNK)
