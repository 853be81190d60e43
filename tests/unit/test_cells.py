"""Cells as people write them: what is certain is taken, what is not is told once with what to write."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ops.sheets.columns import Kind, columns_of, find, known_columns
from ops.sheets.files import read
from shared.events import Concern
from tests.unit.sheets import as_csv, as_xlsx, reading, reports, rows

WORKING, BORN, AT, INCOME = "children.0.working", "children.0.birthDate", "reportedAt", "family.monthlyIncome"


def child(column: str, cell: str) -> Any:
    """What a cell becomes in the report."""
    (report,) = reports(reading({column: cell}))
    return report["children"][0].get(column.rpartition(".")[2])


@pytest.mark.parametrize("word", ["sí", "SI", "x", "X", "✓", "1", "true", "VERDADERO", " yes "])
def test_yes_is_understood(word: str) -> None:
    assert child(WORKING, word) is True


@pytest.mark.parametrize("word", ["no", "NO", "0", "FALSE", "Falso"])
def test_no_is_understood_and_nothing_is_unknown(word: str) -> None:
    assert child(WORKING, word) is False
    assert child(WORKING, " ") is None


def test_other_words_for_yes_are_counted_by_row_and_never_guessed() -> None:
    found = reading(*[{WORKING: word} for word in ("sí", "a veces", "no", "no", "no", "a veces")])
    assert (found.problems, len(found.good)) == ([], 4)
    assert found.told == [
        f'{WORKING}: "a veces" in rows 3 and 7. Write sí or no, or leave it empty if it is not known.'
    ]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2017-05-31", "2017-05-31"),
        ("2017-05-31 00:00:00", "2017-05-31"),
        ("31/05/2017", "2017-05-31"),
        ("31-5-2017", "2017-05-31"),
        ("1/2/2017", "2017-02-01"),
    ],
)
def test_a_day_is_iso_or_has_the_day_first(written: str, read: str) -> None:
    assert child(BORN, written) == read


def test_a_column_with_the_month_first_is_told_once_and_nothing_is_sent() -> None:
    found = reading({BORN: "13/05/2017"}, {BORN: "05/13/2017"}, {BORN: "05/06/2017"})
    assert found.problems == [
        f'{BORN}: "05/13/2017" in row 3. Here the month comes first, so the other dates of the column are not certain '
        "either. Write all of them as 2026-03-31 or 31/03/2026."
    ]


def test_a_bare_number_is_no_date() -> None:
    assert "This is a number in place of a date" in reading({BORN: "46083"}).problems[0]


@pytest.mark.parametrize("written", ["31/02/2017", "2017-13-01", "mayo 2017", "31/05/17", "2017-05-31 08:00"])
def test_a_day_that_is_none_is_refused_with_an_example(written: str) -> None:
    assert reading({}, {}, {BORN: written}).told == [
        f'{BORN}: "{written}" in row 4. Write a date such as 2017-05-31 or 31/05/2017.'
    ]


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("2026-03-02T08:05:00Z", "2026-03-02T08:05:00Z"),
        ("2026-03-02T08:05:00.000-0500", "2026-03-02T08:05:00-05:00"),
        ("02/03/2026 08:05", "2026-03-02T08:05:00-05:00"),
        ("2/3/2026 8:05 p. m.", "2026-03-02T20:05:00-05:00"),
        ("02/03/2026", "2026-03-02T00:00:00-05:00"),
    ],
)
def test_a_moment_without_a_zone_is_of_the_programme_and_that_is_said_once(written: str, sent: str) -> None:
    found = reading({AT: written}, {AT: written})
    assert [each[AT] for each in reports(found)] == [sent, sent]
    assert len([note for note in found.notes if "America/Lima" in note]) == (0 if "T" in written else 1)


def test_another_zone_can_be_named() -> None:
    found = read("table.csv", as_csv(rows({AT: "2026-01-02 08:05"})).encode(), timezone="Europe/Madrid")
    assert reports(found)[0][AT] == "2026-01-02T08:05:00+01:00"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (["850,5"], [850.5]),
        (["1.234,50", "1.234"], [1234.5, 1234]),
        (["1,234.50", "1,234"], [1234.5, 1234]),
        (["1.234.567"], [1234567]),
        (["850.5", "850"], [850.5, 850]),
        (["0.125"], [0.125]),
    ],
)
def test_decimals_are_read_where_the_column_says_what_their_sign_is(written: list[str], sent: list[float]) -> None:
    found = reports(reading(*({INCOME: each} for each in written)))
    assert [each["family"]["monthlyIncome"] for each in found] == sent


@pytest.mark.parametrize("written", [["1,234"], ["1.234"], ["850,5", "850.5"]])
def test_a_sign_that_may_be_either_is_told_once(written: list[str]) -> None:
    (problem,) = reading(*({INCOME: each} for each in written)).problems
    assert "1234.50" in problem


def test_whole_numbers_may_end_in_point_zero_and_keep_their_limits() -> None:
    assert child("children.0.ageYears", "8.0") == 8
    told = reading({}, {}, {"children.0.ageYears": "40"}).told
    assert told == ['children.0.ageYears: "40" in row 4. Write a whole number from 0 to 25, such as 8.']


def test_a_district_without_its_zero_is_not_guessed() -> None:
    found = reading({"district": "60101"}, {"district": "60105"}, {})
    assert found.problems[0].startswith('district: "60101" in row 2; "60105" in row 3. A district has six digits;')
    assert read("t", as_xlsx(rows({"district": 60101}))).problems[0].startswith('district: "60101" in row 2.')


def test_a_text_that_csv_guards_from_spreadsheets_is_that_text() -> None:
    assert reports(reading({"district": '="060105"'}))[0]["district"] == "060105"


@pytest.mark.parametrize(
    "written", ["Violencia física, pobreza", "physical_violence|POVERTY", "physical_violence poverty"]
)
def test_codes_may_be_their_labels_and_divided_as_people_divide_them(written: str) -> None:
    assert reports(reading({"concerns": written}))[0]["concerns"] == ["physical_violence", "poverty"]


def test_an_unknown_code_is_told_with_the_nearest() -> None:
    (told,) = reading({}, {}, {"concerns": "poverty;violensia fisica"}).told
    assert told.startswith(
        'concerns: "violensia fisica" (the nearest is physical_violence) in row 4. Write one or more'
    )


@pytest.mark.parametrize("fault", ["#N/A", "#¡REF!", "#####", "#NAME?"])
def test_a_formula_that_failed_is_no_name(fault: str) -> None:
    assert "A formula failed there" in reading({}, {"children.0.name": fault}).told[0]


def test_digits_that_a_spreadsheet_cut_off_are_not_sent() -> None:
    assert "cut off" in reading({"reporter.contact": "9.87654E+11"}).problems[0]


class Pet(BaseModel):
    """An entry of a list."""

    model_config = ConfigDict(alias_generator=to_camel)

    kind: Literal["cat", "dog"]
    fears: Annotated[tuple[Concern, ...], Field(max_length=5)] = ()


class Novel(BaseModel):
    """A model with fields that no report has today."""

    model_config = ConfigDict(alias_generator=to_camel)

    seen_at: AwareDatetime | None = None
    pets: Annotated[tuple[Pet, ...], Field(max_length=3)] = ()
    night_work: Annotated[bool | None, Field(description="at night")] = None
    size: Annotated[int, Field(ge=1, le=9)]


def test_new_fields_of_a_report_are_columns_by_themselves() -> None:
    found = {".".join(each.way): each for each in columns_of(Novel)}
    kinds = {name: each.kind for name, each in found.items()}
    assert kinds == {
        "seenAt": Kind.MOMENT,
        "pets.#.kind": Kind.CODE,
        "pets.#.fears": Kind.CODES,
        "nightWork": Kind.TRUTH,
        "size": Kind.WHOLE,
    }
    assert (found["size"].least, found["size"].most, found["size"].required) == (1, 9, True)
    assert (found["pets.#.kind"].entries, found["pets.#.kind"].required) == (3, True)


def test_every_concern_is_known_by_its_labels() -> None:
    assert ("physical_violence", "Violencia física", "Physical violence") in known_columns()["concerns"].codes
    assert find("children.50.name") is None
