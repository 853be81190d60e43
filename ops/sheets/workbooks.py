"""Turns XLSX into a table: the sheet with a known header, formulas by their values, hidden rows included."""

import re
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook

from ops.sheets.tables import LOOKED_AT, Row, Table, known_in, with_content
from ops.sheets.words import Unreadable, listed, quoted

ZIP = b"PK\x03\x04"
RECOGNISED = 3
"""Known columns in a row that make it a header for certain."""


def is_archive(content: bytes) -> bool:
    """Whether this is a ZIP file, as XLSX and its relatives are."""
    return content.startswith(ZIP)


def from_workbook(content: bytes) -> Table:
    """The table in an XLSX file. Raises Unreadable."""
    try:
        return _chosen(_values(content))
    except Unreadable:
        raise
    except Exception as error:  # a damaged file makes openpyxl raise whatever its parsers raise
        what = "has a password or is damaged" if isinstance(error, RuntimeError) else "is damaged"
        told = f"This XLSX file {what}. Open it in Excel, save it without a password, and send that."
        raise Unreadable(told) from error


def _values(content: bytes) -> dict[str, list[Row]]:
    with ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" not in names:
            raise Unreadable("This is not an XLSX file (an .ods, .xlsb or .docx perhaps). Save it as XLSX or CSV.")
        formulas = any(re.search(b"<f[ >]", archive.read(name)) for name in _sheets(names))
    sheets = _read(content, data_only=True)
    if formulas:
        _calculated(sheets, _read(content, data_only=False))
    return sheets


def _sheets(names: list[str]) -> Iterator[str]:
    return (name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))


def _read(content: bytes, *, data_only: bool) -> dict[str, list[Row]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of validations, styles and pictures that it leaves out
        book = load_workbook(BytesIO(content), read_only=True, data_only=data_only)
        sheets = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what is written there is wrong in files of several programs
            sheets[sheet.title] = with_content([_value(cell) for cell in row] for row in sheet.iter_rows())
        book.close()
    return sheets


def _value(cell: Any) -> Any:
    """What the cell shows: a number with the zeros that its format, such as 000000, puts before it."""
    value = cell.value
    if isinstance(value, int) and not isinstance(value, bool) and re.fullmatch("0{2,15}", str(cell.number_format)):
        return f"{value:0{len(cell.number_format)}d}"
    return value


def _calculated(values: dict[str, list[Row]], formulas: dict[str, list[Row]]) -> None:
    """Raises Unreadable if no formula of a sheet has a value: its program did not calculate them."""
    for title, rows in formulas.items():
        known = {(row.number, at) for row in values[title] for at, cell in enumerate(row.cells) if cell is not None}
        places = {(row.number, at) for row in rows for at, cell in enumerate(row.cells) if _is_formula(cell)}
        if places and not places & known:
            where = quoted(title)
            raise Unreadable(f"The formulas of the sheet {where} have no values. Open it in Excel, save it, send that.")


def _is_formula(cell: Any) -> bool:
    return (isinstance(cell, str) and cell.startswith("=")) or type(cell).__name__ == "ArrayFormula"


def _chosen(sheets: dict[str, list[Row]]) -> Table:
    fit = [title for title, rows in sheets.items() if _recognised(rows)]
    if len(fit) > 1:
        told = listed(map(quoted, fit))
        raise Unreadable(f"The sheets {told} all hold reports. Save each as a file of its own. Nothing was sent.")
    full = [title for title, rows in sheets.items() if rows]
    if not full:
        return Table([])
    title = (fit or full)[0]
    others = listed(quoted(each) for each in full if each != title) if len(full) > 1 else ""
    notes = [f"The sheet {quoted(title)} was read; not {others}, where there is no header."] if others else []
    return Table(sheets[title], notes)


def _recognised(rows: list[Row]) -> bool:
    return any(len(known_in(row.cells)) >= RECOGNISED for row in rows[:LOOKED_AT])
