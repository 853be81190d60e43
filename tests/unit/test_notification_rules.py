"""Notifications' rules: who is told, by when to act, and what nobody has seen stays open."""

import pytest

from services.notifications import handlers
from services.notifications.domain import STATE, begin, decide
from services.notifications.domain.item import RECENT_CAUSES
from shared.events import Concern, RiskLevel
from tests.factories import (
    acknowledged,
    approach_agreed,
    assessment_requested,
    at,
    child_needs_care,
    enrolment_check_opened,
    event,
    family_at_risk,
    placement_requested,
    report,
    risk_reassessed,
    support_plan_opened,
    transferred,
)
from tests.items import ITEM, born, evolve, item, notified

HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
SW, EO, CC, DO = "social_worker", "education_officer", "care_coordinator", "duty_officer"
TOLD = [
    (handlers.family_at_risk, family_at_risk(children=()), [SW]),
    (handlers.family_at_risk, family_at_risk(children=born("2025-01")), [SW]),
    (handlers.family_at_risk, family_at_risk(children=born("2025-01", "2008-01")), [SW, EO]),
    (handlers.family_at_risk, family_at_risk(children=born("2025-01", "2018-01")), [SW, EO]),
    (handlers.family_at_risk, family_at_risk(children=born(None)), [SW, EO]),
    (handlers.family_at_risk, family_at_risk(children=(), level=HIGH), [SW, DO]),
    (handlers.family_at_risk, family_at_risk(children=born("2018-01"), level=HIGH), [SW, DO, EO]),
    (handlers.risk_reassessed, risk_reassessed(MEDIUM, LOW), [SW]),
    (handlers.risk_reassessed, risk_reassessed(HIGH, LOW), [SW, DO]),
    (handlers.risk_reassessed, risk_reassessed(None, LOW), [SW]),
    (handlers.risk_reassessed, risk_reassessed(LOW, HIGH), [SW, DO]),
    (handlers.whole_case, transferred("060101", "060108"), [SW, CC, EO, DO]),
    (handlers.child_needs_care, child_needs_care(urgency=MEDIUM, birth_month="2025-01"), [CC]),
    (handlers.child_needs_care, child_needs_care(urgency=HIGH, birth_month="2025-01"), [CC, DO]),
    (handlers.child_needs_care, child_needs_care(urgency=HIGH, birth_month="2018-01"), [CC, DO, EO]),
    (handlers.child_needs_care, child_needs_care(urgency=MEDIUM, birth_month=None), [CC, EO]),
    (handlers.child_needs_care, child_needs_care(urgency=HIGH, birth_month="2025-01", on_hold=True), [CC, DO, SW]),
    (handlers.whole_case, approach_agreed(), [SW, CC, EO, DO]),
    (handlers.for_social_worker, support_plan_opened(), [SW]),
    (handlers.for_coordinator, placement_requested(), [CC]),
    (handlers.for_coordinator, assessment_requested(), [CC]),
    (handlers.enrolment_check_opened, enrolment_check_opened(), [EO]),
]


@pytest.mark.parametrize(("handler", "fact", "roles"), TOLD)
def test_the_responsible_roles_have_an_item_each(handler, fact, roles):
    assert handler(fact) == [f"family/f1/{role}" for role in roles]


def test_a_family_id_may_hold_a_slash():
    assert (begin("family/a/b/duty_officer").family_id, begin("family/a/b/duty_officer").role) == ("a/b", DO)


@pytest.mark.parametrize(("level", "hours"), [(HIGH, 1), (MEDIUM, 3), (LOW, 24)])
def test_the_time_to_acknowledge_counts_from_when_we_learnt_of_it(level, hours):
    assert item(event(family_at_risk(level=level), 0, learnt=50)).acknowledge_by == at(50 + hours)


def test_an_item_holds_the_highest_level_and_the_earliest_deadline_of_its_causes():
    heard = [
        event(family_at_risk(Concern.POVERTY, level=HIGH, respond_by=at(24)), 0),
        event(family_at_risk(Concern.NEGLECT, level=LOW, respond_by=at(169)), 1),
    ]
    found = item(*heard)
    assert (found.level, found.respond_by, found.acknowledge_by) == (HIGH, at(24), at(1))
    assert [cause.event_id for cause in found.causes] == [each.id for each in heard]
    assert found.concerns == (Concern.POVERTY, Concern.NEGLECT)


@pytest.mark.parametrize("level", [LOW, MEDIUM, HIGH])
def test_staff_are_notified_of_every_cause_whatever_they_know_already(level):
    known, news = event(family_at_risk(level=MEDIUM), 1), event(family_at_risk(level=level), 3)
    for before in (item(), item(known), item(known, event(acknowledged(known), 2))):
        assert notified(before, news) == ["StaffNotified"]


def test_of_one_report_staff_are_told_once_and_again_of_what_is_worse_in_it():
    first, second, worse = (
        event(fact, name=str(number)).model_copy(update={"correlationid": "report"})
        for number, fact in enumerate((family_at_risk(level=MEDIUM),) * 2 + (family_at_risk(level=HIGH),))
    )
    assert notified(item(), first) == ["StaffNotified"]
    assert notified(item(first), second) == []
    assert notified(item(first, second), worse) == ["StaffNotified"]
    assert notified(item(first, event(acknowledged(first), 1)), second) == ["StaffNotified"]


