"""When a child was born, as far as a report tells: always a range, and how old it may be on a day."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.ages import Birth, told_birth, years
from services.intake.domain.children import is_minor
from shared.events import LivesWith, ReportedChild

TODAY = date(2026, 3, 2)
days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def told(day: date = TODAY, **fields: Any) -> Any:
    return told_birth(ReportedChild(lives_with=LivesWith.MOTHER, **fields), day)


def exact(text: str) -> Birth:
    born = date.fromisoformat(text)
    return Birth(born, born, exact=True)


def born(day: date = TODAY, **fields: Any) -> Birth:
    birth = told(day, **fields).birth
    assert birth
    return birth


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("2012-03-03", "2026-03-02", 13),
        ("2012-03-02", "2026-03-02", 14),
        ("2020-02-29", "2026-02-28", 5),
        ("2020-02-29", "2026-03-01", 6),
        ("2020-02-29", "2024-02-29", 4),
        ("2026-03-03", "2026-03-02", -1),
    ],
)
def test_a_birthday_is_completed_on_its_day(birth: str, day: str, age: int) -> None:
    assert years(date.fromisoformat(birth), date.fromisoformat(day)) == age


FIELDS = [
    ({}, None, None),
    ({"birth_date": "2019-11-30"}, "2019-11-30", "2019-11-30"),
    ({"birth_date": "2019-11-30", "birth_year": 2019, "age_years": 6}, "2019-11-30", "2019-11-30"),
    ({"birth_year": 2018}, "2018-01-01", "2018-12-31"),
    ({"birth_year": 2018, "age_years": 7}, "2018-01-01", "2018-12-31"),
    ({"age_years": 8}, "2017-03-03", "2018-03-02"),
    ({"age_years": 0}, "2025-03-03", "2026-03-02"),
    ({"birth_year": 2026}, "2026-01-01", "2026-03-02"),
    ({"birth_date": "2026-03-02"}, "2026-03-02", "2026-03-02"),
]


@pytest.mark.parametrize(("fields", "earliest", "latest"), FIELDS)
def test_a_birth_is_a_range_by_the_most_precise_field(fields: Any, earliest: str | None, latest: str | None) -> None:
    found = told(**fields)
    assert found.set_aside == ()
    assert (found.birth and (str(found.birth.earliest), str(found.birth.latest))) == (earliest and (earliest, latest))


IMPOSSIBLE = [
    ({"birth_date": "1900-01-01", "age_years": 8}, ("birthDate",), (8, 8)),
    ({"birth_date": "2030-05-01", "age_years": 8}, ("birthDate",), (8, 8)),
    ({"birth_date": "2026-03-03"}, ("birthDate",), None),
    ({"birth_year": 1916}, ("birthYear",), None),
    ({"birth_year": 2027, "age_years": 3}, ("birthYear",), (3, 3)),
]


@pytest.mark.parametrize(("fields", "aside", "ages"), IMPOSSIBLE)
def test_a_field_that_cannot_be_is_set_aside_and_the_others_count(fields: Any, aside: Any, ages: Any) -> None:
    found = told(**fields)
    assert (found.set_aside, found.birth and found.birth.ages(TODAY)) == (aside, ages)


def test_fields_that_contradict_each_other_count_together_so_that_whoever_may_be_a_child_is_one() -> None:
    found = told(birth_date="2007-01-01", age_years=16)
    assert found.set_aside == ("birthDate", "ageYears")
    assert found.birth.ages(TODAY) == (16, 19)
    assert is_minor(found.birth, TODAY)


MINORS = [
    ({"birth_date": "2008-03-03"}, True),
    ({"birth_date": "2008-03-02"}, False),
    ({"birth_year": 2008}, True),
    ({"birth_year": 2007}, False),
    ({"age_years": 17}, True),
    ({"age_years": 18}, False),
    ({}, True),
]


@pytest.mark.parametrize(("fields", "minor"), MINORS)
def test_whoever_may_be_under_eighteen_on_the_day_is_a_child(fields: Any, minor: bool) -> None:
    assert is_minor(told(**fields).birth, TODAY) is minor


@given(age=st.integers(0, 25), day=days)
def test_an_age_told_is_the_age_on_that_day_leap_days_too(age: int, day: date) -> None:
    birth = born(day, age_years=age)
    assert birth.ages(day) == (age, age)
    assert (years(birth.earliest - timedelta(1), day), years(birth.latest + timedelta(1), day)) == (age + 1, age - 1)


@given(birth=days, first=days, second=days)
def test_ages_told_of_one_child_on_different_days_never_contradict(birth: date, first: date, second: date) -> None:
    told_of = [born(day, age_years=years(birth, day)) for day in (first, second) if 0 <= years(birth, day) <= 25]
    assert not any(one.contradicts(other) or not one.agrees_with(other) for one in told_of for other in told_of)


@given(birth=days, day=days)
def test_an_age_never_contradicts_the_birth_date_it_was_counted_from(birth: date, day: date) -> None:
    if 0 <= years(birth, day) <= 25:
        assert not told(day, birth_date=birth, age_years=years(birth, day)).set_aside


CONTRADICTIONS = [
    (exact("2016-03-01"), exact("2016-03-02"), True),
    (exact("2016-03-01"), exact("2016-03-01"), False),
    (born(birth_year=2017), born(birth_year=2018), False),
    (born(birth_year=2017), born(birth_year=2019), True),
    (born(age_years=8), born(age_years=9), False),
    (born(age_years=8), born(age_years=10), True),
    (exact("2018-03-03"), born(age_years=8), False),  # eight tomorrow
    (exact("2019-03-02"), born(age_years=8), False),  # seven today
    (exact("2019-03-03"), born(age_years=8), True),  # six
    (exact("2015-03-02"), born(birth_year=2017), True),
]


@pytest.mark.parametrize(("one", "other", "contradict"), CONTRADICTIONS)
def test_another_day_or_an_estimate_more_than_a_year_off_contradicts(
    one: Birth, other: Birth, contradict: bool
) -> None:
    assert (one.contradicts(other), other.contradicts(one)) == (contradict, contradict)


@pytest.mark.parametrize(
    ("birth", "month"),
    [
        (exact("2019-11-30"), "2019-11"),
        (born(birth_year=2018), "2018-07"),
        (born(age_years=8), "2017-09"),
        (born(birth_year=2026), "2026-01"),
    ],
)
def test_the_month_that_others_hear_is_that_of_the_middle_of_the_range(birth: Birth, month: str) -> None:
    assert birth.month == month
