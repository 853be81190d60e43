"""The entrance: turns a file, by its name and its bytes, into a Reading."""

from collections.abc import Collection
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ops.sheets import documents, tables, texts, workbooks
from ops.sheets.headers import read_header
from ops.sheets.reading import Reading
from ops.sheets.rows import read_rows
from ops.sheets.words import Unreadable, quoted

TIMEZONE = "America/Lima"


def read(name: str, content: bytes, ignored: Collection[str] = (), timezone: str = TIMEZONE) -> Reading:
    """Read a file of reports: JSON, NDJSON, CSV or XLSX. Raises Unreadable if nothing in it can be read."""
    zone = zone_named(timezone)
    if workbooks.is_archive(content):
        return _of_table(workbooks.from_workbook(content), ignored, zone)
    text, notes = texts.decoded(content)
    if (kind := kind_of(name, text)) == "csv":
        texts.undamaged(text)
        table = tables.from_text(text)
        table.notes += notes
        return _of_table(table, ignored, zone)
    reading = documents.from_json(text) if kind == "json" else documents.from_lines(text)
    reading.notes += notes
    return reading


def kind_of(name: str, beginning: str) -> str:
    """What a text holds, by the ending of its name, else by its beginning."""
    ending = Path(name).suffix.lower()
    if ending in (".csv", ".tsv", ".ndjson", ".jsonl"):
        return "csv" if ending in (".csv", ".tsv") else "ndjson"
    text = beginning.lstrip()
    if ending == ".json" or text.startswith("["):
        return "json" if not _is_lines(text) else "ndjson"
    return "csv" if not text.startswith("{") else ("ndjson" if _is_lines(text) else "json")


def zone_named(timezone: str) -> ZoneInfo:
    """The time zone of this name. Raises Unreadable."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Unreadable(f"There is no time zone {quoted(timezone)}; an example is {TIMEZONE}.") from error


def _is_lines(text: str) -> bool:
    first = text.split("\n", 1)[0]
    return text.startswith("{") and first.rstrip().endswith("}") and "\n" in text.strip()


def _of_table(table: tables.Table, ignored: Collection[str], zone: ZoneInfo) -> Reading:
    header = read_header(table, ignored)
    header.notes = [*table.notes, *header.notes]
    reading = Reading(notes=header.notes) if _hopeless(header.columns) else read_rows(header, zone)
    reading.problems = [*header.problems, *reading.problems]
    reading.delimiter = table.delimiter
    return reading


def _hopeless(columns: Collection[object]) -> bool:
    """Whether no column of the header is known: then the rows add nothing."""
    return not columns
