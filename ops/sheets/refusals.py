"""Intake's refusals, in the words of the file's own checks; and the file of refused reports, for correction."""

import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ops.sheets.columns import find
from ops.sheets.expected import expected, own_words
from ops.sheets.guesses import nearest_column, numbers_in
from ops.sheets.reading import ROW, WHY, Entry, Reading, as_line
from ops.sheets.words import Unreadable, Wrong, listed, quoted
from shared.events import Report

TECHNICAL = re.compile(r"(Input|Extra|String|Field|Value|Tuple|Object|Datetime|Date|Unable)\b.*|.*pattern.*")
"""Messages from program to program."""

UNTOLD = "refused; what is wrong was told of others before it. Mend those, and send again"
"""Intake names what is wrong with the first reports of a batch, up to some size, and only counts the others."""

SECONDS = re.compile(r"(T[0-9]{2}:[0-9]{2}):[0-9]{2}(\.[0-9]+)?")
NUMBER_LIKE = re.compile("0[0-9]+|[0-9]{12,}")
"""Text that a spreadsheet would take for a number, and change: `060101` would become 60101."""


def refused_by_intake(reading: Reading, entry: Entry, answer: Mapping[str, Any]) -> list[Wrong]:
    """What intake's answer says is wrong with a report."""
    if answer.get("errors"):
        said = ((each["field"], each["accepted"]) for each in answer["errors"])
        return [_of_field(reading, entry, field, _for_people(accepted)) for field, accepted in said]
    if answer.get("differences"):
        return [_of_conflict(entry, answer)]
    return [Wrong("the report", str(answer.get("detail", UNTOLD)).rstrip("."), "")]


def _of_conflict(entry: Entry, answer: Mapping[str, Any]) -> Wrong:
    """What differs from the report that was sent before, by name."""
    names = [entry.place(each.split(".")) for each in answer["differences"]]
    more = answer.get("differenceCount", len(names)) - len(names)
    found = f"sent before with another {listed([*names, *([f'{more} more'] if more > 0 else [])])}"
    return Wrong("reportId", found, "Give a report that changed a new reportId.")


def _for_people(accepted: str) -> str | None:
    to_the_minute = SECONDS.sub(r"\1", accepted)  # so that the same fault of many reports is listed once
    return None if TECHNICAL.fullmatch(accepted) else f"What is accepted: {to_the_minute.rstrip('.')}."


def unknown_fields(counted: Mapping[str, int]) -> Iterator[str]:
    """What intake took reports in without, a sentence for each field: a misspelled one may be the one that matters."""
    for field, count in sorted(counted.items(), key=lambda each: (-each[1], each[0])):
        near = nearest_column(field)
        told = f" The nearest field is {near.at(*numbers_in(field))}." if near else ""
        reports = "1 report" if count == 1 else f"{count} reports"
        yield f"{field} is not known: {reports} went without it.{told}"


def check(reading: Reading) -> None:
    """Refuse what intake would refuse, as far as possible here."""
    for entry in reading.good:
        try:
            Report.model_validate_json(entry.line)
        except ValidationError as error:
            for each in error.errors(include_url=False, include_context=False):
                field = ".".join(str(part) for part in each["loc"])
                entry.wrong.append(_of_field(reading, entry, field, own_words(each["type"], each["msg"])))


def _of_field(reading: Reading, entry: Entry, field: str, accepted: str | None) -> Wrong:
    """What is wrong with a field; `accepted` is the advice in plain words, if there is any."""
    place = entry.place(field.split("."))
    known = find(place) or find(place.rpartition(".")[0])
    value = _value(reading, entry, field, place)
    if accepted is None:
        accepted = expected(known[0], as_json=not reading.columns) if known else _of_unknown(place, value)
    return Wrong("the report" if field == "body" else place, "nothing" if value is None else quoted(value), accepted)


def _of_unknown(place: str, value: Any) -> str:
    if value is None:
        return "It must be there."
    near = nearest_column(place)
    told = f"; the nearest field is {near.at(*numbers_in(place))}" if near else ""
    return f"This is not known{told}. Compare it with docs/reports.md."


def _value(reading: Reading, entry: Entry, field: str, place: str) -> Any:
    """What a report holds there."""
    if reading.columns:
        return dict(zip(reading.columns, entry.kept, strict=False)).get(place)
    found = json.loads(entry.line)
    for part in field.split("."):
        if isinstance(found, list) and part.isascii() and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found


def refused_path(path: Path, reading: Reading) -> Path:
    """Where a file's refused reports are kept: beside it; for a file of refused reports, in that file."""
    ending = ".refused.csv" if reading.unit == "row" else ".refused.ndjson"
    return path if path.name.lower().endswith(ending) else path.with_name(f"{path.name}{ending}")


def write_refused(path: Path, reading: Reading) -> None:
    """Write refused reports for correction; readable by the owner only, as they carry names."""
    text = _table(reading) if reading.columns else _lines(reading)
    try:
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name[:100]}."
        )  # readable by its owner only
        with os.fdopen(descriptor, "w", encoding="utf-8-sig" if reading.columns else "utf-8", newline="") as file:
            file.write(text)
        Path(name).replace(path)
    except OSError as error:
        raise Unreadable(f"The refused reports cannot be written to {path}: {error.strerror}") from error


def forget_refused(path: Path) -> None:
    """Remove the file once nothing is refused any more. Raises Unreadable."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise Unreadable(f"{path} is no longer needed, but cannot be removed: {error.strerror}") from error


def _table(reading: Reading) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=reading.delimiter)
    writer.writerow([WHY, ROW, *reading.columns])
    for entry in reading.refused:
        writer.writerow([entry.why, entry.row, *map(_written, entry.kept)])
    return text.getvalue()


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f'="{text}"' if NUMBER_LIKE.fullmatch(text) else text


def _lines(reading: Reading) -> str:
    return "".join(f"{line}\n" for line in _reports(reading))


def _reports(reading: Reading) -> Iterator[str]:
    for entry in reading.refused:
        try:
            report = json.loads(entry.line)
        except (ValueError, RecursionError):
            report = None
        named = isinstance(report, dict)
        yield as_line({WHY: entry.why, ROW: entry.row, **report}) if named else entry.line
