"""The facts intake says of a report: about whom, of which district, the same whatever is known, and without names."""

from dataclasses import replace

import pytest

from services.intake.app import RULES
from services.intake.domain.assessment import assess
from services.intake.domain.record import begin, decide, evolve
from services.intake.domain.rulefile import read_rules
from services.intake.handlers import report_submitted
from shared.events import Concern, LivesWith, RiskLevel
from tests.factories import PRIVATE, at, event, named_report, report, reported_child
from tests.programme import PROGRAMME, assessed, cited

C, L = Concern, LivesWith
HIGH = RiskLevel.HIGH
HOME, STREET, ALONE = L.BOTH_PARENTS, L.STREET, L.ALONE


def test_a_family_whose_children_nobody_named_can_be_at_risk() -> None:
    found = assessed(report(C.NEGLECT, children=())).family_at_risk
    assert found
    assert found.children == ()


def test_a_grown_up_is_not_said_to_need_care() -> None:
    told = report(C.ABANDONMENT, children=(reported_child(ALONE, age_years=19), reported_child(age_years=8)))
    assert [fact.child_id for fact in assessed(told).children_need_care] == ["c2"]


def test_what_is_told_of_a_grown_up_sister_is_not_about_her_brother() -> None:
    sister, brother = reported_child(age_years=19, concerns=(C.PHYSICAL_VIOLENCE,)), reported_child(in_school=True)
    found = assessed(report(children=(sister, brother)))
    assert found.family_at_risk
    assert (found.risk_level, found.family_at_risk.concerns) == (HIGH, (C.PHYSICAL_VIOLENCE,))
    assert [(each.child_id, each.concerns) for each in found.family_at_risk.children] == [("c2", ())]


@pytest.mark.parametrize("slip", [{"birth_year": 1916}, {"birth_date": "2062-01-01"}])
def test_a_child_with_an_impossible_age_is_a_child_of_unknown_age(slip: dict[str, object]) -> None:
    found = assessed(report(children=(reported_child(STREET, **slip),)))
    assert found.children_need_care[0].birth_month is None


def test_a_child_told_of_twice_in_one_report_is_one_child_with_all_that_is_told() -> None:
    twice = (
        reported_child(HOME, concerns=(C.NEGLECT,), in_school=False),
        reported_child(STREET, sex="female", age_years=9),
    )
    found = assessed(report(children=twice, child_ids=("c1", "c1")))
    assert found.family_at_risk
    for (each,) in (found.family_at_risk.children, found.children_need_care):
        assert (each.child_id, each.sex, each.in_school) == ("c1", "female", False)
        assert {C.NEGLECT, C.SCHOOL_DROPOUT} <= set(each.concerns)


def test_a_neglected_child_in_a_foster_family_is_named_in_the_alarm() -> None:
    child = reported_child(L.FOSTER_FAMILY, placed_by_authority=True, concerns=(C.NEGLECT,))
    found = assessed(report(children=(child, reported_child(HOME)))).family_at_risk
    assert found
    assert [each.child_id for each in found.children] == ["c1", "c2"]


def test_a_child_that_an_authority_placed_is_no_alarm_by_the_poverty_of_its_family() -> None:
    child = reported_child(L.FOSTER_FAMILY, placed_by_authority=True)
    found = assessed(report(C.POVERTY, children=(child,)))
    assert found.family_at_risk
    assert found.family_at_risk.children == ()
    assert [each.child_id for each in found.children_updated] == ["c1"]


def test_a_child_belongs_to_the_district_where_it_lives() -> None:
    children = (reported_child(STREET, district="060108"), reported_child(STREET))
    told = report(children=children, district="060101")
    assert [fact.district for fact in assessed(told).children_need_care] == ["060108", "060101"]


def test_intake_says_the_assessment_whatever_it_knows_of_the_family() -> None:
    told = event(report(C.ABANDONMENT))
    known = evolve(begin("family/f1"), event(report(C.POVERTY, report_id="r0"), hours=-9), PROGRAMME)
    said = decide(begin("family/f1"), told, PROGRAMME)
    assert said == decide(known, told, PROGRAMME) == assess(report(C.ABANDONMENT), told.recordedtime, PROGRAMME).facts
    assert [subject for subject, _ in said] == ["family/f1", "child/c1"]


def test_a_child_that_is_to_be_assessed_reaches_a_person_even_if_no_rule_sets_a_level() -> None:
    ours = RULES.read_text()
    effect = 'when = {in_school = true}\ndecision = "assess"\nabout = "neglect"\n'
    rule = f'[[rule]]\nid = "X01"\n{effect}es = "mirar"\nen = "look"\n'
    programme = replace(PROGRAMME, rules=read_rules(ours + rule))
    told = report(children=(reported_child(L.FOSTER_FAMILY, placed_by_authority=True, in_school=True),))
    found = assess(told, at(), programme)
    assert (found.risk_level, [fact.reason for fact in found.children_need_care]) == (RiskLevel.LOW, [C.NEGLECT])


def test_a_contradiction_is_noted_beside_the_child_it_is_about() -> None:
    told = report(C.POVERTY, children=(reported_child(), reported_child()), contradicts=("", "c9"))
    assert [note.field for note in assessed(told).notes] == ["children.1.id"]


def test_an_answer_names_each_rule_once() -> None:
    told = report(C.POVERTY, C.NEGLECT, children=(reported_child(), reported_child(), reported_child(STREET)))
    assert len(cited(told)) == len(set(cited(told)))


def test_nothing_private_leaves_intake() -> None:
    told = event(named_report(*C, urgency=HIGH))
    spoken = [told.reaction("/intake", *each).text for each in decide(begin("family/f1"), told, PROGRAMME)]
    assert len(spoken) == 2
    assert not [word for word in PRIVATE for text in spoken if word in text or word.split()[0] in text]
    assert "H-7" not in "".join(spoken)


def test_a_report_concerns_its_family() -> None:
    assert report_submitted(report()) == ["family/f1"]
