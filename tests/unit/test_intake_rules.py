"""What intake says of a report: whether a family is at risk, which children need care, what about, and by when."""

from typing import Any

import pytest

from services.intake.domain.assessment import assess
from shared.events import Concern, LivesWith, ReportedChild, ReportSubmitted, RiskLevel, Trade
from tests.factories import at, report, reported_child
from tests.programme import PROGRAMME, assessed, cited

C, L = Concern, LivesWith
HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
HOME, GRANDPARENTS, STREET, ALONE = L.BOTH_PARENTS, L.GRANDPARENTS, L.STREET, L.ALONE


def well(lives_with: LivesWith = L.MOTHER, **told: Any) -> ReportedChild:
    """A child in school of whom nothing worrying is told."""
    return reported_child(lives_with, **{"in_school": True, **told})


def on(*children: ReportedChild, concerns: tuple[Concern, ...] = (), **told: Any) -> ReportSubmitted:
    return report(*concerns, children=children, **told)


def concerns_of(told: ReportSubmitted) -> dict[str, set[Concern]]:
    """The concerns about each child that the others hear."""
    found = assessed(told)
    at_risk = found.family_at_risk.children if found.family_at_risk else ()
    spoken = (*found.children_updated, *at_risk, *found.children_need_care)
    return {each.child_id: set(each.concerns) for each in spoken}


def test_every_concern_is_a_risk_about_a_child_and_about_nobody_named() -> None:
    told = [report(concern, children=children) for concern in C for children in ((), (well(),))]
    told += [on(well(concerns=(concern,))) for concern in C]
    assert [each.concerns for each in told if not assessed(each).risk_level] == []


HARDSHIP = [
    ((C.ILLNESS_IN_FAMILY, C.HEALTH_EXPENSES), LOW, ["R21", "R22"]),
    ((C.ILLNESS_IN_FAMILY, C.HEALTH_EXPENSES, C.INCOME_LOSS), MEDIUM, ["R21", "R22", "R23", "R40"]),
    ((C.POVERTY, C.CHILD_LABOUR), MEDIUM, ["R24", "R26", "R40"]),
    ((C.POVERTY, C.FOOD_INSECURITY, C.CHILD_LABOUR), MEDIUM, ["R24", "R25", "R26", "R40"]),
    ((C.POVERTY, C.FOOD_INSECURITY, C.CHILD_LABOUR, C.SCHOOL_ABSENCE), HIGH, ["R24", "R25", "R26", "R27", "R40"]),
]


@pytest.mark.parametrize(("concerns", "level", "reasons"), HARDSHIP)
def test_hardships_of_one_report_add_up(concerns: Any, level: RiskLevel, reasons: list[str]) -> None:
    told = report(*concerns, children=())
    assert (assessed(told).risk_level, cited(told)) == (level, reasons)


def test_a_reason_is_an_object_with_the_rule_in_both_languages_and_its_source() -> None:
    (reason,) = assessed(report(C.POVERTY, children=())).reasons
    assert reason.model_dump() == {
        "rule": "R24",
        "es": "pobreza",
        "en": "poverty",
        "source": "protocolo del programa; la pobreza sola no es desprotección (DL 1297, art. 3)",
    }


UNDER_FIVE = [
    ({"birth_date": "2021-03-03"}, HIGH),
    ({"birth_date": "2021-03-02"}, MEDIUM),
    ({"birth_year": 2021}, HIGH),  # four or five
    ({"birth_year": 2020}, MEDIUM),
    ({"age_years": 4}, HIGH),
    ({}, MEDIUM),
]


@pytest.mark.parametrize(("told", "level"), UNDER_FIVE)
def test_a_child_that_may_be_under_five_is_one_level_up(told: Any, level: RiskLevel) -> None:
    assert assessed(on(well(malnutrition="acute", **told))).risk_level == level


def test_a_baby_at_home_does_not_raise_what_is_about_its_brother_alone() -> None:
    assert assessed(on(well(age_years=1), well(concerns=(C.NEGLECT,)))).risk_level == MEDIUM


