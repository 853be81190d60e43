"""Care's rules: which services answer which concern, and siblings kept together."""

import pytest

from services.care.domain.catalogue import ANSWERS, Goal, Service, goals_for, services_for
from services.care.domain import begin, decide, evolve
from services.care.handlers import child_needs_care as concerned_by_need
from services.care.handlers import family_at_risk as concerned_by_risk
from shared.events import Concern, RiskLevel
from tests.factories import at, child_needs_care, event, family_at_risk, fold, report

C = Concern
S = Service
FAMILY, CHILD = "family/f1", "child/c1"

SERVICES = [
    ([], [Goal.CARED_FOR], [S.FAMILY_VISITS]),
    ([C.NEGLECT], [Goal.CARED_FOR], [S.PARENTING_WORKSHOP, S.FAMILY_VISITS]),
    ([C.POVERTY], [Goal.INCOME_SECURED], [S.JOB_TRAINING, S.BUSINESS_TRAINING]),
    ([C.ILLNESS_IN_FAMILY], [Goal.HEALTH_RESTORED], [S.MEDICAL_HELP]),
    ([C.SCHOOL_DROPOUT], [Goal.IN_SCHOOL], [S.RIGHTS_WORKSHOP, S.SCHOOL_ACCESS]),
    ([C.CHRONIC_MALNUTRITION], [Goal.ENOUGH_TO_EAT], [S.MEDICAL_HELP, S.NUTRITION]),
    (
        [C.CHILD_LABOUR, C.POVERTY],
        [Goal.INCOME_SECURED, Goal.FREE_OF_WORK],
        [S.RIGHTS_WORKSHOP, S.JOB_TRAINING, S.BUSINESS_TRAINING, S.SCHOOL_ACCESS],
    ),
]


@pytest.mark.parametrize(("concerns", "goals", "services"), SERVICES)
def test_services_are_matched_to_the_concerns(concerns, goals, services):
    assert (list(goals_for(concerns)), list(services_for(concerns))) == (goals, services)


def test_every_concern_has_a_goal_and_a_service():
    assert set(ANSWERS) == set(C)
    assert all(goal.es and services for goal, services in ANSWERS.values())


def test_care_says_once_that_it_opened_a_plan():
    first, second = event(family_at_risk(C.POVERTY), 0), event(family_at_risk(C.NEGLECT), 1)
    [(subject, opened)] = decide(begin(FAMILY), first)
    assert (subject, opened.services) == (FAMILY, ("job_training", "business_training"))
    assert decide(evolve(begin(FAMILY), first), second) == []


def test_a_later_report_widens_and_hastens_the_plan():
    first = event(family_at_risk(C.POVERTY), 0)
    second = event(family_at_risk(C.PHYSICAL_VIOLENCE, level=RiskLevel.HIGH, respond_by=at(25)), 1)
    third = event(family_at_risk(C.POVERTY, level=RiskLevel.LOW, respond_by=at(170)), 2)
    plan = fold(begin, evolve, FAMILY, [first, second, third])
    assert (plan.level, plan.respond_by, plan.opened) == (RiskLevel.HIGH, at(25), at(0))
    assert plan.concerns == (C.POVERTY, C.PHYSICAL_VIOLENCE)
    assert S.COUNSELLING in plan.services


def test_siblings_are_kept_together():
    placement = fold(begin, evolve, CHILD, [event(child_needs_care("c1", "c3", "c0"))])
    assert placement.keep_together == ("c0", "c1", "c3")


def test_a_sibling_reported_later_is_kept_with_the_others():
    heard = [event(child_needs_care("c1", "c2"), 0), event(child_needs_care("c1", "c3"), 1)]
    assert fold(begin, evolve, CHILD, heard).keep_together == ("c1", "c2", "c3")


def test_care_says_once_that_it_looks_for_a_home():
    first, second = event(child_needs_care("c1", "c2"), 0), event(child_needs_care("c1"), 1)
    [(subject, requested)] = decide(begin(CHILD), first)
    assert (subject, requested.siblings, requested.respond_by) == (CHILD, ("c2",), at(24))
    assert decide(evolve(begin(CHILD), first), second) == []


def test_a_placement_keeps_the_most_urgent_and_what_was_known_of_the_child():
    heard = [
        event(child_needs_care(urgency=RiskLevel.MEDIUM, birth_month="2019-01", respond_by=at(72)), 0),
        event(child_needs_care(reason=C.TRAFFICKING, respond_by=at(25)), 1),
    ]
    placement = fold(begin, evolve, CHILD, heard)
    assert (placement.urgency, placement.respond_by) == (RiskLevel.HIGH, at(25))
    assert (placement.birth_month, placement.reasons) == ("2019-01", (C.ABANDONMENT, C.TRAFFICKING))


def test_care_leaves_alone_what_it_does_not_hear():
    assert evolve(begin(FAMILY), event(report(C.POVERTY))) == begin(FAMILY)
    assert decide(begin(CHILD), event(family_at_risk())) == []


def test_a_risk_concerns_the_family_and_a_need_the_child():
    assert concerned_by_risk(family_at_risk()) == [FAMILY]
    assert concerned_by_need(child_needs_care()) == [CHILD]
