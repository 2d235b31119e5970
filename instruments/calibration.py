# SPDX-License-Identifier: MIT
"""Calibration certificates in station files: which, when made, when due.

Dates are TOML dates. A simulated station writes days relative to the start of the run instead (``"+335 d"``), so
that it neither expires nor needs care.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from stimcert.strict_model import Misfit, StrictModel
from stimcert.text_fields import Line

_RELATIVE = re.compile(r"([+-][0-9]{1,5}) d", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True)
class Day:
    """A calendar day, or a number of days from the start of the run; exactly one of the two is set."""

    text: str
    date: datetime.date | None = None
    days: int | None = None

    def on(self, today: datetime.date) -> datetime.date:
        """Return the calendar day, as seen from ``today``."""
        return self.date if self.date is not None else today + datetime.timedelta(days=self.days or 0)

    @property
    def relative(self) -> bool:
        """Whether the day is counted from the start of the run."""
        return self.date is None

    def __str__(self) -> str:
        """Return the day as it was written."""
        return self.text


def read_day(found: Any) -> Day:
    """Read a day as it stands in a file.

    :raises PydanticCustomError: with a text that says what was found and what is allowed.
    """
    text = str(found)
    if relative := _RELATIVE.fullmatch(text):
        return Day(text, days=int(relative[1]))
    try:
        return Day(text, date=datetime.date.fromisoformat(text if _DATE.fullmatch(text) else "no date"))
    except ValueError:
        wanted = 'a date is needed, e.g. 2027-10-23 (on the simulated station, days from the start: "+335 d")'
        raise PydanticCustomError("day", "{text}", {"text": f"found {text!r:.60}; {wanted}"}) from None


class _DayField:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(read_day, serialization=core_schema.to_string_ser_schema())

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        return {"type": "string", "description": "a TOML date, or days from the start of a simulated run: +335 d"}


DayField = Annotated[Day, _DayField()]


class Calibration(StrictModel):
    """A certificate with the day of the calibration and the day until which it holds."""

    certificate: Line
    calibrated: DayField
    due: DayField

    def checks(self) -> Iterable[Iterable[Misfit]]:
        """Check that both days are of one kind, and in order."""
        return (self._days_in_order(),)

    def _days_in_order(self) -> Iterator[Misfit]:
        today = datetime.date(2000, 1, 1)
        if self.calibrated.relative != self.due.relative:
            text = f'found "{self.due}" with calibrated "{self.calibrated}"; both must be dates, or both days'
            yield Misfit(("due",), text)
        elif self.due.on(today) <= self.calibrated.on(today):
            text = f'found "{self.due}", but calibrated is "{self.calibrated}"; it must be due after it was calibrated'
            yield Misfit(("due",), text)

    def holds_on(self, today: datetime.date) -> bool:
        """Whether the certificate holds on that day, the first and the last one included."""
        return self.calibrated.on(today) <= today <= self.due.on(today)
