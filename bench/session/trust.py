# SPDX-License-Identifier: MIT
"""When the SMU may be trusted with a mean: nothing that was seen at the point comes near its range or limit."""

from bench.session.planner import Setup
from bench.session.point import Capture
from instruments.errors import BenchError
from stimcert.reading import CurrentRecord, MeanReading, Status

_SAFE_SHARE = 0.95


def smu_may_read(setup: Setup, capture: Capture | None) -> bool:
    """Whether nothing that was seen at this point comes near what the SMU can bear without limiting."""
    if capture is None or setup.nplc is None:
        return False
    seen = (capture.records[-1], *capture.slow, *capture.caught)
    if any(record.waveform.clipped for record in seen):
        return False
    return max(map(_raw_peak, seen)) < _SAFE_SHARE * min(setup.smu_range, setup.smu_limit)


def refuse_contradiction(reading: MeanReading) -> None:
    """Refuse a mean that says the SMU was limited, or over its range, where the peak of the same current allowed it.

    :raises BenchError: ``current_limited`` or ``overrange``: it is the SMU.
    """
    if reading.status is Status.VALID:
        return
    raise BenchError(
        f"smu reports {reading.status.value} on its {reading.range:g} A range, but the peak captured at this "
        f"point is below {_SAFE_SHARE:.0%} of range and limit; check the SMU",
        code="current_limited" if reading.status is Status.LIMITED else "overrange",
        role="smu",
        limit=f"{reading.limit:g} A",
        range=f"{reading.range:g} A",
    )


def _raw_peak(record: CurrentRecord) -> float:
    """Return the largest magnitude of a record, A, sample by sample: no averaging may hide what the SMU would see."""
    samples = record.waveform.samples
    highest, lowest = float(samples.max()), float(samples.min())
    return max(abs(highest - record.zero.mean), abs(lowest - record.zero.mean)) / record.shunt.value
