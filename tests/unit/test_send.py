"""What `ayllu send` reads, and what it says of a file that it cannot read."""

import json
from pathlib import Path

import pytest

from ops.commands.send import Unreadable, read_file, read_lines

TABLE = "reportId,family.id,concerns\r\nr-1,f-1,poverty;neglect\r\n"


def test_the_mark_that_a_spreadsheet_puts_before_a_table_is_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    (row,) = read_lines(read_file(path), "csv")
    assert json.loads(row) == {"reportId": "r-1", "family": {"id": "f-1"}, "concerns": ["poverty", "neglect"]}


def test_a_cell_holds_what_its_field_is_and_stays_as_it_is_if_it_cannot() -> None:
    table = (
        "district,family.monthlyIncome,family.householdSize,children.0.birthYear,children.0.working,"
        "children.0.inSchool,children.0.name,children.0.concerns,children.1.ageYears,children.1.workHours\r\n"
        "060101,850.5,5,2017.0,TRUE,false,8,neglect; begging,eight,8 hours\r\n"
    )
    (row,) = read_lines(table, "csv")
    assert json.loads(row) == {
        "district": "060101",
        "family": {"monthlyIncome": 850.5, "householdSize": 5},
        "children": [
            {
                "birthYear": 2017,
                "working": True,
                "inSchool": False,
                "name": "8",
                "concerns": ["neglect", "begging"],
            },
            {"ageYears": "eight", "workHours": "8 hours"},
        ],
    }


def test_a_row_with_more_cells_than_columns_is_named() -> None:
    with pytest.raises(Unreadable, match="line 3 has more cells"):
        list(read_lines(f"{TABLE}r-2,f-2,poverty,one too many\r\n", "csv"))


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    with pytest.raises(Unreadable, match="is no CSV"):
        list(read_lines(f'{TABLE}r-2,"f-2,poverty\r\nr-3,f-3,poverty\r\n', "csv"))


def test_what_is_not_json_is_told_with_its_place() -> None:
    with pytest.raises(Unreadable, match="line 2 column 1"):
        list(read_lines("[\n", "json"))


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"absent.csv cannot be read: No such file"):
        read_file(tmp_path / "absent.csv")
    (tmp_path / "latin.csv").write_bytes("José".encode("latin-1"))
    with pytest.raises(Unreadable, match=r"latin.csv is not UTF-8"):
        read_file(tmp_path / "latin.csv")