def test_what_staff_are_told_is_about_the_item():
    [(subject, fact)] = decide(item(), event(family_at_risk(level=HIGH, respond_by=at(24))))
    assert (subject, fact.role, fact.level, fact.respond_by) == (ITEM, SW, HIGH, at(24))


def test_progress_alone_notifies_nobody_and_is_kept_for_the_cause_that_follows():
    plan = event(support_plan_opened(), 0)
    assert notified(item(), plan) == []
    assert notified(item(plan), event(family_at_risk(), 1)) == ["StaffNotified"]
    assert [step.type for step in item(plan, event(family_at_risk(), 1)).progress] == ["SupportPlanOpened"]


def test_each_step_is_told_once_with_its_first_time():
    heard = [
        event(enrolment_check_opened("c1"), 1),
        event(enrolment_check_opened("c2"), 2),
        event(enrolment_check_opened("c1"), 3),
    ]
    assert [(step.child_id, step.at) for step in item(*heard).progress] == [("c1", at(1)), ("c2", at(2))]


def test_the_first_to_acknowledge_has_it():
    risk = event(family_at_risk(), 0)
    first, second = event(acknowledged(risk, by="ana"), 1), event(acknowledged(risk, by="luis"), 2)
    assert notified(item(risk), first) == ["NotificationAcknowledged"]
    assert notified(item(risk, first), second) == []
    assert item(risk, first, second).acknowledged.by == "ana"


def test_a_report_after_the_acknowledgement_opens_the_item_again():
    risk, again = event(family_at_risk(), 0), event(family_at_risk(), 200)
    reopened = item(risk, event(acknowledged(risk), 1), again)
    assert (reopened.acknowledged, reopened.acknowledge_by) == (None, at(203))


def test_a_report_that_folds_before_an_acknowledgement_and_came_after_it_is_not_seen_by_it():
    risk, late = event(family_at_risk(), 0), event(family_at_risk(), 1)
    seen, again = event(acknowledged(risk), 2), event(acknowledged(risk, late, by="luis"), 10)
    assert item(risk, late, seen).acknowledged is None
    assert item(risk, late, seen, again).acknowledged.by == "luis"


def test_a_late_report_gives_its_own_time_to_acknowledge():
    risk, late = event(family_at_risk(), 0), event(family_at_risk(), 1, learnt=9)
    assert item(risk, late, event(acknowledged(risk), 2)).acknowledge_by == at(9 + 3)


def test_who_looked_when_there_were_fewer_causes_leaves_the_time_to_acknowledge_as_it_is():
    risk, late = event(family_at_risk(), 0), event(family_at_risk(), 1, learnt=9)
    found = item(risk, late, event(acknowledged(more=1), 2))
    assert (found.acknowledged, found.acknowledge_by) == (None, at(3))


def test_an_acknowledgement_of_before_causes_were_counted_covers_what_was_learnt_of_before_it():
    risk, late, seen = event(family_at_risk(), 0), event(family_at_risk(), 1, learnt=9), event(acknowledged(), 2)
    assert item(risk, seen).acknowledged.by == "staff-7"
    assert item(risk, late, seen).acknowledged is None


def test_an_item_shows_the_latest_causes_and_counts_the_earlier():
    heard = [event(family_at_risk(), hour) for hour in range(RECENT_CAUSES + 3)]
    found = item(*heard)
    assert [cause.event_id for cause in found.causes] == [each.id for each in heard[3:]]
    assert (found.earlier.count, found.count) == (3, RECENT_CAUSES + 3)


def test_a_child_stays_with_its_item_when_its_cause_is_shown_no_more():
    once = event(family_at_risk(children=born("2018-01")), 0)
    others = [event(family_at_risk(children=()), hour) for hour in range(1, RECENT_CAUSES + 2)]
    assert item(once, *others).child_ids == ("c0",)


def test_an_item_stays_open_for_a_cause_that_it_shows_no_more():
    late, risks = event(family_at_risk(), 0, learnt=9), [event(family_at_risk(), 1, name=str(n)) for n in range(6)]
    seen, again = event(acknowledged(*risks[1:], more=1), 2), event(acknowledged(*risks[1:], more=2, by="luis"), 10)
    before, after = item(late, *risks), item(late, *risks, seen)
    assert (after.acknowledged, after.acknowledge_by) == (None, before.acknowledge_by)
    assert item(late, *risks, seen, again).acknowledged.by == "luis"


def test_an_item_never_holds_what_intake_alone_may_know():
    assert evolve(begin(ITEM), event(report(Concern.POVERTY))) == begin(ITEM)
    names = set(STATE.dump_python(item(event(family_at_risk()), event(support_plan_opened())), mode="json"))
    assert names == {
        "familyId", "role", "district", "districts", "leaving", "due", "level", "respondBy", "acknowledgeBy",
        "pressing",
        "riskLevel", "onHold", "heldAt", "childIds", "causes", "earlier", "concerns", "acknowledged",
        "answered", "progress",
    }  # fmt: skip
