"""Whatever a file holds, it is read or it is said why not: never a traceback."""

import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.sheets.columns import known_columns
from ops.sheets.files import read
from ops.sheets.refusals import check, refused_path, write_refused
from ops.sheets.words import Unreadable
from tests.unit.sheets import GOOD, as_csv, as_xlsx, rows

NAMES = ("a.csv", "a.json", "a.ndjson", "a.xlsx", "a.txt", "-")
COLUMNS = st.sampled_from([*GOOD, *(each.at(1, 1) for each in known_columns().values()), "_row", "_why", "children"])
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["sí", "x", "060101", "60101", "1,234", "850,5", "31/05/2017", "05/31/2017", "46083", "#N/A", "9E+11", "²", "٣"]
    ),
    st.from_regex(r"[0-9]{1,4}[-/.,:][0-9]{1,2}[-/.,:][0-9]{1,4}( [0-9]{1,2}:[0-9]{2}( ?[ap]m)?)?", fullmatch=True),
    st.from_regex(r"-?[0-9.,]{1,20}", fullmatch=True),
)
TABLES = st.integers(1, 8).flatmap(
    lambda width: st.tuples(
        st.lists(st.one_of(COLUMNS, st.text(max_size=8)), min_size=width, max_size=width),
        st.lists(st.lists(WORDS, max_size=width + 1), max_size=4),
    ).map(lambda both: [both[0], *both[1]])
)
CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.datetimes(), st.dates(), st.times())
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def told(name: str, content: bytes) -> None:
    """Read a file as the command does, down to what is written of it."""
    with suppress(Unreadable), TemporaryDirectory() as folder:
        reading = read(name, content)
        check(reading)
        assert all(isinstance(json.loads(each.line), object) for each in reading.good)
        assert not any("\n" in sentence for sentence in [*reading.problems, *reading.told, *reading.notes])
        if reading.refused and not reading.problems:
            path = refused_path(Path(folder) / "x", reading)
            write_refused(path, reading)
            assert len(read(path.name, path.read_bytes()).entries) == len(reading.refused)


@MANY
@given(st.sampled_from(NAMES), st.binary(max_size=200))
def test_of_any_bytes(name: str, content: bytes) -> None:
    told(name, content)


@MANY
@given(st.sampled_from(NAMES), st.text(max_size=200), st.sampled_from(["utf-8", "utf-16"]))
def test_of_any_text(name: str, text: str, encoding: str) -> None:
    told(name, text.encode(encoding, "surrogatepass"))


@MANY
@given(TABLES, st.sampled_from(",;\t|"))
def test_of_any_table(table: list[list[str]], delimiter: str) -> None:
    told("a.csv", as_csv(table, delimiter).encode(errors="replace"))


@MANY
@given(st.dictionaries(COLUMNS, WORDS, max_size=4))
def test_of_a_good_row_with_any_cells(cells: dict[str, str]) -> None:
    told("a.csv", as_csv(rows({}, cells)).encode(errors="replace"))


@settings(MANY, max_examples=50)
@given(st.dictionaries(COLUMNS, CELLS, max_size=4))
def test_of_a_workbook_with_any_cells(cells: dict[str, Any]) -> None:
    told("a.xlsx", as_xlsx(rows({}, cells)))


@settings(MANY, max_examples=50)
@given(st.binary(max_size=100), st.integers(0, 10**6), st.integers(0, 200))
def test_of_a_damaged_workbook(noise: bytes, place: int, size: int) -> None:
    content = as_xlsx(rows({}))
    at = place % len(content)
    told("a.xlsx", content[:at] + noise + content[at + size :])


@settings(MANY, max_examples=30)
@given(st.binary(max_size=300))
def test_of_a_workbook_whose_sheet_is_anything(sheet: bytes) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(rows({})))) as whole, zipfile.ZipFile(content, "w") as made:
        for name in whole.namelist():
            made.writestr(name, sheet if name.startswith("xl/worksheets") else whole.read(name))
    told("a.xlsx", content.getvalue())


@MANY
@given(
    st.recursive(
        st.one_of(st.none(), st.integers(), st.text(max_size=5)),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from([*GOOD, "_row", "_why", "children", "family", "consent"]), inner)
        ),
        max_leaves=8,
    )
)
def test_of_any_json(value: Any) -> None:
    told("a.json", json.dumps(value).encode())
    told("a.ndjson", json.dumps(value).encode())
