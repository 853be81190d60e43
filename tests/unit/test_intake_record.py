"""The record of a family: what every report told, and nothing lost by what a later one leaves out."""

from services.intake.domain.record import begin, decide, evolve
from shared.events import Concern, LivesWith, RiskLevel
from shared.settings import Periods
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

C = Concern
HIGH, LOW = RiskLevel.HIGH, RiskLevel.LOW
HOME, PERIODS = LivesWith.BOTH_PARENTS, Periods()


def test_a_family_reported_twice_is_one_family_with_two_reports():
    first = event(named_report(C.SEXUAL_VIOLENCE), 0, source="clinic")
    second = event(report(C.POVERTY, report_id="r2", children=(reported_child(HOME, sex="male"),)), 1, source="school")
    record = evolve(evolve(begin("family/f1"), first), second)
    child = record.children[0]
    assert [each.report_id for each in record.reports] == ["r1", "r2"]
    assert [each.source for each in record.sources] == ["clinic", "school"]
    assert (child.name, child.sex, child.lives_with, child.working) == (PRIVATE[4], "male", HOME, True)
    assert record.address == PRIVATE[3]


def test_the_record_keeps_the_highest_level_any_report_found():
    record = evolve(begin("family/f1"), event(report(C.TRAFFICKING), 0))
    record = evolve(record, event(report(C.POVERTY, report_id="r2"), 1))
    assert (record.risk_level, record.reports[-1].risk_level, record.needs_care) == (HIGH, LOW, ("c1",))


def test_a_birth_date_once_known_is_not_blurred_by_a_later_age():
    record = evolve(begin("family/f1"), event(report(children=(reported_child(birth_date="2015-05-05"),)), 0))
    record = evolve(record, event(report(children=(reported_child(age_years=7),)), 1))
    assert record.children[0].birth_month == "2015-05"


def test_a_caregiver_told_of_twice_is_one_person():
    mother = {"name": "Rosa", "relation": "mother"}
    told = [{**mother, "documentNumber": "1"}, {**mother, "name": "ROSA", "phone": "9"}, {**mother, "name": "Ana"}]
    record = begin("family/f1")
    for hour, caregiver in enumerate(told):
        record = evolve(record, event(report(family={"caregivers": [caregiver]}), hour))
    assert [(each.document_number, each.phone) for each in record.caregivers] == [("1", "9"), (None, None)]


def test_the_first_support_plan_counts():
    record = evolve(evolve(begin("family/f1"), event(support_plan_opened(), 3)), event(support_plan_opened(), 4))
    assert record.support_plan_opened == at(3)


def test_a_fact_intake_does_not_hear_changes_nothing():
    record = begin("family/f1")
    assert evolve(record, event(family_at_risk())) is record
    assert decide(record, event(family_at_risk()), PERIODS) == []
