"""Every service is a fold: the same events give the same state, however they come; what to say is decided by them."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.care import domain as care
from services.education import domain as education
from services.intake import domain as intake
from services.intake.app import programme
from services.intake.domain.assessment import assess
from services.notifications import domain as notifications
from services.notifications.api import looked
from shared.events import (
    ChildNeedsCare,
    Event,
    Fact,
    FamilyAtRisk,
    Role,
    StaffNotified,
)
from shared.folds.folding import View, act, fold_on, refold
from shared.folds.rules import Fold, nothing
from shared.settings import Periods
from tests.factories import (
    at,
    event,
    family_at_risk,
    fold,
    report,
    transferred,
)
from tests.histories import events, histories, reports

PERIODS, PROGRAMME, SCHOOL = Periods(), programme(), "03-31"


class Domain(NamedTuple):
    """The functions of a service, and one of its documents."""

    document: str
    state: Any
    begin: Callable[[str], Any]
    evolve: Callable[[Any, Event], Any]
    decide: Callable[[Any, Event], list[tuple[str, Fact]]]
    conclude: Callable[[Any, Any, Event], Any] = nothing

    def fold(self, heard: list[Event]) -> Any:
        return fold(self.begin, self.evolve, self.document, heard)

    def heard_one_by_one(self, heard: list[Event]) -> tuple[Any, list[Event]]:
        """The state after these came in this order, as the engine folds them; and what was said."""
        rules, view = (
            Fold(self.state, self.begin, self.evolve, self.decide, self.conclude),
            View(self.document, self.begin(self.document)),
        )
        history, said = list[Event](), list[Event]()
        for each in heard:
            if missing := view.lacks([each]):
                late = each.place <= view.last
                told = (
                    refold(rules, "/test", view, history, missing) if late else fold_on(rules, "/test", view, missing)
                )
                view, history = told.view, [*history, each]
                said += told.say
        return view.state, said


def _plain(domain: Any, document: str) -> Domain:
    return Domain(document, domain.STATE, domain.begin, domain.evolve, domain.decide)


def _item(role: Role) -> Domain:
    listen = partial(notifications.evolve, periods=PERIODS)
    return Domain(f"family/f1/{role}", notifications.STATE, notifications.begin, listen, notifications.decide)


DOMAINS = {
    "intake": Domain(
        "family/f1",
        intake.STATE,
        intake.begin,
        partial(intake.evolve, programme=PROGRAMME),
        partial(intake.decide, programme=PROGRAMME),
        intake.conclude,
    ),
    "a plan of care": _plain(care, "family/f1"),
    "an assessment of care": _plain(care, "child/c1"),
    "education": Domain(
        "child/c1",
        education.STATE,
        education.begin,
        partial(education.evolve, school_age_day=SCHOOL),
        partial(education.decide, school_age_day=SCHOOL),
    ),
    "an item of notifications": _item(Role.DUTY_OFFICER),
    "an item of a social worker": _item(Role.SOCIAL_WORKER),
}
every_domain = pytest.mark.parametrize("domain", DOMAINS.values(), ids=DOMAINS.keys())

some_of_each = settings(max_examples=60, deadline=None)


@every_domain
@some_of_each
@given(data=st.data(), history=histories)
def test_late_twice_or_out_of_order_a_history_gives_the_same_state(domain, data, history):
    repeated = [*history, *data.draw(st.lists(st.sampled_from(history), max_size=4) if history else st.just([]))]
    shuffled = data.draw(st.permutations(repeated))
    assert domain.heard_one_by_one(shuffled)[0] == domain.fold(history)


@some_of_each
@given(data=st.data(), history=histories)
def test_however_they_come_staff_are_told_of_each_cause_once(data, history):
    shuffled = data.draw(st.permutations(history))
    said = DOMAINS["an item of notifications"].heard_one_by_one(shuffled)[1]
    told = [each.data.cause_id for each in said if isinstance(each.data, StaffNotified)]
    reported = {each.id for each in history if isinstance(each.data, FamilyAtRisk | ChildNeedsCare)}
    assert sorted(each for each in told if each in reported) == sorted(reported)


@every_domain
@some_of_each
@given(data=st.data(), history=histories)
def test_a_history_split_by_a_rest_in_the_database_gives_the_same_state(domain, data, history):
    ordered = sorted({each.id: each for each in history}.values(), key=lambda each: each.place)
    split = data.draw(st.integers(0, len(ordered)))
    state = domain.fold(ordered[:split])
    for each in ordered[split:]:
        state = domain.evolve(domain.state.validate_python(domain.state.dump_python(state, mode="json")), each)
    assert state == domain.fold(history)


@every_domain
@some_of_each
@given(history=histories, one_more=events)
def test_what_to_say_is_decided_by_the_state_and_the_event_alone(domain, history, one_more):
    state = domain.fold(history)
    said = domain.decide(state, one_more)
    assert said == domain.decide(state, one_more)
    spoken = [one_more.reaction("/test", subject, fact) for subject, fact in said]
    assert len({each.id for each in spoken}) == len(spoken)
    assert not [each for each in spoken if each.data.private]


@every_domain
@given(history=histories)
@some_of_each
def test_a_fact_a_service_does_not_know_leaves_its_state_as_it_is(domain, history):
    class UnheardOf(Fact):
        """A fact of a later version."""

    try:
        state, unheard = domain.fold(history), event(UnheardOf())
        assert domain.evolve(state, unheard) is state
        assert domain.decide(state, unheard) == []
    finally:
        del Fact.types["UnheardOf"]


@some_of_each
@given(told=reports)
def test_a_report_that_names_a_child_reaches_a_person_or_its_answer_says_why_not(told):
    found = assess(told, at(0), PROGRAMME)
    reached = found.family_at_risk is not None or bool(found.children_need_care)
    assert reached == (found.risk_level is not None) == bool(found.reasons) == (found.nobody_told is None)


@some_of_each
@given(steps=st.lists(st.one_of(st.just("look"), st.integers(0, 20)), max_size=10), clock=st.integers(-30, 30))
def test_an_item_is_acknowledged_exactly_if_no_cause_has_come_since_somebody_looked(steps, clock):
    inbox, heard = DOMAINS["an item of notifications"], []
    for step in steps:
        item = inbox.fold(heard)
        if step != "look":
            heard.append(event(family_at_risk(), step, name=str(len(heard))))
        elif item.causes:
            view = View(inbox.document, item, last=max(each.place for each in heard))
            heard.append(act(view, "/notifications", inbox.document, looked(item, "ana"), at(clock)))
    assert bool(inbox.fold(heard).acknowledged) == bool(heard and heard[-1].source == "/notifications")


@pytest.mark.parametrize("reports", [2, 3, 9])
def test_what_somebody_does_happens_after_all_that_was_concluded_of_what_they_saw(reports):
    told = [event(report(district=f"06010{n + 1}", report_id=str(n)), 20, name=str(n)) for n in range(reports)]
    state, said = DOMAINS["intake"].heard_one_by_one(told)
    assert said
    at_once = View("family/f1", state, reports, max(each.place for each in told))
    moved = act(at_once, "/intake", "family/f1", transferred("060101", "061301"), at(10))
    assert moved.time > max(each.time for each in said)
