"""Notifications' rules: what an answer ends, and whose an item stays."""

import pytest

from services.notifications.domain import decide
from shared.events import ChildAtRisk, RiskLevel
from shared.events.deadlines import MOST_DUE
from tests.factories import (
    acknowledged,
    answered,
    approach_agreed,
    at,
    child_needs_care,
    event,
    family_at_risk,
    in_districts,
    risk_reassessed,
    transferred,
)
from tests.items import item, notified

HIGH, MEDIUM, LOW = RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW


def test_an_answered_emergency_of_march_leaves_a_report_of_august_its_own_level_and_deadline():
    march = event(family_at_risk(level=HIGH, respond_by=at(24)), 0)
    august = event(family_at_risk(level=LOW, respond_by=at(4000)), 3900)
    found = item(march, event(answered(march), 5), august)
    assert (found.level, found.respond_by, found.acknowledge_by) == (LOW, at(4000), at(3924))
    [(_, told)] = decide(item(march), august)
    assert (told.level, told.respond_by) == (LOW, at(4000))


def test_seen_is_not_answered():
    march = event(family_at_risk(level=HIGH, respond_by=at(24)), 0)
    found = item(march, event(acknowledged(march), 1))
    assert (found.level, found.respond_by, found.acknowledge_by) == (HIGH, at(24), None)


def test_who_answers_has_seen_it_and_nothing_waits_any_more():
    risk = event(family_at_risk(), 0)
    found = item(risk, event(answered(risk), 5))
    assert (found.level, found.respond_by, found.due) == (None, None, ())
    assert (found.answered.what, found.answered.by, found.acknowledged.by) == ("visited", "staff-7", "staff-7")


def test_an_answer_to_one_cause_leaves_the_others_waiting():
    first, second = event(family_at_risk(level=HIGH, respond_by=at(24)), 0), event(family_at_risk(level=LOW), 1)
    found = item(first, second, event(answered(first, some=True), 5))
    assert (found.level, found.answered, [each.cause_id for each in found.due]) == (LOW, None, [second.id])


def test_a_report_that_nobody_could_know_of_waits_though_it_folds_before_the_answer():
    risk, late = event(family_at_risk(level=LOW), 0), event(family_at_risk(level=HIGH, respond_by=at(26)), 1, learnt=9)
    found = item(risk, late, event(answered(risk), 5))
    assert (found.level, found.respond_by, found.answered) == (HIGH, at(26), None)


def test_a_report_after_the_answer_opens_the_item_again():
    risk, again = event(family_at_risk(), 0), event(family_at_risk(level=LOW, respond_by=at(300)), 200)
    found = item(risk, event(answered(risk), 5), again)
    assert (found.answered, found.acknowledged, found.respond_by) == (None, None, at(300))


def test_of_many_causes_the_most_pressing_stay_and_a_full_answer_ends_them_all():
    many = [event(family_at_risk(level=LOW, respond_by=at(500 - n)), n, name=str(n)) for n in range(30)]
    high = event(family_at_risk(level=HIGH, respond_by=at(50)), 31)
    found = item(*many, high)
    assert (found.level, found.respond_by, len(found.due)) == (HIGH, at(50), MOST_DUE)
    assert item(*many, high, event(answered(high, some=True), 40)).respond_by == at(471)
    assert item(*many, high, event(answered(*many, high), 40)).due == ()


def test_a_family_that_rises_to_another_level_is_told_and_one_that_falls_is_not():
    low = event(family_at_risk(level=LOW), 0)
    rise = event(risk_reassessed(MEDIUM, LOW), 1)
    assert notified(item(low), rise) == ["StaffNotified"]
    assert (item(low, rise).level, item(low, rise).risk_level) == (MEDIUM, MEDIUM)
    fall = event(risk_reassessed(LOW, MEDIUM), 2)
    assert notified(item(low, rise), fall) == []
    assert (item(low, rise, fall).level, item(low, rise, fall).risk_level) == (MEDIUM, LOW)


def test_a_rise_that_its_own_report_has_told_already_is_no_second_cause():
    report_high = event(family_at_risk(level=HIGH), 0)
    rise = event(risk_reassessed(HIGH, LOW), 0).model_copy(update={"correlationid": report_high.correlationid})
    assert notified(item(report_high), rise) == []
    assert item(report_high, rise).count == 1


def test_a_second_report_from_elsewhere_takes_the_item_from_nobody():
    heard = [event(family_at_risk(district="060101"), 0), event(family_at_risk(district="060105"), 1)]
    assert (item(*heard).district, item(*heard).districts) == ("060101", ("060101", "060105"))


def test_an_unanswered_item_is_never_taken_away_by_a_transfer():
    risk = event(family_at_risk(district="060101"), 0)
    moved = event(transferred("060101", "060108"), 1)
    assert set(item(risk, moved).districts) == {"060101", "060108"}
    assert item(risk, moved, event(answered(risk), 2)).districts == ("060108",)
    assert item(risk, event(answered(risk), 1), event(transferred("060101", "060108"), 2)).districts == ("060108",)


def test_a_district_that_reports_again_after_a_transfer_keeps_the_item():
    risk, moved = event(family_at_risk(district="060101"), 0), event(transferred("060101", "060108"), 1)
    again = event(family_at_risk(district="060101"), 2)
    assert set(item(risk, moved, again, event(answered(risk, again), 3)).districts) == {"060101", "060108"}


HERE, THERE = "060101", "060108"
ROUND = [
    [transferred(HERE, HERE)],
    [transferred(HERE, THERE), transferred(THERE, HERE)],
    [transferred(HERE, THERE), transferred(THERE, HERE), transferred(HERE, THERE), transferred(THERE, HERE)],
]


@pytest.mark.parametrize("moves", ROUND)
def test_a_case_that_comes_back_stays_once_it_is_answered(moves):
    risk = event(family_at_risk(district=HERE), 0)
    moved = [event(each, hours) for hours, each in enumerate(moves, 1)]
    assert item(risk, *moved, event(answered(risk), 9)).districts == (HERE,)


def test_a_district_that_a_case_belongs_to_again_keeps_it_once_it_is_answered():
    risk, moved = event(family_at_risk(district=HERE), 0), event(transferred(HERE, THERE), 1)
    asked = event(in_districts(THERE, HERE), 2)
    assert set(item(risk, moved, asked, event(answered(risk), 3)).districts) == {HERE, THERE}
    elsewhere = ChildAtRisk(child_id="c1", district=HERE)
    again = event(family_at_risk(district=THERE, children=(elsewhere,)), 2)
    assert set(item(risk, moved, again, event(answered(risk, again), 3)).districts) == {HERE, THERE}


def test_an_item_says_that_its_family_is_on_hold_until_the_authority_agrees():
    held = event(family_at_risk(on_hold=True), 0)
    assert item(held).on_hold
    assert not item(held, event(approach_agreed(), 1)).on_hold
    late = event(family_at_risk(on_hold=True), 0, learnt=9)
    assert item(held, late, event(approach_agreed(), 1)).on_hold


def test_a_social_worker_hears_that_nobody_goes_there_and_answers_for_the_family_alone():
    risk, need = event(family_at_risk(), 0), event(child_needs_care(on_hold=True), 1)
    found = item(risk, need)
    assert (found.on_hold, found.count, notified(item(risk), need)) == (True, 1, [])
    assert not item(risk, event(child_needs_care(), 1)).on_hold
