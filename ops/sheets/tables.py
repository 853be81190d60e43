"""Turns text into a table: finds the sign between cells, and the spreadsheet's number of each row."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ops.sheets.columns import find
from ops.sheets.words import Unreadable, trimmed

DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 20
"""Rows among which the header is looked for."""

FORMULA_TEXT = re.compile(r'="([^"]*)"')
"""How a CSV file stops Excel from reading `060101` as a number."""


@dataclass(frozen=True)
class Row:
    """A row that holds something: its number in the spreadsheet, from 1, and its cells."""

    number: int
    cells: list[Any]


@dataclass
class Table:
    """The rows of a file, without empty ones; notes on how it was read; the sign between its cells."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    delimiter: str = ","


def known_in(cells: list[Any]) -> list[str]:
    """The names of known columns among these cells."""
    return [each for each in cells if isinstance(each, str) and find(trimmed(each))]


def filled(cell: Any) -> bool:
    """Whether a cell holds anything that can be seen."""
    return cell is not None and (not isinstance(cell, str) or bool(trimmed(cell)))


def with_content(rows: Iterator[list[Any]]) -> list[Row]:
    """The non-empty rows, numbered as in the spreadsheet, without empty cells at their ends."""
    return [Row(number, _shortened(cells)) for number, cells in enumerate(rows, 1) if any(map(filled, cells))]


def from_text(text: str) -> Table:
    """The table in a CSV text. Raises Unreadable with the faulty row."""
    said = re.match(r'"?sep=([^\w\s"]|\t)"?[ ,;\t]*(\r\n|\r|\n|\Z)', text, re.IGNORECASE)
    if said:
        text, delimiter = text[said.end() :], said[1]
    else:
        delimiter = max(DELIMITERS, key=lambda sign: _fitness(text, sign))
    return Table(with_content(_parsed(text, delimiter)), delimiter=delimiter)


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            yield [_plain(cell) for cell in cells]
    except (csv.Error, TypeError, ValueError) as error:
        advice = "a quotation mark within a cell is written twice, and each that opens is closed"
        if "field larger" in str(error):
            advice = "a cell is far too long: is a quotation mark never closed?"
        raise Unreadable(f"Row {number + 1} cannot be divided into cells: {advice}. Nothing was sent.") from error


def _fitness(text: str, delimiter: str) -> tuple[int, int]:
    """The most known columns in a row, and the number of cells, if this sign divides them."""
    rows: list[list[str]] = []
    with suppress(csv.Error):  # told when the table is read, if this is the sign
        rows.extend(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), LOOKED_AT))
    return max((len(known_in(cells)) for cells in rows), default=0), sum(map(len, rows))


def _plain(cell: str) -> str:
    found = FORMULA_TEXT.fullmatch(cell.strip())
    return found[1] if found else cell


def _shortened(cells: list[Any]) -> list[Any]:
    last = max(at for at, cell in enumerate(cells) if filled(cell))
    return cells[: last + 1]
