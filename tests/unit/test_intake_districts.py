"""Where a case belongs: every district that reported it or where a child lives, until a person transfers it."""

from collections.abc import Iterable
from typing import Any

import pytest

from services.intake.domain.record import FamilyRecord, begin, conclude, decide, evolve
from shared.events import CaseInDistricts, CaseTransferred, Concern, Event
from tests.factories import DISTRICT, event, report, reported_child
from tests.programme import PROGRAMME

C = Concern
EMPTY = begin("family/f1")
OTHER, THIRD = "060105", "060108"


def after(*events: Event, known: FamilyRecord = EMPTY) -> FamilyRecord:
    """The record after these, in this order."""
    for each in events:
        known = evolve(known, each, PROGRAMME)
    return known


def moved(away: str, to: str, hours: float = 5) -> Event:
    """A supervisor confirmed that the case belongs elsewhere."""
    return event(CaseTransferred(family_id="f1", from_district=away, to_district=to, by="s-1"), hours)


def said(*events: Event) -> list[Any]:
    """What is said of the family as a whole when each of these comes."""
    states = [EMPTY]
    for each in events:
        states.append(after(each, known=states[-1]))
    pairs: Iterable[Any] = zip(states, states[1:], events, strict=False)
    return [fact for before, now, each in pairs for _, fact in conclude(before, now, each)]


def in_district(code: str, hours: float = 0, *concerns: Concern) -> Event:
    return event(report(*concerns, district=code, report_id=f"d{hours}"), hours)


def test_a_report_from_another_district_leaves_the_case_where_it_is_and_adds_its_own() -> None:
    record = after(in_district(DISTRICT, 0, C.NEGLECT), in_district(OTHER, 1, C.POVERTY))
    assert (record.district, record.districts) == (DISTRICT, (DISTRICT, OTHER))


def test_a_plain_question_from_elsewhere_does_not_take_the_case_away() -> None:
    question = event(report(children=(), district=OTHER, report_id="q"), 1)
    record = after(in_district(DISTRICT, 0, C.NEGLECT), question)
    assert (record.district, set(record.districts)) == (DISTRICT, {DISTRICT, OTHER})


def test_a_case_belongs_to_the_district_where_a_child_lives_too() -> None:
    record = after(event(report(children=(reported_child(district=OTHER), reported_child(district=THIRD)))))
    assert (record.district, record.districts) == (DISTRICT, (DISTRICT, OTHER, THIRD))


def test_only_a_transfer_ends_a_district() -> None:
    record = after(in_district(DISTRICT), in_district(OTHER, 1), moved(DISTRICT, THIRD))
    assert (record.district, record.districts) == (THIRD, (OTHER, THIRD))


def test_a_transfer_of_another_district_leaves_the_home_of_the_case() -> None:
    record = after(in_district(DISTRICT), in_district(OTHER, 1), moved(OTHER, THIRD))
    assert (record.district, record.districts) == (DISTRICT, (DISTRICT, THIRD))


def test_a_report_of_before_the_transfer_that_comes_late_brings_the_district_not_back() -> None:
    late_or_not = (in_district(DISTRICT), in_district(DISTRICT, 2), moved(DISTRICT, OTHER))
    assert after(*late_or_not).districts == (OTHER,)
    assert after(*late_or_not, in_district(DISTRICT, 9)).districts == (OTHER, DISTRICT)


def test_a_transfer_is_said_on() -> None:
    transfer = moved(DISTRICT, OTHER)
    assert decide(after(in_district(DISTRICT)), transfer, PROGRAMME) == [("family/f1", transfer.data)]


def test_a_case_in_one_district_needs_no_saying() -> None:
    assert said(in_district(DISTRICT), in_district(DISTRICT, 1)) == []


def test_a_case_in_several_districts_is_said_with_its_children_when_they_become_more() -> None:
    third = event(report(children=(reported_child(), reported_child()), district=OTHER, report_id="r3"), 2)
    facts = said(in_district(DISTRICT), in_district(OTHER, 1), third, in_district(OTHER, 3))
    assert facts == [
        CaseInDistricts(family_id="f1", child_ids=("c1",), districts=(DISTRICT, OTHER)),
        CaseInDistricts(family_id="f1", child_ids=("c1", "c2"), districts=(DISTRICT, OTHER)),
    ]


def test_a_child_of_a_report_that_comes_after_the_transfer_is_said_to_be_where_the_case_is() -> None:
    late = event(report(children=(reported_child(), reported_child()), report_id="late"), 2)
    known = after(in_district(DISTRICT), moved(DISTRICT, OTHER))
    now = after(in_district(DISTRICT), late, moved(DISTRICT, OTHER))
    assert [fact for _, fact in conclude(known, now, late)] == [
        CaseInDistricts(family_id="f1", child_ids=("c1", "c2"), districts=(OTHER,))
    ]
    assert conclude(now, after(in_district(OTHER, 9), known=now), in_district(OTHER, 9)) == []


@pytest.mark.parametrize("count", [51, 60])
def test_a_case_of_very_many_districts_is_still_said(count: int) -> None:
    facts = said(*(in_district(f"06{number:04}", number) for number in range(count)))
    assert len(facts[-1].districts) == 50
