"""Dates as people write them: ISO, or the day first, as in Peru."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from ops.sheets.columns import Known
from ops.sheets.expected import expected
from ops.sheets.unfit import Unfit

ISO = re.compile(
    r"(?P<year>[0-9]{4})[-/](?P<month>[0-9]{1,2})[-/](?P<day>[0-9]{1,2})"
    r"(?:[T ]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]{1,9}))?)?"
    r" ?(?P<zone>Z|z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
LOCAL = re.compile(
    r"(?P<day>[0-9]{1,2})([/.-])(?P<month>[0-9]{1,2})\2(?P<year>[0-9]{4})"
    r"(?:,?[T ]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?: ?(?P<half>[AaPp])\.? ?[Mm]\.?)?)?"
)
SERIAL = re.compile(r"[0-9]{5}([.,][0-9]+)?")
MONTH_FIRST = (
    "Here the month comes first, so the other dates of the column are not certain either. "
    "Write all of them as 2026-03-31 or 31/03/2026."
)
A_NUMBER = (
    "This is a number in place of a date. Format the whole column as a date in the spreadsheet, and save again; "
    "or write 2026-03-31 or 31/03/2026."
)


def day(known: Known) -> Callable[[Any], str]:
    """Reads days."""

    def value(cell: Any) -> str:
        found, zone = _moment(cell, known)
        if zone or found.time() != time():
            raise Unfit(expected(known))
        return found.date().isoformat()

    return value


def moment(known: Known, zone: ZoneInfo, say: Callable[[str], None]) -> Callable[[Any], str]:
    """Reads moments. Without a zone they are in `zone`; a day alone means its beginning. Both are noted once."""
    name = known.at()

    def value(cell: Any) -> str:
        found, own = _moment(cell, known)
        if own:
            return found.isoformat() + own
        say(f"{name}: times without a zone were taken as those of {zone.key}; --timezone names another.")
        if not isinstance(cell, datetime) and ":" not in str(cell):
            say(f"{name}: where there is a day without a time, the beginning of that day was taken.")
        return found.replace(tzinfo=zone).isoformat()

    return value


def _moment(cell: Any, known: Known) -> tuple[datetime, str]:
    """What the clock showed, and the zone if it is written."""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0, tzinfo=None), ""
    if isinstance(cell, date):
        return datetime.combine(cell, time()), ""
    text = str(cell)
    if not isinstance(cell, bool) and SERIAL.fullmatch(text):
        raise Unfit(A_NUMBER, whole=True)
    found = ISO.fullmatch(text) or LOCAL.fullmatch(text)
    if found is None:
        raise Unfit(expected(known))
    if found.re is LOCAL and int(found["month"]) > 12 >= int(found["day"]):
        raise Unfit(MONTH_FIRST, whole=True)
    return _of(found.groupdict(), known)


def _of(parts: dict[str, str | None], known: Known) -> tuple[datetime, str]:
    year, month, of_month, hour, minute, second = (
        int(parts.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise Unfit(expected(known))
        hour = hour % 12 + (12 if half in "Pp" else 0)
    try:
        found = datetime.combine(date(year, month, of_month), time(hour, minute, second))
    except ValueError as error:
        raise Unfit(expected(known)) from error
    zone = (parts.get("zone") or "").upper()
    return found, f"{zone[:3]}:{zone[3:]}" if len(zone) == 5 else zone
