"""JSON and NDJSON: reports are sent as they come, without the fields that a file of refused ones adds."""

import json
import re
from typing import Any

from ops.sheets.reading import ROW, WHY, Entry, Reading, as_line
from ops.sheets.words import Unreadable, Wrong


def from_json(text: str) -> Reading:
    """One report or a list of them. Raises Unreadable with the line and column where it is not JSON."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"This is not JSON: {_told(error)}. Nothing was sent.") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("This JSON cannot be read: a number is too long, or the nesting too deep.") from error
    reports = found if isinstance(found, list) else [found]
    return Reading("report", [_entry(number, json.dumps(each), each) for number, each in enumerate(reports, 1)])


def from_lines(text: str) -> Reading:
    """A report a line; a line that is not JSON is refused, with the column of the fault."""
    lines = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    return Reading("line", [_line(number, line) for number, line in lines if line])


def _line(number: int, line: str) -> Entry:
    try:
        return _entry(number, line, json.loads(line))
    except json.JSONDecodeError as error:
        return Entry(number, line, wrong=[Wrong("the line", _told(error, line=False), "Write one report as JSON.")])
    except (ValueError, RecursionError):
        return Entry(number, line, wrong=[Wrong("the line", "it cannot be read", "Write one report as JSON.")])


def _entry(number: int, line: str, report: Any) -> Entry:
    if isinstance(report, dict) and (WHY in report or ROW in report):
        said = report.pop(ROW, number)
        report.pop(WHY, None)
        number, line = said if isinstance(said, int) else number, as_line(report)
    return Entry(number, line)


def _told(error: json.JSONDecodeError, *, line: bool = True) -> str:
    what = re.sub(r"^Expecting", "expected", error.msg.removesuffix(" at"))
    return f"{what[:1].lower()}{what[1:]} at {f'line {error.lineno} ' if line else ''}column {error.colno}"
