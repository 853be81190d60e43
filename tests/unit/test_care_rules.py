"""Care's rules: which services answer which concern, and siblings kept together."""

import pytest

from services.care.domain import begin, decide, evolve
from services.care.domain.catalogue import ANSWERS, Goal, Service, goals_for, services_for
from services.care.handlers import child_needs_care as concerned_by_need
from services.care.handlers import family_at_risk as concerned_by_risk
from shared.events import CareAssessmentRequested, Concern, LivesWith, RiskLevel, Role
from shared.events.deadlines import MOST_DUE
from tests.factories import (
    acknowledged,
    answered,
    approach_agreed,
    at,
    child_needs_care,
    child_updated,
    event,
    family_at_risk,
    fold,
    placement_requested,
    report,
    risk_reassessed,
    support_plan_opened,
    transferred,
)

C = Concern
S = Service
FAMILY, CHILD = "family/f1", "child/c1"

SERVICES = [
    ([], [Goal.CARED_FOR], [S.FAMILY_VISITS]),
    ([C.NEGLECT], [Goal.CARED_FOR], [S.PARENTING_WORKSHOP, S.FAMILY_VISITS]),
    ([C.POVERTY], [Goal.INCOME_SECURED], [S.JOB_TRAINING, S.BUSINESS_TRAINING]),
    ([C.ILLNESS_IN_FAMILY], [Goal.HEALTH_RESTORED], [S.MEDICAL_HELP]),
    ([C.SCHOOL_DROPOUT], [Goal.IN_SCHOOL], [S.RIGHTS_WORKSHOP, S.SCHOOL_ACCESS]),
    ([C.ACUTE_MALNUTRITION], [Goal.ENOUGH_TO_EAT], [S.MEDICAL_HELP, S.NUTRITION]),
    ([C.SELF_HARM_RISK], [Goal.HEALTH_RESTORED], [S.MEDICAL_HELP, S.COUNSELLING]),
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


def test_an_answered_emergency_leaves_a_plan_the_deadline_of_what_is_not_answered():
    march = event(family_at_risk(C.PHYSICAL_VIOLENCE, level=RiskLevel.HIGH, respond_by=at(24)), 0)
    august = event(family_at_risk(C.POVERTY, level=RiskLevel.LOW, respond_by=at(4000)), 3900)
    plan = fold(begin, evolve, FAMILY, [march, event(answered(march), 5), august])
    assert (plan.level, plan.respond_by) == (RiskLevel.LOW, at(4000))
    nothing_waits = fold(begin, evolve, FAMILY, [march, event(answered(march), 5)])
    assert (nothing_waits.level, nothing_waits.respond_by, nothing_waits.due) == (None, None, ())


@pytest.mark.parametrize("count", [MOST_DUE, MOST_DUE + 1, 30])
def test_the_answer_to_all_causes_of_a_family_ends_them_in_its_plan_however_many_there_are(count):
    causes = [event(family_at_risk(respond_by=at(100 + n)), n, name=str(n)) for n in range(count)]
    unknown = event(family_at_risk(respond_by=at(500)), 35, name="late")
    assert fold(begin, evolve, FAMILY, [*causes, event(answered(*causes), 40)]).due == ()
    left = fold(begin, evolve, FAMILY, [*causes, unknown, event(answered(*causes), 40)])
    assert left.level == RiskLevel.MEDIUM


def test_what_education_answers_for_school_ends_no_deadline_of_care():
    risk, need = event(family_at_risk(), 0), event(child_needs_care(), 0)
    for cause, document in ((risk, FAMILY), (need, CHILD)):
        by = {role: fold(begin, evolve, document, [cause, event(answered(cause, role=role), 1)]) for role in Role}
        assert [role for role, found in by.items() if found.respond_by] == [Role.EDUCATION_OFFICER]


def test_a_family_is_on_hold_though_no_child_at_home_is_why():
    plan = fold(begin, evolve, FAMILY, [event(family_at_risk(C.NEGLECT), 0), event(child_needs_care(on_hold=True), 1)])
    assert (plan.on_hold, plan.services, plan.children) == (True, (S.AUTHORITY_FIRST,), ("c1",))
    assert fold(begin, evolve, FAMILY, [event(child_needs_care(on_hold=True), 1)]).opened is None


def test_an_assessment_is_not_on_hold_once_the_authority_agrees():
    need = event(child_needs_care(on_hold=True), 0)
    assert not fold(begin, evolve, CHILD, [need, event(approach_agreed(), 1)]).on_hold
    assert decide(fold(begin, evolve, CHILD, [need]), event(approach_agreed(), 1)) == []


def test_an_authority_did_not_agree_to_what_came_after_though_it_happened_before():
    first, late = event(family_at_risk(on_hold=True), 0), event(family_at_risk(on_hold=True), 1, learnt=9)
    plan = fold(begin, evolve, FAMILY, [first, late, event(approach_agreed(), 5)])
    assert (plan.on_hold, plan.agreed, plan.services) == (True, None, (S.AUTHORITY_FIRST,))
    need, later = event(child_needs_care(on_hold=True), 0, learnt=9), event(approach_agreed(), 10)
    assert fold(begin, evolve, CHILD, [need, event(approach_agreed(), 5)]).on_hold
    assert not fold(begin, evolve, CHILD, [need, event(approach_agreed(), 5), later]).on_hold


def test_an_answer_that_comes_before_its_cause_ends_it_all_the_same():
    cause = event(family_at_risk(), 0)
    early = evolve(begin(FAMILY), event(answered(cause), 5))
    assert early.due == ()
    assert fold(begin, evolve, FAMILY, [event(answered(cause), 5), cause]).due == ()


def test_an_acknowledgement_and_an_automatic_reaction_end_no_deadline():
    cause = event(family_at_risk(), 0)
    heard = [cause, event(acknowledged(cause), 1), event(support_plan_opened(), 2)]
    assert fold(begin, evolve, FAMILY, heard).respond_by == at(72)


def test_the_level_of_the_family_is_what_intake_says_all_comes_to():
    heard = [event(family_at_risk(level=RiskLevel.LOW), 0), event(risk_reassessed(RiskLevel.HIGH, RiskLevel.LOW), 1)]
    assert fold(begin, evolve, FAMILY, heard).risk_level == RiskLevel.HIGH
    assert fold(begin, evolve, FAMILY, [*heard, event(risk_reassessed(None, RiskLevel.HIGH), 2)]).risk_level is None


def test_hardships_that_add_up_are_to_be_answered_by_when_the_family_as_a_whole_is():
    low = event(family_at_risk(level=RiskLevel.LOW, respond_by=at(168)), 0)
    rise = event(risk_reassessed(RiskLevel.HIGH, RiskLevel.LOW, respond_by=at(25)), 1)
    plan = fold(begin, evolve, FAMILY, [low, rise])
    assert (plan.level, plan.respond_by) == (RiskLevel.HIGH, at(25))
    assert fold(begin, evolve, FAMILY, [low, rise, event(answered(rise), 2)]).respond_by == at(168)
    high = event(family_at_risk(level=RiskLevel.HIGH, respond_by=at(24)), 0)
    assert len(fold(begin, evolve, FAMILY, [high, rise]).due) == 1
    assert len(fold(begin, evolve, FAMILY, [low, event(risk_reassessed(RiskLevel.LOW, RiskLevel.HIGH), 1)]).due) == 1


def test_nobody_goes_to_a_family_on_hold_until_the_authority_agrees():
    held = event(family_at_risk(C.SEXUAL_VIOLENCE, on_hold=True), 0)
    plan = evolve(begin(FAMILY), held)
    assert (plan.on_hold, plan.services) == (True, (S.AUTHORITY_FIRST,))
    assert decide(begin(FAMILY), held)[0][1].services == ("authority_first",)
    more = event(family_at_risk(C.POVERTY), 1)
    assert evolve(plan, more).services == (S.AUTHORITY_FIRST,)
    agreed = fold(begin, evolve, FAMILY, [held, more, event(approach_agreed(), 2)])
    assert (agreed.on_hold, agreed.agreed.authority, S.COUNSELLING in agreed.services) == (False, "upe", True)
    again = fold(begin, evolve, FAMILY, [held, event(approach_agreed(), 2), event(held.data, 3)])
    assert (again.on_hold, again.agreed) == (True, None)


def test_what_people_decide_is_said_on():
    agreed, asked = event(approach_agreed()), event(placement_requested())
    assert decide(begin(FAMILY), agreed) == [(FAMILY, agreed.data)]
    assert decide(begin(CHILD), asked) == [(CHILD, asked.data)]


def test_siblings_are_kept_together():
    found = fold(begin, evolve, CHILD, [event(child_needs_care("c1", "c3", "c0"))])
    assert found.keep_together == ("c0", "c1", "c3")


def test_a_sibling_reported_later_is_kept_with_the_others():
    heard = [event(child_needs_care("c1", "c2"), 0), event(child_needs_care("c1", "c3"), 1)]
    assert fold(begin, evolve, CHILD, heard).keep_together == ("c1", "c2", "c3")


def test_care_asks_once_for_an_assessment_and_never_for_a_placement_by_itself():
    first, second = event(child_needs_care("c1", "c2"), 0), event(child_needs_care("c1"), 1)
    [(subject, requested)] = decide(begin(CHILD), first)
    assert (type(requested), subject, requested.siblings) == (CareAssessmentRequested, CHILD, ("c2",))
    assert (requested.reasons, requested.respond_by) == ((C.ABANDONMENT,), at(24))
    assert decide(evolve(begin(CHILD), first), second) == []


def test_a_person_asks_for_a_placement_and_the_first_counts():
    heard = [event(child_needs_care(), 0), event(placement_requested(by="ana"), 1), event(placement_requested(), 2)]
    assert fold(begin, evolve, CHILD, heard).placement.by == "ana"


def test_a_placement_that_an_earlier_version_asked_for_by_itself_is_none():
    old = event(placement_requested(by=None), 1)
    assert fold(begin, evolve, CHILD, [event(child_needs_care(), 0), old]).placement is None


@pytest.mark.parametrize(
    ("told", "questions"),
    [
        ({"reason": C.PARENTS_DEAD, "lives_with": LivesWith.GRANDPARENTS}, ["guardianship"]),
        ({"reason": C.PARENTS_ABSENT, "lives_with": LivesWith.RELATIVES}, []),
        ({"reason": C.PARENTS_ABSENT, "lives_with": LivesWith.INSTITUTION}, ["authority"]),
        ({"reason": C.SEXUAL_VIOLENCE, "lives_with": LivesWith.MOTHER}, ["protective_adult"]),
    ],
)
def test_an_assessment_asks_what_is_to_be_found_out(told, questions):
    assert list(fold(begin, evolve, CHILD, [event(child_needs_care(**told))]).questions) == questions


def test_an_assessment_keeps_the_most_urgent_and_what_was_known_of_the_child():
    heard = [
        event(child_needs_care(urgency=RiskLevel.MEDIUM, birth_month="2019-01", respond_by=at(72)), 0),
        event(child_needs_care(reason=C.TRAFFICKING, respond_by=at(25)), 1),
        event(child_updated(in_school=True), 2),
    ]
    found = fold(begin, evolve, CHILD, heard)
    assert (found.urgency, found.respond_by) == (RiskLevel.HIGH, at(25))
    assert (found.birth_month, found.in_school, found.reasons) == ("2019-01", True, (C.ABANDONMENT, C.TRAFFICKING))
    assert fold(begin, evolve, CHILD, [*heard, event(answered(heard[1]), 3)]).urgency == RiskLevel.MEDIUM


def test_a_case_stays_in_every_district_that_reported_it_until_it_is_transferred():
    heard = [event(family_at_risk(district="060101"), 0), event(family_at_risk(district="060105"), 1)]
    assert fold(begin, evolve, FAMILY, heard).districts == ("060101", "060105")
    moved = fold(begin, evolve, FAMILY, [*heard, event(transferred("060101", "060108"), 2)])
    assert (moved.district, moved.districts) == ("060108", ("060105", "060108"))


def test_a_transfer_of_one_family_takes_the_assessment_from_no_district_of_the_other():
    heard = [
        event(child_needs_care(), 0),
        event(child_needs_care(family_id="f2"), 1),
        event(transferred("060101", "060108"), 2),
    ]
    assert set(fold(begin, evolve, CHILD, heard).districts) == {"060101", "060108"}


def test_care_leaves_alone_what_it_does_not_hear():
    assert evolve(begin(FAMILY), event(report(C.POVERTY))) == begin(FAMILY)
    assert decide(begin(CHILD), event(family_at_risk())) == []


def test_a_risk_concerns_the_family_and_a_need_the_child():
    assert concerned_by_risk(family_at_risk()) == [FAMILY]
    assert concerned_by_need(child_needs_care()) == [CHILD]
    assert concerned_by_need(child_needs_care(on_hold=True)) == [CHILD, FAMILY]
