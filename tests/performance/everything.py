# SPDX-License-Identifier: MIT
"""All performance figures, one after the other."""

import sys

import budgets
import capture
import first_point
import linearity
import memory
import metric_set
import paced_slope
import pulse_parameters
import reading_overhead


def main() -> None:
    """Measure and print."""
    sys.argv[1:] = []
    for script in (
        reading_overhead,
        paced_slope,
        linearity,
        memory,
        first_point,
        capture,
        pulse_parameters,
        metric_set,
        budgets,
    ):
        print(f"\n--- {script.__name__}", flush=True)
        script.main()


if __name__ == "__main__":
    main()
