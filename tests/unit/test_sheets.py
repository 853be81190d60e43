"""A partner's spreadsheet: what is recognised in it, and what is said of a header that is wrong."""

from datetime import date, datetime
from typing import Any

import pytest

from ops.sheets.files import read
from ops.sheets.words import Unreadable
from tests.unit.sheets import GOOD, as_csv, as_xlsx, reading, renamed, reports, rows

SPANISH = {"children.0.name": "José Núñez"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(encoding: str) -> None:
    found = read("table.csv", as_csv(rows(SPANISH)).encode(encoding))
    assert reports(found)[0]["children"][0]["name"] == "José Núñez"
    assert any("Windows-1252" in note and "José" in note for note in found.notes) == (encoding == "cp1252")


def test_a_text_of_ms_dos_is_not_taken_for_one_of_windows() -> None:
    with pytest.raises(Unreadable, match="Accents were lost"):
        read("table.csv", as_csv(rows({"children.0.name": "Ramírez"})).encode("cp850"))


@pytest.mark.parametrize("name", ["JosÃ©", "NÃºÃ±ez", "Jos\ufffd"])
def test_names_whose_accents_were_lost_before_are_not_sent(name: str) -> None:
    with pytest.raises(Unreadable, match="Accents were lost"):
        reading({"children.0.name": name})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_recognised(delimiter: str) -> None:
    assert len(reports(read("table.csv", as_csv(rows({}, {}), delimiter).encode()))) == 2


def test_a_line_that_names_the_sign_between_cells_is_believed_and_is_no_row() -> None:
    found = read("table.csv", f"sep=^\r\n{as_csv(rows({}, {'district': 'x'}), '^')}".encode())
    assert (len(found.good), [each.row for each in found.refused]) == (1, [3])


def test_titles_above_the_header_and_labels_below_it_are_left_out_and_said_to_be() -> None:
    header, row = rows({})
    labels = ["ID", "Fecha", "Quién", "Distrito", "Familia", "Nombre", "Vive con", "Motivos", "Comparte", "Base"]
    found = read("table.csv", as_csv([["Reportes de marzo"], [], header, labels, row]).encode())
    assert len(reports(found)) == 1
    assert found.notes == [
        "The header is row 3; what is above was left out.",
        "Row 4 was left out: it holds labels, no report.",
    ]


def test_empty_rows_are_skipped_and_counted_as_the_spreadsheet_counts_them() -> None:
    header, first, second = rows({}, {"district": "Cajamarca"})
    found = read("table.csv", as_csv([header, [], first, ["", " "], second, [""] * 10, []]).encode())
    assert [each.row for each in found.entries] == [3, 5]
    assert found.told[0].startswith('district: "Cajamarca" in row 5.')


def test_case_and_spaces_in_a_header_do_not_matter() -> None:
    found = renamed(concerns=" Concerns\u00a0", children__0__livesWith="children.0.liveswith ", district="DISTRICT")
    assert reports(found)[0]["concerns"] == ["child_labour", "poverty"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("children.0.livesWit", "children.0.livesWith"),
        ("children/0/livesWith", "children.0.livesWith"),
        ("children[0].livesWith", "children.0.livesWith"),
        ("group_1/children.0.livesWith", "children.0.livesWith"),
        ("vive_con", "children.0.livesWith"),
    ],
)
def test_a_misspelt_column_is_named_with_the_nearest_known_one(written: str, meant: str) -> None:
    (problem,) = renamed(children__0__livesWith=written).problems
    assert problem == (
        f'Column G, "{written}", is not known. The nearest is {meant}: rename it, or leave it out with --ignore '
        f"{written if '[' not in written else repr(written)}."
    )


@pytest.mark.parametrize("written", ["family/id", "group_1/family/id", "data/family:id"])
def test_the_family_of_a_form_is_not_taken_for_the_report(written: str) -> None:
    (problem,) = renamed(family__id=written).problems
    assert f'"{written}", is not known. The nearest is family.id: rename it' in problem


def test_a_column_like_none_is_left_out_knowingly() -> None:
    assert "No column is like it: leave it out with --ignore zzz" in reading({"zzz": "1"}).problems[0]
    assert len(reports(reading({"zzz": "1"}, ignored=["ZZZ "]))) == 1


def test_what_kobotoolbox_adds_is_left_out_with_words_to_copy() -> None:
    found = reading({"start": "1", "_uuid": "2", "concerns/poverty": "1"})
    assert "To leave these columns out knowingly: --ignore start --ignore _uuid" in found.problems
    assert "The nearest is concerns, which is there already in column H: move" in " ".join(found.problems)


def test_the_same_column_twice_is_named_with_both_places() -> None:
    table = [[*row, row[7]] for row in rows({})]
    found = read("table.csv", as_csv(table).encode())
    assert found.problems == ["Columns H and K are both concerns: leave one out, such as --ignore K."]
    assert len(reports(read("table.csv", as_csv(table).encode(), ["K"]))) == 1


def test_a_column_that_must_be_there_is_asked_for_once_with_an_example() -> None:
    header, *rest = rows({}, {}, {})
    found = read("table.csv", as_csv([row[:3] + row[4:] for row in [header, *rest]]).encode())
    assert found.problems == [
        "There is no column district, which must be there. "
        "Write the district's UBIGEO code, six digits, such as 060101."
    ]


