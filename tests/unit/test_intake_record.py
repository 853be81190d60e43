"""The record of a family: what every report told, and nothing lost by what a later one leaves out."""

from typing import Any

from services.intake.domain.record import FamilyRecord, begin, decide, evolve
from shared.events import Concern, Event, LivesWith, ReportedChild, RiskLevel, Trade
from tests.factories import (
    PRIVATE,
    at,
    event,
    family_at_risk,
    named_report,
    report,
    reported_child,
    support_plan_opened,
)
from tests.programme import PROGRAMME

C = Concern
HIGH, LOW = RiskLevel.HIGH, RiskLevel.LOW
HOME = LivesWith.BOTH_PARENTS
EMPTY = begin("family/f1")


def after(*events: Event, known: FamilyRecord = EMPTY) -> FamilyRecord:
    """The record after these, in this order."""
    for each in events:
        known = evolve(known, each, PROGRAMME)
    return known


def told(*children: ReportedChild, hours: float = 0, **more: Any) -> Event:
    """A report on these children."""
    return event(report(children=children, report_id=f"r{hours}", reported_at=at(hours), **more), hours)


def child(*told_of_it: dict[str, Any], every: float = 1) -> Any:
    """What is known of a child after it was told of in one report after the other, so many hours apart."""
    reports = [told(reported_child(**each), hours=at_hour * every) for at_hour, each in enumerate(told_of_it)]
    return after(*reports).children[0]


def test_a_family_reported_twice_is_one_family_with_two_reports() -> None:
    first = event(named_report(C.SEXUAL_VIOLENCE), 0, source="clinic")
    second = event(report(C.POVERTY, report_id="r2", children=(reported_child(HOME, sex="male"),)), 1, source="school")
    record = after(first, second)
    known = record.children[0]
    assert [each.report_id for each in record.reports] == ["r1", "r2"]
    assert [each.source for each in record.sources] == ["clinic", "school"]
    assert (known.name, known.sex, known.lives_with, known.working) == (PRIVATE[4], "male", HOME, True)
    assert record.address == PRIVATE[3]


def test_a_report_in_the_record_keeps_its_own_level_beside_that_of_the_family() -> None:
    record = after(event(report(C.TRAFFICKING), 0), event(report(C.POVERTY, report_id="r2"), 1))
    assert (record.risk_level, record.reports[-1].risk_level, record.needs_care) == (HIGH, LOW, ("c1",))


EVERYTHING = {
    "name": "Ana",
    "birth_date": "2015-05-05",
    "sex": "female",
    "district": "060105",
    "placed_by_authority": False,
    "protective_adult": True,
    "in_school": False,
    "working": True,
    "work_hours": 20,
    "trade": "commerce",
    "night_work": True,
    "malnutrition": "chronic",
}


def test_what_a_later_report_leaves_out_of_a_child_stays() -> None:
    assert child(EVERYTHING, {}) == child(EVERYTHING)
    assert [name for name in EVERYTHING if getattr(child(EVERYTHING), name) is None] == []


def test_what_a_later_report_tells_of_a_child_counts() -> None:
    known = child(EVERYTHING, {"in_school": True, "malnutrition": "none", "lives_with": LivesWith.RELATIVES})
    assert (known.in_school, known.malnutrition, known.lives_with) == (True, "none", LivesWith.RELATIVES)


def test_whoever_stopped_working_has_no_hours_trade_or_nights_any_more() -> None:
    known = child(EVERYTHING, {"working": False})
    assert (known.working, known.work_hours, known.trade, known.night_work) == (False, None, None, None)


def test_hours_say_that_a_child_works_again() -> None:
    known = child({"working": False}, {"work_hours": 30})
    assert (known.working, known.work_hours) == (True, 30)


def test_a_trade_told_beside_not_working_is_work() -> None:
    known = child({"working": False, "trade": "mining"})
    assert (known.working, known.trade) == (True, Trade.MINING)


def test_a_birth_date_is_not_blurred_by_a_later_age() -> None:
    known = child({"birth_date": "2015-05-05"}, {"age_years": 7})
    assert (str(known.birth_date), known.birth_year, known.birth_month) == ("2015-05-05", 2015, "2015-05")


def test_a_birth_date_takes_the_place_of_an_estimate() -> None:
    known = child({"age_years": 10}, {"birth_date": "2015-05-05"})
    assert str(known.birth_date) == str(known.born_from) == str(known.born_until) == "2015-05-05"


def test_two_estimates_narrow_each_other_down() -> None:
    known = child({"birth_year": 2017}, {"age_years": 8})
    assert (known.birth_date, str(known.born_from), str(known.born_until)) == (None, "2017-03-03", "2017-12-31")


def test_of_two_estimates_that_exclude_each_other_the_latest_counts() -> None:
    known = child({"birth_year": 2017}, {"birth_year": 2018})
    assert (str(known.born_from), str(known.born_until), known.birth_year) == ("2018-01-01", "2018-12-31", 2018)


def test_ages_told_in_two_years_leave_the_days_that_fit_both() -> None:
    known = child({"age_years": 8}, {"age_years": 9}, every=200 * 24)
    assert (str(known.born_from), str(known.born_until)) == ("2017-03-03", "2017-09-18")
    assert known.birth_year == 2017


def test_an_impossible_birth_is_not_in_the_record() -> None:
    known = child({"birth_date": "1900-01-01", "birth_year": 1900})
    assert (known.birth_date, known.birth_year, known.birth_month, known.born_from) == (None, None, None, None)


def test_a_child_that_contradicts_another_is_flagged_in_the_record() -> None:
    flagged = event(report(children=(reported_child(),), child_ids=("c2",), contradicts=("c1",)))
    assert [(each.child_id, each.contradicts) for each in after(flagged).children] == [("c2", "c1")]


def test_a_caregiver_told_of_three_times_is_one_person_beside_another() -> None:
    mother = {"name": "Rosa", "relation": "mother"}
    people = [
        {**mother, "documentNumber": "45678912"},
        {**mother, "name": "ROSA", "phone": "9"},
        {**mother, "name": "Ana"},
    ]
    record = after(*(event(report(family={"caregivers": [each]}), hour) for hour, each in enumerate(people)))
    assert [(each.document_number, each.phone) for each in record.caregivers] == [("45678912", "9"), (None, None)]


def test_the_first_support_plan_counts() -> None:
    assert after(event(support_plan_opened(), 3), event(support_plan_opened(), 4)).support_plan_opened == at(3)


def test_a_fact_intake_does_not_hear_changes_nothing() -> None:
    assert evolve(EMPTY, event(family_at_risk()), PROGRAMME) is EMPTY
    assert decide(EMPTY, event(family_at_risk()), PROGRAMME) == []
