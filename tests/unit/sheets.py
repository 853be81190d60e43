"""Tables for tests of `ayllu send`: a good one, changed where a test is about."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from ops.sheets.files import read
from ops.sheets.reading import Reading

GOOD = {
    "reportId": "r-1",
    "reportedAt": "2026-03-02T08:05:00-05:00",
    "reporter.role": "teacher",
    "district": "060101",
    "family.id": "H-1",
    "children.0.name": "Luz",
    "children.0.livesWith": "mother",
    "concerns": "child_labour;poverty",
    "consent.shareWithPartners": "true",
    "consent.basis": "consent",
}


def rows(*changes: Mapping[str, Any]) -> list[list[Any]]:
    """A header and a row for each change of the good one."""
    columns = dict.fromkeys([*GOOD, *(name for change in changes for name in change)])
    numbered = [{**GOOD, "reportId": f"r-{at}", **change} for at, change in enumerate(changes, 1)]
    return [list(columns), *([row.get(name, "") for name in columns] for row in numbered)]


def as_csv(table: Sequence[Sequence[Any]], delimiter: str = ",") -> str:
    """A table as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue()


def as_xlsx(table: Sequence[Sequence[Any]], *others: Sequence[Sequence[Any]]) -> bytes:
    """Tables as the sheets of a workbook."""
    book = Workbook()
    book.remove(book.active)
    for each in (table, *others):
        sheet = book.create_sheet()
        for row in each:
            sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def reading(*changes: Mapping[str, Any], ignored: Sequence[str] = ()) -> Reading:
    """What is read of a CSV file with these changes of the good row."""
    return read("table.csv", as_csv(rows(*changes)).encode(), ignored)


def renamed(**names: str) -> Reading:
    """What is read of a good table whose columns have other names; `__` stands for a dot."""
    given = {old.replace("__", "."): new for old, new in names.items()}
    header, *rest = rows({})
    return read("table.csv", as_csv([[given.get(name, name) for name in header], *rest]).encode())


def reports(found: Reading) -> list[dict[str, Any]]:
    """The reports that can be sent; nothing may be wrong with the file."""
    assert found.problems == []
    return [json.loads(each.line) for each in found.good]