def test_children_are_numbered_from_0() -> None:
    (problem,) = renamed(children__0__livesWith="children.1.livesWith", children__0__name="children.1.name").problems
    assert problem.startswith("There are columns children.1 but none children.0; the first is 0.")


def test_a_second_child_needs_the_columns_that_the_first_needs() -> None:
    found = reading({"children.1.name": "Sol"}, {})
    assert found.problems[0].startswith(
        "children.1.livesWith: no such column, which is needed for what is in row 2. Write one of"
    )


def test_a_child_a_row_is_no_report_a_row_and_neither_is_sent() -> None:
    twice = [{"reportId": "same"}, {"reportId": "same", "children.0.name": "Sol"}]
    found = reading(*twice, {}, {})
    assert ([each.row for each in found.refused], found.problems) == ([2, 3], [])
    assert found.told == [
        'reportId: "same" in rows 2 and 3. Each row is a whole report, with an id of its own: '
        "put several children of a family into one row, as children.0 and children.1."
    ]
    assert len(reports(reading({"reportId": "same"}, {"reportId": "same"}))) == 2


def test_children_beside_a_child_is_an_unknown_column_and_nothing_worse() -> None:
    assert "is not known" in reading({"children": "2"}).problems[0]


def test_cells_beyond_the_header_are_told_with_their_column_and_rows() -> None:
    table = rows({}, {})
    table[2].append("one too many")
    (problem,) = read("table.csv", as_csv(table).encode()).problems
    assert problem.startswith("Column K has no name in the header, but something in row 3.")


def test_rows_that_a_spreadsheet_put_into_single_cells_are_told_in_one_sentence() -> None:
    table = [[as_csv([row]).strip()] for row in rows({}, {})]
    for content in (as_csv(table, ",").encode(), as_xlsx(table)):
        (problem,) = read("table", content).problems
        assert "Text to Columns" in problem


def test_a_quote_that_is_never_closed_swallows_no_rows() -> None:
    with pytest.raises(Unreadable, match="Row 2 cannot be divided into cells"):
        read("table.csv", f'{as_csv(rows())}r-1,"2026\r\nr-2,2026\r\n'.encode())


@pytest.mark.parametrize("text", ["", "\r\n\r\n", ";;;\r\n"])
def test_an_empty_file_is_said_to_be(text: str) -> None:
    assert read("table.csv", text.encode()).problems == ["The file is empty."]
    assert read("table.csv", as_csv(rows()).encode()).problems == ["There is nothing below the header."]


@pytest.mark.parametrize(
    "content", [b"\xd0\xcf\x11\xe0\xa1\xb1", b"PK\x03\x04 no archive", b"\x00\x01\x02", b"%PDF-1.7"]
)
def test_what_is_no_table_is_told_in_one_sentence_that_names_what_to_save(content: bytes) -> None:
    with pytest.raises(Unreadable, match=r"[Ss]ave"):
        read("table.xls", content)


def test_a_workbook_is_read_with_its_own_dates_numbers_and_booleans() -> None:
    cells: dict[str, Any] = {
        "reportId": 17,
        "reportedAt": datetime(2026, 3, 2, 8, 5),  # noqa: DTZ001 - as spreadsheets keep it
        "consent.shareWithPartners": True,
        "children.0.birthDate": date(2017, 5, 31),
        "children.0.ageYears": 8.0,
    }
    (report,) = reports(read("table", as_xlsx(rows(cells), [["Notas"]])))
    assert (report["reportId"], report["reportedAt"]) == ("17", "2026-03-02T08:05:00-05:00")
    assert report["consent"]["shareWithPartners"] is True
    assert report["children"][0] == {"name": "Luz", "livesWith": "mother", "birthDate": "2017-05-31", "ageYears": 8}


def test_sheets_without_reports_are_said_to_be_left_out_and_two_with_reports_are_not_guessed_at() -> None:
    assert "not read" not in str(read("table.xlsx", as_xlsx(rows({}))).notes)
    (note,) = read("table.xlsx", as_xlsx([["Portada"]], rows({}))).notes
    assert note == 'The sheet "Sheet1" was read; not "Sheet", where there is no header.'
    with pytest.raises(Unreadable, match='The sheets "Sheet" and "Sheet1" all hold reports'):
        read("table.xlsx", as_xlsx(rows({}), rows({})))


def test_formulas_that_were_never_calculated_are_not_taken_for_empty_cells() -> None:
    with pytest.raises(Unreadable, match="have no values"):
        read("table.xlsx", as_xlsx(rows({"concerns": "=A1"})))


def test_everything_wrong_is_told_at_once_and_each_thing_once() -> None:
    changes: list[dict[str, Any]] = [{"distrit": "060101", "children.0.working": "a veces", "urgency": "low"}] * 30
    found = reading(*changes, {"urgency": "urgentísimo"})
    assert len(found.problems) == 2
    assert found.told == ['urgency: "urgentísimo" in row 32. Write one of low (Bajo), medium (Medio) or high (Alto).']
    assert '"a veces" in rows 2, 3, 4 and 27 more' in found.problems[1]


def test_the_good_row_is_good() -> None:
    (report,) = reports(reading({}))
    assert (report["reportId"], report["children"]) == ("r-1", [{"name": "Luz", "livesWith": "mother"}])
    assert set(GOOD) == set(rows({})[0])
