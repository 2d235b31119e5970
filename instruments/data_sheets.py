# SPDX-License-Identifier: MIT
"""The accuracy that makers promise, one TOML file per driver, each with its source.

A table that nobody could read in its source says ``status = "unverified"``, and so does every budget made from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from stimcert.quantity import Amperes, Hertz, PositiveShare, Quantity, Share, Volts
from stimcert.reading import Accuracy
from stimcert.strict_toml import Misfit, StrictModel, load

FOLDER = Path(__file__).with_name("accuracy")
"""Where the tables are."""

Text = Annotated[str, Field(min_length=1)]


class CurrentRow(StrictModel):
    """Accuracy of one current range."""

    range: Amperes
    gain: Share
    offset: Amperes
    resolution: Amperes


class VoltageRow(StrictModel):
    """Accuracy of one voltage range."""

    range: Volts
    gain: Share
    offset: Volts
    resolution: Volts


class SamplingEntry(StrictModel):
    """How a digitizer samples.

    :param memory: samples that one record can have.
    :param bandwidth: at which the input's response has fallen by 3 dB.
    """

    slowest: Hertz
    fastest: Hertz
    memory: int = Field(ge=1)
    bandwidth: Hertz


class AccuracyTable(StrictModel):
    """What one model promises.

    :param sampling: of a digitizer only.
    :param conditions: under which the figures hold: time since calibration, temperature, aperture.
    :param temperature_coefficient: share of the accuracy that is added for each kelvin outside 18 to 28 °C; left out
        where the document does not give it.
    :param status: ``verified`` when somebody compared the figures with the document.
    """

    schema_: Literal[1] = Field(alias="schema")
    driver: Text
    model: Text
    source: Text
    revision: Text
    status: Literal["verified", "unverified"]
    conditions: Text
    temperature_coefficient: PositiveShare | None = None
    sampling: SamplingEntry | None = None
    current_rows: tuple[CurrentRow, ...] = Field(default=(), alias="current")
    voltage_rows: tuple[VoltageRow, ...] = Field(default=(), alias="voltage")
    digitize_rows: tuple[VoltageRow, ...] = Field(default=(), alias="digitize")

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Ranges ascend, and no promise is better than nothing at all."""
        return (
            self._rows_fit("current", self.current_rows),
            self._rows_fit("voltage", self.voltage_rows),
            self._rows_fit("digitize", self.digitize_rows),
        )

    @staticmethod
    def _rows_fit(key: str, rows: Sequence[CurrentRow | VoltageRow]) -> Iterator[Misfit]:
        for i, row in enumerate(rows):
            if i and row.range.si <= rows[i - 1].range.si:
                yield Misfit((key, i, "range"), f'found "{row.range}" after "{rows[i - 1].range}"; ranges must ascend')
            for name, value in (("range", row.range), ("offset", row.offset), ("resolution", row.resolution)):
                if value.si <= 0:
                    yield Misfit((key, i, name), f'found "{value}"; it must be greater than zero')

    @property
    def current_ranges(self) -> tuple[float, ...]:
        """Current ranges, A, ascending."""
        return tuple(row.range.si for row in self.current_rows)

    @property
    def voltage_ranges(self) -> tuple[float, ...]:
        """Voltage ranges, V, ascending."""
        return tuple(row.range.si for row in self.voltage_rows)

    @property
    def digitize_ranges(self) -> tuple[float, ...]:
        """Digitizing voltage ranges, V, ascending."""
        return tuple(row.range.si for row in self.digitize_rows)

    def current(self, full_scale: float) -> Accuracy:
        """Return the accuracy of the current range of ``full_scale``, A.

        :raises ValueError: when there is no such range.
        """
        return self._accuracy("current", self.current_rows, full_scale)

    def voltage(self, full_scale: float) -> Accuracy:
        """Return the accuracy of the voltage range of ``full_scale``, V.

        :raises ValueError: when there is no such range.
        """
        return self._accuracy("voltage", self.voltage_rows, full_scale)

    def digitize(self, full_scale: float) -> Accuracy:
        """Return the accuracy of the digitizing range of ``full_scale``, V.

        :raises ValueError: when there is no such range.
        """
        return self._accuracy("digitize", self.digitize_rows, full_scale)

    def _accuracy(self, what: str, rows: Sequence[CurrentRow | VoltageRow], full_scale: float) -> Accuracy:
        for row in rows:
            if abs(row.range.si - full_scale) <= 1e-6 * row.range.si:
                return self._of_row(row.gain, row.offset, row.resolution)
        known = ", ".join(str(row.range) for row in rows) or "none"
        raise ValueError(f"{self.model} has no {what} range of {full_scale:g}; its ranges are: {known}")

    def _of_row(self, gain: Quantity, offset: Quantity, resolution: Quantity) -> Accuracy:
        mark = "" if self.status == "verified" else " (unverified)"
        source = f"{self.source}, {self.revision}; {self.conditions}{mark}"
        coefficient = self.temperature_coefficient
        return Accuracy(
            gain=gain.si,
            offset=offset.si,
            resolution=resolution.si,
            source=source,
            temperature_coefficient=coefficient.si if coefficient is not None else None,
        )


def accuracy_file(driver: str) -> Path:
    """Return the file of a driver's table."""
    return FOLDER / f"{driver}.toml"


@cache
def load_accuracy(driver: str) -> AccuracyTable:
    """Read the table that belongs to a driver.

    :param driver: as in a station file, ``keithley2450``.
    :raises InvalidFile: when the table has mistakes.
    :raises FileNotFoundError: when there is none.
    """
    path = accuracy_file(driver)
    return load(path.read_bytes(), AccuracyTable, path.name).value
