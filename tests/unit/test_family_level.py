"""What all reports of a family come to: hardship adds up, good news lowers it, and each change is said."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.app import fold as intake_fold
from services.intake.domain.record import FamilyRecord, begin
from shared.events import (
    CaseInDistricts,
    ChildUpdated,
    Concern,
    Event,
    FamilyAtRisk,
    LivesWith,
    RiskLevel,
    RiskReassessed,
)
from shared.folds.folding import View, fold_on, refold
from tests.arbitrary import reports
from tests.factories import at, event, fold, report, reported_child
from tests.programme import PROGRAMME, assessed

C, L = Concern, LivesWith
HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW
RULES = intake_fold(PROGRAMME)
DAY, YEAR = 24, 365 * 24


class Heard:
    """A family as the engine folds it: reports one by one, or several at once; what was said of it."""

    def __init__(self) -> None:
        self.view: View[FamilyRecord] = View("family/f1", begin("family/f1"))
        self.history: list[Event] = []
        self.said: list[Event] = []

    def of(self, *events: Event) -> "Heard":
        """These come together."""
        if missing := self.view.lacks(list(events)):
            late = any(each.place <= self.view.last for each in missing)
            told = (
                refold(RULES, "/intake", self.view, self.history, missing)
                if late
                else fold_on(RULES, "/intake", self.view, missing)
            )
            self.view, self.history = told.view, [*self.history, *missing]
            self.said += told.say
        return self

    def each(self, *events: Event) -> "Heard":
        """These come one after the other."""
        for one in events:
            self.of(one)
        return self

    @property
    def level(self) -> RiskLevel | None:
        return self.view.state.risk_level

    @property
    def reassessed(self) -> list[tuple[RiskLevel | None, RiskLevel | None]]:
        """Each level that was said, with the one before."""
        facts = [each.data for each in self.said]
        return [(fact.previous_level, fact.level) for fact in facts if isinstance(fact, RiskReassessed)]


def told(*concerns: Concern, hours: float = 0, learnt: float | None = None, name: str = "", **child: Any) -> Event:
    """A report on one child who is in school."""
    of = reported_child(**{"lives_with": L.MOTHER, "in_school": True, **child})
    named = name or f"r{hours}"
    return event(report(*concerns, children=(of,), report_id=named, reported_at=at(hours)), hours, learnt=learnt)


ILL, COSTS, POOR = (
    told(concern, hours=hours)
    for hours, concern in ((0, C.ILLNESS_IN_FAMILY), (DAY, C.HEALTH_EXPENSES), (2 * DAY, C.INCOME_LOSS))
)


def test_hardship_adds_up_across_reports_and_the_rise_is_said() -> None:
    family = Heard().each(ILL, COSTS, POOR)
    assert (family.level, family.reassessed) == (MEDIUM, [(LOW, MEDIUM)])


def test_the_answer_to_a_sender_depends_on_its_report_alone() -> None:
    family = Heard().each(ILL, COSTS, POOR)
    assert [each.risk_level for each in family.view.state.reports] == [LOW, LOW, LOW]
    assert [fact.data.risk_level for fact in family.said if isinstance(fact.data, FamilyAtRisk)] == [LOW, LOW, LOW]


def test_a_reassessment_gives_its_reasons_and_a_time_to_respond() -> None:
    (fact,) = (each.data for each in Heard().each(ILL, COSTS, POOR).said if isinstance(each.data, RiskReassessed))
    assert [reason.split()[0] for reason in fact.reasons] == ["R21", "R22", "R23", "R40"]
    assert fact.respond_by == at(2 * DAY + 72)


def test_a_report_that_comes_late_raises_the_level_too_and_is_said_once() -> None:
    family = Heard().each(ILL, POOR, COSTS, COSTS)
    assert (family.level, family.reassessed) == (MEDIUM, [(LOW, MEDIUM)])
    assert family.said[-1].place > family.view.last


def test_what_a_report_that_comes_late_adds_up_to_is_to_be_answered_from_when_it_was_learnt_of() -> None:
    first, late = told(C.POVERTY, hours=10), told(C.FOOD_INSECURITY, hours=9, learnt=20 * DAY, name="late")
    (fact,) = [each.data for each in Heard().each(first, late).said if isinstance(each.data, RiskReassessed)]
    assert (fact.level, fact.respond_by) == (MEDIUM, at(20 * DAY + 72))


def test_reports_that_come_together_say_what_they_add_up_to() -> None:
    assert Heard().of(ILL, COSTS, POOR).reassessed == [(LOW, MEDIUM)]
    assert Heard().of(told(C.NEGLECT), told(C.POVERTY, hours=1)).reassessed == []
    assert Heard().of(ILL).reassessed == []


@pytest.mark.parametrize(("hours", "level"), [(YEAR, MEDIUM), (YEAR + 1, LOW)])
def test_a_hardship_wears_off_after_a_year(hours: float, level: RiskLevel) -> None:
    family = Heard().each(told(C.FOOD_INSECURITY), told(C.POVERTY, hours=hours))
    assert PROGRAMME.hardship == timedelta(days=365)
    assert family.level == level


@pytest.mark.parametrize(("concern", "level"), [(C.PHYSICAL_VIOLENCE, HIGH), (C.NEGLECT, MEDIUM)])
def test_a_concern_that_sets_a_level_by_itself_does_not_wear_off(concern: Concern, level: RiskLevel) -> None:
    assert Heard().each(told(concern), told(C.POVERTY, hours=5 * YEAR)).level == level


def test_back_in_school_and_no_longer_working_lowers_the_level_and_is_said() -> None:
    family = Heard().each(
        told(age_years=10, working=True, in_school=False), told(hours=DAY, working=False, in_school=True)
    )
    assert (family.level, family.reassessed) == (None, [(MEDIUM, None)])
    (updated,) = (each.data for each in family.said if isinstance(each.data, ChildUpdated))
    assert (updated.in_school, updated.working) == (True, False)


ENDS = [
    ({"concerns": (C.CHILD_LABOUR,)}, {"working": False}),
    ({"concerns": (C.SCHOOL_DROPOUT,)}, {"in_school": True}),
    ({"concerns": (C.SCHOOL_ABSENCE,)}, {"in_school": True}),
    ({"concerns": (C.CHRONIC_MALNUTRITION,)}, {"malnutrition": "none"}),
    ({"malnutrition": "acute"}, {"malnutrition": "none"}),
    ({"concerns": (C.STREET_LIFE,)}, {"lives_with": L.GRANDPARENTS}),
    ({"lives_with": L.STREET}, {"lives_with": L.MOTHER}),
]


@pytest.mark.parametrize(("before", "after"), ENDS)
def test_a_concern_about_a_child_ends_when_the_child_is_told_to_be_well(before: Any, after: Any) -> None:
    assert Heard().each(told(**before), told(hours=1, **after)).level is None


def test_a_concern_told_in_the_same_report_is_not_over() -> None:
    assert Heard().each(told(concerns=(C.SCHOOL_ABSENCE,)), told(hours=1, concerns=(C.SCHOOL_ABSENCE,))).level == LOW


def two(*concerns: Concern, hours: float = 0, one: Any = None, other: Any = None) -> Event:
    """A report on two children."""
    children = tuple(reported_child(**{"lives_with": L.MOTHER, "in_school": True, **(of or {})}) for of in (one, other))
    return event(report(*concerns, children=children, report_id=f"t{hours}", reported_at=at(hours)), hours)


NOT, WORKS = {"working": False}, {"working": True, "age_years": 10}


def test_a_concern_about_the_whole_family_ends_once_it_is_over_for_each_child() -> None:
    labour = two(C.CHILD_LABOUR)
    assert Heard().each(labour, two(hours=1, one=NOT)).level == LOW
    assert Heard().each(labour, two(hours=1, one=NOT), two(hours=2, other=NOT)).level is None
    assert Heard().each(labour, two(hours=1, one=NOT, other=NOT)).level is None


def test_a_concern_whose_child_flags_name_ends_with_that_child() -> None:
    assert Heard().each(two(C.CHILD_LABOUR, one=WORKS), two(hours=1, one=NOT)).level is None


def test_urgency_is_of_one_report_and_does_not_stay() -> None:
    urgent = event(report(C.POVERTY, urgency=HIGH, report_id="u"), 0)
    family = Heard().each(urgent, told(C.POVERTY, hours=1))
    assert family.reassessed == [(HIGH, LOW)]


def test_that_a_report_says_no_word_on_why_is_of_that_report_and_does_not_stay() -> None:
    wordless = two(other={"in_school": None})
    assert Heard().each(wordless).level == LOW
    assert Heard().each(wordless, told(hours=1)).level is None


def test_what_is_known_of_a_sibling_counts_with_what_is_newly_told() -> None:
    first = two(C.POVERTY, other={"lives_with": L.STREET})
    assert Heard().each(first, two(C.POVERTY, hours=1)).level == LOW  # it is told to live with its mother now
    assert Heard().each(first, told(C.POVERTY, hours=1)).level == HIGH


def test_whoever_has_grown_up_is_no_child_of_the_family_any_more() -> None:
    street = told(lives_with=L.STREET, age_years=17)
    assert Heard().each(street, event(report(C.POVERTY, children=(), report_id="n"), 2 * YEAR)).level == LOW


events = st.builds(
    lambda fact, late: event(fact, (fact.reported_at - at()).total_seconds() / 3600, learnt=late),
    reports(most=2),
    st.integers(0, 50),
)
histories = st.lists(events, max_size=5, unique_by=lambda each: each.id)
some = settings(max_examples=100, deadline=None)


@some
@given(history=histories, data=st.data())
def test_in_whatever_order_reports_come_the_record_is_the_same(history: list[Event], data: st.DataObject) -> None:
    repeated = [*history, *data.draw(st.lists(st.sampled_from(history), max_size=2) if history else st.just([]))]
    family = Heard().each(*data.draw(st.permutations(repeated)))
    assert family.view.state == fold(begin, RULES.evolve, "family/f1", history)


@some
@given(history=histories, data=st.data())
def test_what_was_said_last_is_what_the_record_says(history: list[Event], data: st.DataObject) -> None:
    family = Heard()
    shuffled = data.draw(st.permutations(history))
    cut = data.draw(st.integers(0, len(shuffled)))
    family.of(*shuffled[:cut]).each(*shuffled[cut:])
    latest = {type(each.data): each.data for each in sorted(family.said, key=lambda one: one.place)}
    if isinstance(fact := latest.get(RiskReassessed), RiskReassessed):
        assert fact.level == family.level
    if isinstance(scope := latest.get(CaseInDistricts), CaseInDistricts):
        assert set(scope.districts) == set(family.view.state.districts)


@some
@given(one=events)
def test_a_family_reported_once_is_at_the_level_of_its_report(one: Event) -> None:
    family = Heard().of(one)
    assert (family.level, family.reassessed) == (assessed(one.data).risk_level, [])  # type: ignore[arg-type]


@some
@given(history=histories)
def test_a_family_is_never_below_its_latest_report(history: list[Event]) -> None:
    family = Heard().of(*history)
    if history:
        own = family.view.state.reports[-1].risk_level
        assert own is None or (family.level is not None and family.level.rank >= own.rank)
