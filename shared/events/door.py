"""Checks for new reports. Stored reports need not pass them: whatever was kept once stays readable."""

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from shared.events.districts import unknown_district
from shared.events.envelope import District, Utc

DOOR = object()
"""The validation context for a body from outside; without it these types accept whatever history may hold."""

DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
A_DATE = "a date, such as 2016-08-14"
A_MOMENT = "date and time with its zone, such as 2026-03-02T08:05:00-05:00"
BIRTHS = (1900, 2199)
REPORTS = (2000, 2199)


def as_date(value: Any) -> date:
    """A birth date, as ISO text: a number would be days since 1970. Raises ValueError."""
    text = _written(value, DATE, BIRTHS, A_DATE)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(A_DATE) from None  # the thirtieth of February


def as_moment(value: Any) -> datetime:
    """The moment of a report, as ISO text with its offset from UTC. Raises ValueError."""
    text = _written(value, MOMENT, REPORTS, A_MOMENT)
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError(A_MOMENT) from None


def _written(value: Any, pattern: re.Pattern[str], years: tuple[int, int], expected: str) -> str:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(expected)
    if not years[0] <= int(found[1]) <= years[1]:
        raise ValueError(f"{expected}, of the years {years[0]} to {years[1]}")
    return found[0]


def _birth(value: Any, info: ValidationInfo) -> Any:
    return as_date(value) if info.context is DOOR else value


def _moment(value: Any, info: ValidationInfo) -> Any:
    return as_moment(value) if info.context is DOOR else value


def _existing(value: Any, info: ValidationInfo) -> Any:
    if info.context is DOOR and (why := unknown_district(value if isinstance(value, str) else "")):
        raise ValueError(why)
    return value


BirthDate = Annotated[date, BeforeValidator(_birth)]
ReportedAt = Annotated[Utc, BeforeValidator(_moment)]
ExistingDistrict = Annotated[District, BeforeValidator(_existing)]
