"""Intake's rules, read as tables: what a report comes to, what is said of it, and what is never said."""

from collections import Counter

import pytest

from services.intake.domain.assessment import assess
from services.intake.domain.record import begin, decide, evolve
from services.intake.domain.scoring import RULES, birth_month
from services.intake.handlers import report_submitted
from shared.events import Concern, LivesWith, ReportedChild, ReportSubmitted, RiskLevel
from shared.settings import Periods
from tests.factories import (
    MORNING,
    PRIVATE,
    at,
    event,
    named_report,
    report,
    reported_child,
)

C = Concern
HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
PERIODS = Periods()
HOME, ALONE, STREET = LivesWith.BOTH_PARENTS, LivesWith.ALONE, LivesWith.STREET


def assessed(told: ReportSubmitted):
    return assess(told, at(5), PERIODS)


def codes(told: ReportSubmitted) -> list[str]:
    return [reason.split()[0] for reason in assessed(told).reasons]


CONCERNS = [
    ([], None, []),
    ([C.ILLNESS_IN_FAMILY], LOW, ["R21"]),
    ([C.HEALTH_EXPENSES], LOW, ["R22"]),
    ([C.INCOME_LOSS], LOW, ["R23"]),
    ([C.POVERTY], LOW, ["R24"]),
    ([C.FOOD_INSECURITY], LOW, ["R25"]),
    ([C.CHILD_LABOUR], LOW, ["R26"]),
    ([C.SCHOOL_ABSENCE], LOW, ["R27"]),
    ([C.SCHOOL_DROPOUT], LOW, ["R28"]),
    ([C.CHRONIC_MALNUTRITION], LOW, ["R29"]),
    ([C.ILLNESS_IN_FAMILY, C.HEALTH_EXPENSES], LOW, ["R21", "R22"]),
    ([C.ILLNESS_IN_FAMILY, C.HEALTH_EXPENSES, C.INCOME_LOSS], MEDIUM, ["R21", "R22", "R23", "R40"]),
    ([C.POVERTY, C.CHILD_LABOUR], MEDIUM, ["R24", "R26", "R40"]),
    ([C.POVERTY, C.FOOD_INSECURITY, C.CHILD_LABOUR, C.SCHOOL_DROPOUT], HIGH, ["R24", "R25", "R26", "R28", "R40"]),
    ([C.NEGLECT], MEDIUM, ["R10"]),
    ([C.BEGGING], MEDIUM, ["R11"]),
    ([C.PARENTS_DEAD], MEDIUM, ["R12"]),
    ([C.PARENTS_ABSENT], MEDIUM, ["R13"]),
    ([C.PARENTS_UNABLE], MEDIUM, ["R14"]),
    ([C.SEXUAL_VIOLENCE], HIGH, ["R01"]),
    ([C.PHYSICAL_VIOLENCE], HIGH, ["R02"]),
    ([C.PSYCHOLOGICAL_VIOLENCE], HIGH, ["R03"]),
    ([C.TRAFFICKING], HIGH, ["R04"]),
    ([C.EXPLOITATION], HIGH, ["R05"]),
    ([C.ABANDONMENT], HIGH, ["R06"]),
    ([C.STREET_LIFE], HIGH, ["R07"]),
    ([C.POVERTY, C.PHYSICAL_VIOLENCE], HIGH, ["R02", "R24"]),
]


@pytest.mark.parametrize(("concerns", "level", "cited"), CONCERNS)
def test_the_concerns_of_a_report_give_its_level_and_reasons(concerns, level, cited):
    told = report(*concerns)
    assert (assessed(told).risk_level, codes(told)) == (level, cited)


