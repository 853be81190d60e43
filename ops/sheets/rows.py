"""Turns rows into reports: checks each cell by its column and each report by its model, and lists all faults."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from ops.sheets.cells import Reader, plain, reader
from ops.sheets.columns import find, known_columns
from ops.sheets.expected import KINDS, expected, own_words
from ops.sheets.headers import Column, Header, letter
from ops.sheets.numbers import GROUPED
from ops.sheets.reading import Entry, Reading, as_line, nested
from ops.sheets.tables import Row, filled
from ops.sheets.unfit import Unfit
from ops.sheets.words import Wrong, quoted, sentences
from shared.events import Report

MOST_WRONG = 0.5
"""If a larger share of its cells, and more than one, is wrong, the column is at fault and not the rows."""

EMPTY = "nothing"
CHILD_A_ROW = (
    "Each row is a whole report, with an id of its own: put several children of a family into one row, as children.0 "
    "and children.1."
)


def read_rows(header: Header, zone: ZoneInfo) -> Reading:
    """The reports of a table whose header is in order."""
    reading = Reading(columns=[column.name for column in header.columns], notes=list(header.notes))
    reading.understood = [f"{letter(each.at)} {each.name} ({KINDS[each.known.kind]})" for each in header.columns]
    read = {column.at: _reader(column, header.rows, zone, reading.notes) for column in header.columns}
    reading.entries = [_entry(row, header, read) for row in header.rows]
    _twice(reading.entries, header)
    told = [(entry.row, wrong) for entry in reading.entries for wrong in entry.wrong]
    whole = [(row, wrong) for row, wrong in told if wrong.whole and wrong.place not in header.asked_for]
    whole += _mostly_wrong(header, reading.entries)
    reading.problems += sentences(whole)
    return reading


def _reader(column: Column, rows: Sequence[Row], zone: ZoneInfo, notes: list[str]) -> Reader:
    def say(note: str) -> None:
        if note not in notes:
            notes.append(note)

    return reader(column.known, [cell for row in rows if filled(cell := _cell(row, column.at))], zone, say)


def _cell(row: Row, at: int) -> Any:
    return row.cells[at] if at < len(row.cells) else None


def _entry(row: Row, header: Header, read: dict[int, Reader]) -> Entry:
    """A row as a report, with all that is wrong in it."""
    values, wrong = {}, []
    for column in header.columns:
        cell = _cell(row, column.at)
        if filled(cell):
            try:
                values[column.way] = read[column.at](cell)
            except Unfit as unfit:
                wrong.append(Wrong(column.name, unfit.found or quoted(cell), unfit.advice, unfit.whole))
    report, places = nested(values)
    kept = [_kept(_cell(row, column.at), values.get(column.way)) for column in header.columns]
    entry = Entry(_number(row, header), as_line(report), kept, wrong, places)
    there = {column.name: _cell(row, column.at) for column in header.columns}
    told = {each.place for each in wrong}
    entry.wrong += [each for each in _refused(entry, there) if each.place not in told]
    return entry


def _kept(cell: Any, value: Any) -> Any:
    """A cell of a refused row: the value in an unambiguous form; decimals as that spreadsheet writes them."""
    decimal = isinstance(cell, str) and isinstance(value, float) and not GROUPED.fullmatch(plain(cell))
    return cell if value is None or decimal else value


def _twice(entries: Sequence[Entry], header: Header) -> None:
    """Refuse rows with the id of another row: such files often have a row for each child."""
    place = next((at for at, column in enumerate(header.columns) if column.name == "reportId"), None)
    lines: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        lines[_id(entry, place)].add(entry.line)
    for entry in entries:
        if (name := _id(entry, place)) and len(lines[name]) > 1:
            entry.wrong.append(Wrong("reportId", quoted(name), CHILD_A_ROW))


def _id(entry: Entry, place: int | None) -> str:
    return str(entry.kept[place] or "") if place is not None else ""


def _number(row: Row, header: Header) -> int:
    """The number of the row in the file that it first came from."""
    said = str(_cell(row, header.row_at)) if header.row_at is not None else ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else row.number


def _refused(entry: Entry, there: dict[str, Any]) -> Iterator[Wrong]:
    """The faults of a report by its model, as intake would find them."""
    try:
        Report.model_validate_json(entry.line)
    except ValidationError as error:
        seen = set()
        for each in error.errors(include_url=False, include_context=False):
            for place in _places([str(part) for part in each["loc"]], entry):
                if place not in seen:
                    seen.add(place)
                    yield _wrong(place, each["type"], each["msg"], there)


def _places(way: list[str], entry: Entry) -> list[str]:
    """The columns of an error; if a whole part is missing, its required columns."""
    place = entry.place(way)
    while way and not find(place):
        inside = [known.at() for known in known_columns().values() if known.at().startswith(f"{place}.")]
        needed = [known.at() for known in known_columns().values() if known.at() in inside and known.required]
        if needed and not any(part.isdigit() for part in way):
            return needed
        way = way[:-1]
        place = entry.place(way)
    return [place or "the report"]


def _wrong(place: str, kind: str, message: str, there: dict[str, Any]) -> Wrong:
    found, cell = find(place), there.get(place)
    advice = own_words(kind, message) or (expected(found[0]) if found else f"{message}.")
    if kind == "missing":
        absent = "no such column, which is needed for what is" if place not in there else EMPTY
        return Wrong(place, absent, advice, whole=place not in there)
    return Wrong(place, quoted(cell) if filled(cell) else EMPTY, advice)


def _mostly_wrong(header: Header, entries: Sequence[Entry]) -> list[tuple[int, Wrong]]:
    """The faults of columns in which most filled cells are wrong."""
    bad = Counter(wrong.place for entry in entries for wrong in entry.wrong if wrong.found != EMPTY and not wrong.whole)
    full = Counter(column.name for column in header.columns for row in header.rows if filled(_cell(row, column.at)))
    faulty = {name for name, count in bad.items() if count > 1 and count > MOST_WRONG * full[name]}
    return [
        (entry.row, wrong) for entry in entries for wrong in entry.wrong if wrong.place in faulty and not wrong.whole
    ]
