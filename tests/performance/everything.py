# SPDX-License-Identifier: MIT
"""All performance figures, one after the other."""

import sys

import capture
import first_point
import linearity
import memory
import paced_slope
import reading_overhead


def main() -> None:
    """Measure and print."""
    sys.argv[1:] = []
    for script in (reading_overhead, paced_slope, linearity, memory, first_point, capture):
        print(f"\n--- {script.__name__}", flush=True)
        script.main()


if __name__ == "__main__":
    main()