CHILDREN = [
    ({}, None, []),
    ({"lives_with": STREET}, HIGH, ["R08"]),
    ({"lives_with": ALONE}, HIGH, ["R09"]),
    ({"lives_with": LivesWith.INSTITUTION}, MEDIUM, ["R15"]),
    ({"lives_with": LivesWith.OTHER_ADULTS}, MEDIUM, ["R16"]),
    ({"lives_with": LivesWith.GRANDPARENTS}, None, []),
    ({"age_years": 13, "working": True}, LOW, ["R26"]),
    ({"age_years": 14, "working": True}, None, []),
    ({"age_years": 10, "working": True, "in_school": False}, MEDIUM, ["R26", "R28", "R31", "R40"]),
    ({"age_years": 6, "in_school": False}, LOW, ["R28"]),
    ({"age_years": 5, "in_school": False}, None, []),
    ({"age_years": 17, "in_school": False}, None, []),
    ({"age_years": 4, "malnutrition": "chronic"}, MEDIUM, ["R29", "R32", "R40"]),
    ({"age_years": 5, "malnutrition": "chronic"}, LOW, ["R29"]),
    ({"malnutrition": "chronic"}, LOW, ["R29"]),
    ({"age_years": 5, "malnutrition": "acute"}, MEDIUM, ["R33"]),
    ({"age_years": 4, "malnutrition": "acute"}, HIGH, ["R33", "R34"]),
    ({"age_years": 14, "working": True, "work_hours": 24}, None, []),
    ({"age_years": 14, "working": True, "work_hours": 25}, MEDIUM, ["R35"]),
    ({"age_years": 15, "working": True, "work_hours": 36}, None, []),
    ({"age_years": 15, "working": True, "work_hours": 37}, MEDIUM, ["R35"]),
    ({"age_years": 20, "lives_with": ALONE, "working": True}, None, []),
]


@pytest.mark.parametrize(("told_of_child", "level", "cited"), CHILDREN)
def test_what_is_told_of_a_child_gives_the_level_and_reasons(told_of_child, level, cited):
    told = report(children=(reported_child(**told_of_child),))
    assert (assessed(told).risk_level, codes(told)) == (level, cited)


def test_work_too_young_and_no_school_in_a_poor_family_add_up_to_high():
    working = reported_child(age_years=9, working=True, in_school=False)
    assert assessed(report(C.POVERTY, children=(working,))).risk_level == HIGH


def test_each_code_stands_for_one_rule_with_words_in_both_languages():
    assert Counter(rule.code for rule in RULES).most_common(1)[0][1] == 1
    assert all(rule.es and rule.en for rule in RULES)


def test_every_concern_is_a_risk():
    assert all(assessed(report(concern)).risk_level for concern in C)


@pytest.mark.parametrize(
    ("concern", "urgency", "level"), [(C.POVERTY, HIGH, HIGH), (C.PHYSICAL_VIOLENCE, LOW, HIGH), (C.POVERTY, LOW, LOW)]
)
def test_a_senders_urgency_hastens_an_answer_and_never_slows_it(concern, urgency, level):
    assert assessed(report(concern, urgency=urgency)).risk_level == level


def test_urgency_alone_is_no_risk():
    assert assessed(report(urgency=HIGH)).facts == []


@pytest.mark.parametrize(("concern", "hours"), [(C.TRAFFICKING, 24), (C.NEGLECT, 72), (C.POVERTY, 168)])
def test_the_time_to_respond_counts_from_when_we_learnt_of_it(concern, hours):
    found = assess(report(concern), at(100), PERIODS)
    assert found.family_at_risk.respond_by == at(100 + hours)


P, G, O = HOME, LivesWith.GRANDPARENTS, LivesWith.OTHER_ADULTS  # noqa: E741
WHAT_IS_SAID = [
    # concern, lives with, at risk at home, reason for care
    (None, P, False, None),
    (C.POVERTY, P, True, None),
    (C.NEGLECT, P, True, None),
    (C.STREET_LIFE, P, True, None),
    (C.PHYSICAL_VIOLENCE, P, True, C.PHYSICAL_VIOLENCE),
    (C.PSYCHOLOGICAL_VIOLENCE, P, True, C.PSYCHOLOGICAL_VIOLENCE),
    (C.SEXUAL_VIOLENCE, P, True, C.SEXUAL_VIOLENCE),
    (C.EXPLOITATION, P, True, C.EXPLOITATION),
    (C.TRAFFICKING, P, True, C.TRAFFICKING),
    (C.ABANDONMENT, P, True, C.ABANDONMENT),
    (C.PARENTS_DEAD, LivesWith.MOTHER, True, None),
    (C.PARENTS_ABSENT, LivesWith.FATHER, True, None),
    (C.PARENTS_DEAD, G, True, C.PARENTS_DEAD),
    (C.PARENTS_ABSENT, LivesWith.RELATIVES, True, C.PARENTS_ABSENT),
    (C.PARENTS_UNABLE, G, True, C.PARENTS_UNABLE),
    (C.PARENTS_UNABLE, O, False, C.PARENTS_UNABLE),
    (None, O, True, None),
    (None, STREET, False, C.STREET_LIFE),
    (None, ALONE, False, C.PARENTS_ABSENT),
    (None, LivesWith.INSTITUTION, False, C.PARENTS_ABSENT),
    (C.POVERTY, ALONE, False, C.PARENTS_ABSENT),
]