@pytest.mark.parametrize(
    ("concern", "urgency", "level"), [(C.POVERTY, HIGH, HIGH), (C.PHYSICAL_VIOLENCE, LOW, HIGH), (C.POVERTY, LOW, LOW)]
)
def test_a_senders_urgency_hastens_an_answer_and_never_slows_it(
    concern: Concern, urgency: RiskLevel, level: RiskLevel
) -> None:
    assert assessed(report(concern, urgency=urgency)).risk_level == level


@pytest.mark.parametrize(("concern", "hours"), [(C.TRAFFICKING, 24), (C.NEGLECT, 72), (C.POVERTY, 168)])
def test_the_time_to_respond_counts_from_when_we_learnt_of_it(concern: Concern, hours: int) -> None:
    found = assess(on(well(), concerns=(concern,)), at(100), PROGRAMME)
    assert found.family_at_risk
    assert found.family_at_risk.respond_by == at(100 + hours)


FLAGS = [
    ({"age_years": 2, "malnutrition": "acute"}, {C.ACUTE_MALNUTRITION}),
    ({"age_years": 10, "working": True, "work_hours": 30}, {C.CHILD_LABOUR}),
    ({"age_years": 10, "work_hours": 30}, {C.CHILD_LABOUR}),
    ({"age_years": 17, "trade": Trade.MINING}, {C.CHILD_LABOUR}),
    ({"age_years": 15, "working": True, "work_hours": 30}, set()),
    ({"age_years": 10, "in_school": False}, {C.SCHOOL_DROPOUT}),
    ({"age_years": 2, "in_school": False}, set()),
    ({"age_years": 8, "malnutrition": "chronic"}, {C.CHRONIC_MALNUTRITION}),
    ({"lives_with": STREET}, {C.STREET_LIFE}),
]


@pytest.mark.parametrize(("told", "concerns"), FLAGS)
def test_flags_count_as_concerns_for_everybody_who_hears(told: Any, concerns: set[Concern]) -> None:
    assert concerns_of(on(well(**told))) == {"c1": concerns}


def test_one_beaten_child_of_five_is_one_child() -> None:
    beaten = well(concerns=(C.PHYSICAL_VIOLENCE,))
    for concerns in ((), (C.PHYSICAL_VIOLENCE,)):  # whether the report names it too or not
        found = assessed(on(beaten, well(), well(), well(), well(), concerns=concerns))
        assert [fact.child_id for fact in found.children_need_care] == ["c1"]
        assert concerns_of(on(beaten, well(), concerns=concerns)) == {"c1": {C.PHYSICAL_VIOLENCE}, "c2": set()}


def test_a_concern_of_the_report_is_about_each_child_unless_flags_say_whose_it_is() -> None:
    works, studies = well(age_years=10, working=True), well(age_years=8, working=False)
    assert concerns_of(on(works, studies, concerns=(C.CHILD_LABOUR,))) == {"c1": {C.CHILD_LABOUR}, "c2": set()}
    assert concerns_of(on(well(), well(), concerns=(C.POVERTY,))) == {"c1": {C.POVERTY}, "c2": {C.POVERTY}}


