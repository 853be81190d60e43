"""A report with a child reaches a person, or its answer says why not. Each example here was silent once."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings

from services.intake.domain.ages import told_birth
from services.intake.domain.children import is_minor
from shared.events import ChildNeedsCare, Concern, FamilyAtRisk, LivesWith, ReportedChild, ReportSubmitted, RiskLevel
from tests.arbitrary import entries, quiet_entries, reports
from tests.factories import report, reported_child
from tests.programme import PROGRAMME, assessed, cited

C, L = Concern, LivesWith
HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
HOMES = {L.BOTH_PARENTS, L.MOTHER, L.FATHER, L.GRANDPARENTS, L.RELATIVES}
often = settings(max_examples=300, deadline=None)


def one(lives_with: LivesWith = L.MOTHER, **told: Any) -> ReportSubmitted:
    """A report on one child, reported on 2 March 2026."""
    return report(children=(reported_child(lives_with, **told),))


EXAMPLES = {
    "seventeen, in the street": (one(L.STREET, birth_date="2008-03-30"), HIGH),
    "thirteen and working": (one(birth_date="2012-03-30", working=True), MEDIUM),
    "four, acute malnutrition": (one(birth_date="2021-03-30", malnutrition="acute"), HIGH),
    "born in 1900, aged eight, working": (one(birth_date="1900-01-01", age_years=8, working=True), MEDIUM),
    "born in 2030, aged eight, working": (one(birth_date="2030-05-01", age_years=8, working=True), MEDIUM),
    "urgent, with a narrative and no code": (one(in_school=True).but(urgency=HIGH, narrative="Oyó gritos."), HIGH),
    "urgent, and nothing else": (report(children=(), urgency=MEDIUM), MEDIUM),
    "of unknown age, working, out of school": (one(working=True, in_school=False), MEDIUM),
    "seventeen, out of school": (one(age_years=17, in_school=False), LOW),
    "fifteen, thirty hours of work": (one(age_years=15, working=True, work_hours=30), LOW),
    "fifteen, thirty hours, 'does not work'": (one(age_years=15, working=False, work_hours=30), LOW),
    "a child, and not a word": (one(), LOW),
    "in school, without a protective adult": (one(in_school=True, protective_adult=False), LOW),
    "a narrative, no child": (report(children=(), narrative="Lloran de noche."), LOW),
    "born by the year, may be four": (one(birth_year=2021, malnutrition="acute"), HIGH),
    "born by the year, may be seventeen": (one(L.STREET, birth_year=2008), HIGH),
    "a sister of nineteen, beaten": (one(age_years=19, concerns=(C.PHYSICAL_VIOLENCE,)), HIGH),
}


@pytest.mark.parametrize(("told", "level"), EXAMPLES.values(), ids=EXAMPLES)
def test_what_was_silent_reaches_a_person(told: ReportSubmitted, level: RiskLevel) -> None:
    found = assessed(told)
    assert found.risk_level == level
    assert found.family_at_risk or found.children_need_care


SILENT = {
    "a plain question": (report(children=()), "S01"),
    "a question with white space for a narrative": (report(children=(), narrative=" \n\t"), "S01"),
    "a sister of nineteen, nothing told": (one(age_years=19), "S01"),
    "back in school, stopped working": (one(age_years=10, in_school=True, working=False), "S02"),
    "in an institution by an authority": (one(L.INSTITUTION, placed_by_authority=True), "S02"),
    "in a foster family by an authority": (one(L.FOSTER_FAMILY, placed_by_authority=True), "S02"),
}


@pytest.mark.parametrize(("told", "why"), SILENT.values(), ids=SILENT)
def test_who_is_silent_is_told_so_and_why(told: ReportSubmitted, why: str) -> None:
    found = assessed(told)
    assert (found.risk_level, found.family_at_risk, found.children_need_care) == (None, None, ())
    assert (found.nobody_told and found.nobody_told.rule, cited(told)) == (why, [why])


def test_what_a_silent_report_newly_says_of_a_child_is_said_on() -> None:
    (updated,) = assessed(one(age_years=10, in_school=True, working=False)).children_updated
    assert (updated.child_id, updated.in_school, updated.working, updated.concerns) == ("c1", True, False, ())


@pytest.mark.parametrize("slip", ["1900-01-01", "2030-05-01"])
def test_an_impossible_birth_date_is_told_to_the_sender_by_its_field(slip: str) -> None:
    (note,) = assessed(one(birth_date=slip, age_years=8)).notes
    assert note.field == "children.0.birthDate"
    assert note.es
    assert note.en


def test_hours_beside_not_working_are_told_to_the_sender() -> None:
    assert [note.field for note in assessed(one(working=False, work_hours=30)).notes] == ["children.0.working"]


def test_somebody_who_is_not_taken_to_be_a_child_is_told_to_the_sender() -> None:
    grown_up = assessed(one(L.STREET, birth_date="2008-03-02"))
    assert grown_up.nobody_told
    assert [note.field for note in grown_up.notes] == ["children.0"]
    assert assessed(one(L.STREET, birth_date="2008-03-03")).notes == ()
    assert assessed(one(L.STREET, birth_year=2008)).notes == ()


@pytest.mark.parametrize(("hour", "spoken"), [(4, True), (6, False)])
def test_a_child_is_as_old_as_it_is_where_it_lives(hour: int, spoken: bool) -> None:
    moment = datetime(2026, 3, 30, hour, tzinfo=UTC)  # five hours earlier in Lima: the day before, then the birthday
    told = one(L.STREET, birth_date="2008-03-30").but(reported_at=moment)
    assert bool(assessed(told).children_need_care) is spoken


@often
@given(told=reports())
def test_a_report_reaches_a_person_or_its_answer_says_why_not(told: ReportSubmitted) -> None:
    found = assessed(told)
    spoken = any(isinstance(fact, FamilyAtRisk | ChildNeedsCare) for _, fact in found.facts)
    assert (found.risk_level is not None) == (found.nobody_told is None) == bool(found.reasons) == spoken


@often
@given(told=reports())
def test_urgency_a_narrative_or_any_concern_reaches_a_person(told: ReportSubmitted) -> None:
    worried = told.urgency or (told.narrative or "").strip() or told.concerns or any(c.concerns for c in told.children)
    assert not worried or assessed(told).risk_level


@often
@given(told=reports(quiet_entries, most=2) | reports())
def test_only_a_question_and_good_news_are_silent(told: ReportSubmitted) -> None:
    if assessed(told).risk_level is None:
        day = PROGRAMME.day(told.reported_at)
        assert not [child for child in told.children if _may_be_a_child(child, day) and _is_worrying(child, day)]


@often
@given(told=reports())
def test_every_child_that_is_told_of_is_spoken_of(told: ReportSubmitted) -> None:
    found, day = assessed(told), PROGRAMME.day(told.reported_at)
    said = {each.child_id for each in (*found.children_need_care, *found.children_updated)}
    said |= {each.child_id for each in found.family_at_risk.children} if found.family_at_risk else set()
    pairs = zip(told.child_ids, told.children, strict=True)
    assert said == {child_id for child_id, child in pairs if _may_be_a_child(child, day)}


@often
@given(told=reports(entries))
def test_whoever_asks_for_a_fast_answer_gets_one_no_slower(told: ReportSubmitted) -> None:
    urged = assessed(told.but(urgency=MEDIUM)).risk_level
    assert urged
    assert urged.rank == max(RiskLevel.MEDIUM.rank, (assessed(told.but(urgency=None)).risk_level or LOW).rank)


def _may_be_a_child(child: ReportedChild, day: Any) -> bool:
    return is_minor(told_birth(child, day).birth, day)


def _is_worrying(child: ReportedChild, day: Any) -> bool:
    """Whether anything that is told of a child is no good news, or nothing is."""
    birth = told_birth(child, day).birth
    school_age = birth is None or birth.ages(day)[1] >= 3
    good = child.in_school, child.working is False, child.malnutrition == "none", child.placed_by_authority
    return bool(
        (child.lives_with not in HOMES and not child.placed_by_authority)
        or child.working
        or child.work_hours
        or child.trade
        or child.night_work
        or child.malnutrition in ("chronic", "acute")
        or (child.in_school is False and school_age)
        or child.protective_adult is False
        or child.concerns
        or not any(good)
    )
