"""The header of a table: its row, its columns, and everything wrong with it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from shlex import quote

from ops.sheets.columns import ANY, Kind, Known, find, known_columns
from ops.sheets.expected import expected
from ops.sheets.guesses import nearest_column, numbers_in
from ops.sheets.reading import ROW, WHY
from ops.sheets.tables import LOOKED_AT, Row, Table, filled, known_in
from ops.sheets.words import listed, quoted, rows_told, trimmed

ONE_CELL = (
    "Each row is in a single cell. In Excel, select column A, choose Data, Text to Columns, Delimited, and the sign "
    "between the columns; then save again."
)


@dataclass(frozen=True)
class Column:
    """A known column of the table: its place, its name, and the field it holds."""

    at: int
    name: str
    known: Known
    numbers: tuple[int, ...]

    @property
    def way(self) -> tuple[str, ...]:
        """The path in the report, with the numbers of entries."""
        return tuple(self.name.split("."))


@dataclass
class Header:
    """The columns of a table, the rows under them, and the faults of the header, a sentence each."""

    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    row_at: int | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asked_for: set[str] = field(default_factory=set)
    """Missing columns: an unknown one may be meant."""


def read_header(table: Table, ignored: Collection[str] = ()) -> Header:
    """Find the header of a table and understand it; `ignored` columns are left out."""
    if not table.rows:
        return Header(problems=["The file is empty."])
    place = _place(table.rows)
    names = [trimmed(str(cell)) if filled(cell) else "" for cell in table.rows[place].cells]
    if sum(map(bool, names)) == 1 and len(known_in(re.split("[,;|\t]", "".join(names)))) > 1:
        return Header(problems=[ONE_CELL])
    same = [trimmed(str(cell)) for cell in table.rows[place].cells]
    rows = [row for row in table.rows[place + 1 :] if list(map(trimmed, map(str, row.cells))) != same]
    header = Header(rows=rows)
    if place:
        header.notes.append(f"The header is {rows_told([table.rows[place].number])}; what is above was left out.")
    left_out = _left_out(names, ignored, header)
    _understand(header, {at: name for at, name in enumerate(names) if name and at not in left_out})
    _leave_out_labels(header)
    header.problems += [*_doubled(header), *_gaps(header), *_nameless(header, names), *_missing(header)]
    if not rows:
        header.problems.append("There is nothing below the header.")
    return header


def letter(at: int) -> str:
    """What a spreadsheet calls a column: A, B, … Z, AA."""
    return (letter(at // 26 - 1) if at >= 26 else "") + chr(ord("A") + at % 26)


def _place(rows: Sequence[Row]) -> int:
    """The row of the header: the one with most known columns, else the first of about full width."""
    first = rows[:LOOKED_AT]
    most = max(range(len(first)), key=lambda at: (len(known_in(first[at].cells)), -at))
    if known_in(first[most].cells):
        return most
    widths = [sum(map(filled, row.cells)) for row in first]
    return next(at for at, width in enumerate(widths) if width * 2 >= max(widths))


def _left_out(names: list[str], ignored: Collection[str], header: Header) -> set[int]:
    found: set[int] = set()
    for each in ignored:
        wanted = trimmed(each).casefold()
        places = {at for at, name in enumerate(names) if name.casefold() == wanted}
        places = places or {at for at in range(_width(header, names)) if letter(at).casefold() == wanted}
        if not places:
            header.notes.append(f"There is no column {quoted(each)} to leave out.")
        found |= places
    header.rows = [_without(row, found) for row in header.rows]
    return found


def _without(row: Row, places: Collection[int]) -> Row:
    return Row(row.number, [None if at in places else cell for at, cell in enumerate(row.cells)])


def _width(header: Header, names: list[str]) -> int:
    return max([len(names), *(len(row.cells) for row in header.rows)])


def _understand(header: Header, names: dict[int, str]) -> None:
    unknown = {}
    for at, name in names.items():
        if name.casefold() == ROW:
            header.row_at = at
        elif found := find(name):
            known, numbers = found
            header.columns.append(Column(at, known.at(*numbers), known, numbers))
        elif name.casefold() != WHY:
            unknown[at] = name
    there = {column.name: letter(column.at) for column in header.columns}
    guesses = {at: _nearest(name) for at, name in unknown.items()}
    header.asked_for = {guess for guess in guesses.values() if guess and guess not in there}
    header.problems += [_unknown(at, name, guesses[at], there) for at, name in unknown.items()]
    spare = [quote(name) for at, name in unknown.items() if guesses[at] not in {*header.asked_for, "concerns"}]
    if len(spare) > 1:
        header.problems.append(f"To leave these columns out knowingly: --ignore {' --ignore '.join(spare)}")


def _nearest(name: str) -> str | None:
    known = nearest_column(name)
    return known.at(*(min(number, known.entries - 1) for number in numbers_in(name))) if known else None


def _unknown(at: int, name: str, nearest: str | None, there: dict[str, str]) -> str:
    told = f"Column {letter(at)}, {quoted(name)}, is not known."
    leave = f"leave it out with --ignore {quote(name)}"
    if nearest is None:
        return f"{told} No column is like it: {leave}."
    if nearest not in there:
        return f"{told} The nearest is {nearest}: rename it, or {leave}."
    move = "move what it holds there, or " if nearest == "concerns" or nearest.endswith(".concerns") else ""
    return f"{told} The nearest is {nearest}, which is there already in column {there[nearest]}: {move}{leave}."


def _leave_out_labels(header: Header) -> None:
    """The row under the header, if it only holds labels (no digit at all) and others follow."""
    told = [column.at for column in header.columns if column.known.kind in (Kind.ID, Kind.MOMENT, Kind.DISTRICT)]
    if header.row_at is not None or len(header.rows) < 2 or len(told) < 3:
        return
    first = header.rows[0]
    if all(_words(first, at) for at in told) and not any(map(str.isdigit, "".join(map(str, first.cells)))):
        header.notes.append(f"{rows_told([first.number]).capitalize()} was left out: it holds labels, no report.")
        header.rows = header.rows[1:]


def _words(row: Row, at: int) -> bool:
    cell = row.cells[at] if at < len(row.cells) else None
    return isinstance(cell, str) and any(map(str.isalpha, cell))


def _doubled(header: Header) -> Iterator[str]:
    places = defaultdict(list)
    for column in header.columns:
        places[column.name].append(letter(column.at))
    for name, letters in places.items():
        if len(letters) > 1:
            each = "both" if len(letters) == 2 else "all"
            yield f"Columns {listed(letters)} are {each} {name}: leave one out, such as --ignore {letters[-1]}."


def _gaps(header: Header) -> Iterator[str]:
    """Entries of lists that are not numbered 0, 1, 2."""
    used = defaultdict(set)
    for column in header.columns:
        if column.known.in_list:
            used[".".join(column.known.way[: column.known.way.index(ANY)])].add(column.numbers[0])
    for name, numbers in used.items():
        lacking = next(number for number in range(len(numbers) + 1) if number not in numbers)
        if lacking < max(numbers):
            after = min(number for number in numbers if number > lacking)
            yield (
                f"There are columns {name}.{after} but none {name}.{lacking}; the first is 0. "
                f"Rename {name}.{after} to {name}.{lacking} in every column, and so on with those after it."
            )


def _nameless(header: Header, names: list[str]) -> Iterator[str]:
    for at in range(_width(header, names)):
        if at < len(names) and names[at]:
            continue
        rows = [row.number for row in header.rows if at < len(row.cells) and filled(row.cells[at])]
        if rows:
            yield (
                f"Column {letter(at)} has no name in the header, but something in {rows_told(rows)}. In CSV, text with "
                f"the dividing sign in it is put in quotation marks. To leave it out: --ignore {letter(at)}"
            )


def _missing(header: Header) -> Iterator[str]:
    there = {column.known for column in header.columns}
    for known in known_columns().values():
        if known.required and not known.in_list and known not in there and known.at() not in header.asked_for:
            header.asked_for.add(known.at())
            yield f"There is no column {known.at()}, which must be there. {expected(known)}"