P, G, O, I, F = HOME, GRANDPARENTS, L.OTHER_ADULTS, L.INSTITUTION, L.FOSTER_FAMILY  # noqa: E741
PROTECTED, DOUBTED, PLACED, NOT_PLACED = (
    {"protective_adult": True},
    {"protective_adult": False},
    {"placed_by_authority": True},
    {"placed_by_authority": False},
)
WHAT_IS_SAID = [
    # concern, lives with, what else is told; level, whether the family is at risk, what care is to assess
    (C.POVERTY, P, {}, LOW, True, None),
    (C.NEGLECT, P, {}, MEDIUM, True, None),
    (C.PHYSICAL_VIOLENCE, P, PROTECTED, HIGH, True, None),
    (C.PHYSICAL_VIOLENCE, P, {}, HIGH, True, C.PHYSICAL_VIOLENCE),
    (C.PHYSICAL_VIOLENCE, P, DOUBTED, HIGH, True, C.PHYSICAL_VIOLENCE),
    (C.PSYCHOLOGICAL_VIOLENCE, P, PROTECTED, HIGH, True, None),
    (C.PSYCHOLOGICAL_VIOLENCE, G, PROTECTED, HIGH, True, C.PSYCHOLOGICAL_VIOLENCE),
    (C.SEXUAL_VIOLENCE, L.MOTHER, PROTECTED, HIGH, True, None),
    (C.SEXUAL_VIOLENCE, L.MOTHER, {}, HIGH, True, C.SEXUAL_VIOLENCE),
    (C.TRAFFICKING, P, PROTECTED, HIGH, True, C.TRAFFICKING),
    (C.EXPLOITATION, P, PROTECTED, HIGH, True, C.EXPLOITATION),
    (C.ABANDONMENT, P, {}, HIGH, True, C.ABANDONMENT),
    (C.SELF_HARM_RISK, P, {}, HIGH, True, None),
    (C.PARENTS_DEAD, L.MOTHER, {}, MEDIUM, True, None),
    (C.PARENTS_DEAD, G, {}, MEDIUM, True, C.PARENTS_DEAD),
    (C.PARENTS_DEAD, G, PLACED, MEDIUM, True, None),
    (C.PARENTS_ABSENT, L.RELATIVES, {}, MEDIUM, True, C.PARENTS_ABSENT),
    (C.PARENTS_UNABLE, O, {}, HIGH, False, C.PARENTS_UNABLE),
    (None, O, {}, HIGH, False, C.PARENTS_ABSENT),
    (None, STREET, {}, HIGH, False, C.STREET_LIFE),
    (None, ALONE, {}, HIGH, False, C.PARENTS_ABSENT),
    (None, I, {}, MEDIUM, False, C.PARENTS_ABSENT),
    (None, F, NOT_PLACED, HIGH, False, C.PARENTS_ABSENT),
    (None, I, PLACED, None, False, None),
    (None, F, PLACED, None, False, None),
    (C.POVERTY, F, PLACED, LOW, True, None),
    (C.NEGLECT, F, PLACED, MEDIUM, True, None),
]


@pytest.mark.parametrize(("concern", "lives_with", "told", "level", "at_risk", "reason"), WHAT_IS_SAID)
def test_a_child_is_at_risk_at_home_or_care_assesses_it_or_in_doubt_both(
    concern: Concern | None, lives_with: LivesWith, told: Any, level: Any, at_risk: bool, reason: Concern | None
) -> None:
    found = assessed(on(well(lives_with, **told), concerns=(concern,) if concern else ()))
    assert (found.risk_level, bool(found.family_at_risk)) == (level, at_risk)
    assert [fact.reason for fact in found.children_need_care] == ([reason] if reason else [])


HOLDS = [
    ((C.SEXUAL_VIOLENCE,), {}, True),
    ((C.SEXUAL_VIOLENCE,), PROTECTED, False),
    ((C.TRAFFICKING,), DOUBTED, True),
    ((C.PHYSICAL_VIOLENCE,), {}, False),
    ((C.PHYSICAL_VIOLENCE,), DOUBTED, True),
    ((C.POVERTY,), DOUBTED, False),
    ((), DOUBTED, False),
]


@pytest.mark.parametrize(("concerns", "told", "hold"), HOLDS)
def test_nobody_approaches_a_household_that_may_have_a_part_in_it(concerns: Any, told: Any, hold: bool) -> None:
    found = assessed(on(well(**told), concerns=concerns))
    assert {fact.on_hold for fact in (found.family_at_risk, *found.children_need_care) if fact} == {hold}


def test_a_household_of_whom_no_child_is_named_is_not_warned_either() -> None:
    found = assessed(report(C.SEXUAL_VIOLENCE, children=())).family_at_risk
    assert found
    assert found.on_hold


def test_the_gravest_reason_for_an_assessment_is_said() -> None:
    told = report(C.PHYSICAL_VIOLENCE, C.ABANDONMENT, C.TRAFFICKING)
    assert assessed(told).children_need_care[0].reason == C.TRAFFICKING


def test_siblings_are_the_other_children_of_the_report_who_need_care() -> None:
    found = assessed(on(reported_child(STREET), reported_child(HOME), reported_child(ALONE), concerns=(C.POVERTY,)))
    assert [(fact.child_id, fact.siblings) for fact in found.children_need_care] == [("c1", ("c3",)), ("c3", ("c1",))]
    assert found.family_at_risk
    assert [each.child_id for each in found.family_at_risk.children] == ["c2"]