@pytest.mark.parametrize(("concern", "lives_with", "at_home", "reason"), WHAT_IS_SAID)
def test_a_child_is_at_risk_at_home_or_needs_care_or_in_doubt_both(concern, lives_with, at_home, reason):
    found = assessed(report(*filter(None, [concern]), children=(reported_child(lives_with),)))
    assert bool(found.family_at_risk) is at_home
    assert [fact.reason for fact in found.children_need_care] == ([reason] if reason else [])


def test_the_gravest_reason_for_care_is_said():
    told = report(C.PHYSICAL_VIOLENCE, C.ABANDONMENT, C.TRAFFICKING)
    assert assessed(told).children_need_care[0].reason == C.TRAFFICKING


def test_siblings_are_the_other_children_of_the_report_who_need_care():
    told = report(C.POVERTY, children=(reported_child(STREET), reported_child(HOME), reported_child(ALONE)))
    found = assessed(told)
    assert [(fact.child_id, fact.siblings) for fact in found.children_need_care] == [("c1", ("c3",)), ("c3", ("c1",))]
    assert [each.child_id for each in found.family_at_risk.children] == ["c2"]


def test_a_family_whose_children_nobody_named_can_be_at_risk():
    assert assessed(report(C.NEGLECT, children=())).family_at_risk.children == ()


def test_a_grown_up_is_not_said_to_need_care():
    told = report(C.ABANDONMENT, children=(reported_child(ALONE, age_years=19), reported_child(age_years=8)))
    assert [fact.child_id for fact in assessed(told).children_need_care] == ["c2"]


@pytest.mark.parametrize("slip", [{"birth_year": 1916}, {"birth_date": "2062-01-01"}])
def test_a_child_with_an_impossible_age_is_a_child_of_unknown_age(slip):
    found = assessed(report(children=(reported_child(STREET, **slip),)))
    assert found.children_need_care[0].birth_month is None


def test_a_child_told_of_twice_in_one_report_is_one_child():
    twice = (reported_child(HOME), reported_child(STREET))
    found = assessed(report(C.POVERTY, children=twice, child_ids=("c1", "c1")))
    assert [each.child_id for each in found.family_at_risk.children] == ["c1"]
    assert [fact.child_id for fact in found.children_need_care] == ["c1"]


BIRTHS = [
    ({"birth_date": "2019-11-30", "birth_year": 2018, "age_years": 3}, "2019-11"),
    ({"birth_year": 2018, "age_years": 3}, "2018-07"),
    ({"age_years": 8}, "2017-09"),
    ({"age_years": 0}, "2025-09"),
    ({}, None),
]


@pytest.mark.parametrize(("told", "month"), BIRTHS)
def test_the_birth_month_comes_from_the_most_precise_fact(told, month):
    assert birth_month(ReportedChild(lives_with=HOME, **told), MORNING.date()) == month


def test_intake_says_the_assessment_whatever_it_knows_of_the_family():
    told = event(report(C.ABANDONMENT))
    known = evolve(begin("family/f1"), event(report(C.POVERTY, report_id="r0"), hours=-9))
    said = decide(begin("family/f1"), told, PERIODS)
    assert said == decide(known, told, PERIODS) == assess(told.data, told.recordedtime, PERIODS).facts
    assert [subject for subject, _ in said] == ["family/f1", "child/c1"]


def test_nothing_private_leaves_intake():
    told = event(named_report(*C, urgency=HIGH))
    spoken = [told.reaction("/intake", *each).text for each in decide(begin("family/f1"), told, PERIODS)]
    assert len(spoken) == 2
    assert not [word for word in PRIVATE for text in spoken if word in text or word.split()[0] in text]
    assert "H-7" not in "".join(spoken)


def test_a_report_concerns_its_family():
    assert report_submitted(report()) == ["family/f1"]
