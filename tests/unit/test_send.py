"""`ayllu send` before and after it sends: JSON as it came, keys, refusals in people's words, the file to be mended."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ops.commands.screen import plain
from ops.commands.send_file import read_key
from ops.sheets.files import read
from ops.sheets.reading import Reading
from ops.sheets.refusals import (
    check,
    forget_refused,
    refused_by_intake,
    refused_path,
    unknown_fields,
    write_refused,
)
from ops.sheets.words import Unreadable, Wrong, rows_told
from tests.unit.sheets import as_csv, as_xlsx, reading, reports, rows


def mended(path: Path, **changes: str) -> bytes:
    """A file of refused rows as a spreadsheet saves it again, with other cells in each row."""
    header, *rest = csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";")
    saved = [
        [changes.get(name.replace(".", "__"), cell) for name, cell in zip(header, row, strict=True)] for row in rest
    ]
    return as_csv([header, *saved], ";").encode()


def answered(found: Reading, **answer: Any) -> list[str]:
    """What is told if intake answers this of every report."""
    for each in found.good:
        each.wrong += refused_by_intake(found, each, answer)
    return found.told


def test_what_is_not_json_is_told_with_its_place() -> None:
    with pytest.raises(Unreadable, match=r"This is not JSON: expected value at line 2 column 1\."):
        read("reports.json", b"[\n")


def test_json_is_sent_as_it_came_in_the_encodings_that_windows_writes() -> None:
    line = '{"reportId": "1",  "narrative": "Ñaña"}'
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert [each.line for each in read("a.ndjson", f"\n{line}\n".encode(encoding)).good] == [line]
        assert read("stdin", line.encode(encoding)).good[0].line == json.dumps(json.loads(line))


def test_a_line_that_is_no_json_is_refused_with_its_number_and_the_others_are_not() -> None:
    found = read("a.ndjson", b'{"reportId": "1"}\n\n{"reportId": }\n')
    assert (len(found.good), found.unit) == (1, "line")
    assert found.told == ["the line: expected value at column 14 in line 3. Write one report as JSON."]


def test_a_number_that_is_too_long_and_a_nest_that_is_too_deep_are_no_traceback() -> None:
    for text in (b"[" * 100_000, b"9" * 5000):
        assert read("a.ndjson", text).refused
        with pytest.raises(Unreadable):
            read("a.json", text)


def test_refused_rows_are_written_for_the_owner_alone_to_be_mended_and_sent(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    found = read(path.name, as_csv(rows({}, {"urgency": "urgent"}, {"district": "Lima"}), ";").encode())
    beside = refused_path(path, found)
    write_refused(beside, found)
    assert (beside.name, beside.stat().st_mode & 0o777) == ("table.csv.refused.csv", 0o600)
    assert beside.read_bytes().startswith(b"\xef\xbb\xbf_why;_row;reportId;")
    again = read(beside.name, beside.read_bytes())
    assert ([each.row for each in again.refused], again.told) == ([3, 4], found.told)
    assert refused_path(beside, again) == beside
    whole = read(beside.name, mended(beside, urgency="high", district="060105"))
    assert [each["urgency"] for each in reports(whole)] == ["high", "high"]
    forget_refused(beside)
    forget_refused(beside)
    assert list(tmp_path.iterdir()) == []


def test_what_was_read_with_certainty_is_written_so_that_no_spreadsheet_changes_it(tmp_path: Path) -> None:
    good = {"concerns": "Pobreza, Abandono", "reportedAt": "02/03/2026 08:05", "district": "060105"}
    income = [{"family.monthlyIncome": amount} for amount in ("1.234", "850,5")]
    found = reading({**good, **income[0], "urgency": "urgent"}, income[1], {"urgency": "urgent", **income[1]}, {}, {})
    write_refused(tmp_path / "x.refused.csv", found)
    header, row, other = csv.reader((tmp_path / "x.refused.csv").read_text("utf-8-sig").splitlines())
    told = dict(zip(header, row, strict=True))
    assert (told["concerns"], told["district"]) == ("poverty;abandonment", '="060105"')
    assert (told["reportedAt"], told["urgency"], told["_row"]) == ("2026-03-02T08:05:00-05:00", "urgent", "2")
    assert (told["family.monthlyIncome"], "850,5" in other) == ("1234", True)
    assert told["_why"] == 'urgency: "urgent". Write one of low (Bajo), medium (Medio) or high (Alto).'


def test_refused_lines_are_written_with_the_reason_which_is_not_sent(tmp_path: Path) -> None:
    found = read("a.json", b'[{"reportId": "1"}, {"reportId": "2", "district": "6"}]')
    found.entries[1].wrong.append(Wrong("district", '"6"', "Write six digits."))
    path = refused_path(tmp_path / "a.json", found)
    write_refused(path, found)
    assert json.loads(path.read_text()) == {
        "_why": 'district: "6". Write six digits.',
        "_row": 2,
        "reportId": "2",
        "district": "6",
    }
    again = read(path.name, path.read_bytes())
    assert (path.name, again.good[0].line, again.good[0].row) == (
        "a.json.refused.ndjson",
        '{"reportId": "2", "district": "6"}',
        2,
    )
    assert refused_path(path, again) == path


def test_a_folder_that_cannot_be_written_to_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be written"):
        write_refused(tmp_path / "absent" / "x.refused.csv", reading({}))


def test_what_intake_refuses_is_told_once_in_the_words_of_the_file() -> None:
    errors = [{"field": "district", "accepted": r"String should match pattern '^\d{6}$'"}]
    assert answered(reading({}, {}), errors=errors) == [
        'district: "060101" in rows 2 and 3. Write the district\'s UBIGEO code, six digits, such as 060101.'
    ]
    assert answered(reading({}), errors=[{"field": "reportedAt", "accepted": "at most 24 hours ahead"}]) == [
        'reportedAt: "2026-03-02T08:05:00-05:00" in row 2. What is accepted: at most 24 hours ahead.'
    ]


def test_a_field_that_intake_does_not_know_is_told_with_the_nearest() -> None:
    found = read("a.json", b'{"reportId": "1", "children": [{"livesWit": "mother"}]}')
    (told,) = answered(found, errors=[{"field": "children.0.livesWit", "accepted": "Extra inputs are not permitted"}])
    assert told == (
        'children.0.livesWit: "mother" in report 1. This is not known; the nearest field is children.0.livesWith. '
        "Compare it with docs/reports.md."
    )


def test_what_intake_did_not_know_is_told_with_the_nearest_and_counted() -> None:
    assert [*unknown_fields({"zzz": 1, "children.1.concern": 2})] == [
        "children.1.concern is not known: 2 reports went without it. The nearest field is children.1.concerns.",
        "zzz is not known: 1 report went without it.",
    ]


def test_a_report_that_was_sent_with_other_words_is_told_with_the_fields_that_differ() -> None:
    found = reading({}, {})
    told = answered(found, differences=["urgency"], differenceCount=1)
    assert told == [
        "reportId: sent before with another urgency in rows 2 and 3. Give a report that changed a new reportId."
    ]
    assert found.refused[0].why.endswith("Give a report that changed a new reportId.")


def test_of_many_fields_that_differ_some_are_named_and_the_others_counted() -> None:
    found = reading({})
    (told,) = answered(found, differences=["urgency", "district"], differenceCount=9)
    assert told.startswith("reportId: sent before with another urgency, district and 7 more in row 2.")


def test_an_entry_is_named_as_the_table_names_it() -> None:
    blank = {"children.0.name": "", "children.0.livesWith": "", "children.1.livesWith": "mother"}
    found = reading(blank)
    assert [each["children"] for each in reports(found)] == [[{"livesWith": "mother"}]]
    errors = [{"field": "children.0.livesWith", "accepted": "Input should be 'mother'"}]
    assert answered(found, errors=errors)[0].startswith('children.1.livesWith: "mother" in row 2.')


def test_json_is_checked_in_words_for_json() -> None:
    found = read("a.json", b'{"reportId": "1", "children": [{"livesWith": "mother", "working": "perhaps"}]}')
    check(found)
    assert 'children.0.working: "perhaps" in report 1. Write true or false, without quotation marks.' in found.told
    assert "consent: nothing in report 1. It must be there." in found.told


@pytest.mark.parametrize(
    "text",
    ["ayllu_k", " ayllu_k\r\n", "Authorization: Bearer ayllu_k\n", "authorization:bearer ayllu_k", "\ufeffayllu_k"],
)
def test_a_key_is_found_alone_or_in_the_header_that_curl_reads(tmp_path: Path, text: str) -> None:
    (tmp_path / "key").write_text(text)
    assert read_key(tmp_path / "key") == "ayllu_k"


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "is empty"), ("\n", "is empty"), ("Authorization: Bearer ", "is empty"), ("a key", "more than a key")],
)
def test_a_file_without_a_key_says_so_at_once(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "key").write_text(text)
    with pytest.raises(Unreadable, match=told):
        read_key(tmp_path / "key")
    with pytest.raises(Unreadable, match=r"absent cannot be read: No such file"):
        read_key(tmp_path / "absent")


def test_foreign_text_has_no_power_over_a_terminal() -> None:
    assert plain("José \x1b[31m\u202e\x9b\r\n") == "José \\u001b[31m\\u202e\\u009b\\u000d\n"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([3], "row 3"),
        ([3, 7], "rows 3 and 7"),
        ([3, 7, 9, 10], "rows 3, 7, 9 and 10"),
        (list(range(9)), "rows 0, 1, 2 and 6 more"),
    ],
)
def test_rows_are_named_as_far_as_a_glance_reaches_and_then_counted(given: list[int], told: str) -> None:
    assert rows_told(given) == told


def test_a_workbook_that_is_refused_in_part_is_mended_as_csv(tmp_path: Path) -> None:
    found = read("t.xlsx", as_xlsx(rows({}, {"urgency": "?"}, {})))
    path = refused_path(tmp_path / "t.xlsx", found)
    write_refused(path, found)
    assert (path.name, len(read(path.name, path.read_bytes()).refused)) == ("t.xlsx.refused.csv", 1)
