"""Education's rules: which school a child belongs in, what to check there, who comes first."""

from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from services.education import domain
from services.education.domain import Check, begin
from services.education.handlers import about_a_child as concerned_by_need
from services.education.handlers import family_at_risk as concerned_by_risk
from shared.events import ChildAtRisk, Concern, SchoolLevel, age_at
from tests.factories import (
    MORNING,
    at,
    child_needs_care,
    child_updated,
    event,
    family_at_risk,
    fold,
    in_districts,
    support_plan_opened,
    transferred,
)

K, P, S = SchoolLevel
CHILD = "child/c1"
SCHOOL = domain.SchoolYear(3, 31, ZoneInfo("America/Lima"))
evolve, decide = (partial(each, school=SCHOOL) for each in (domain.evolve, domain.decide))
FIRST_GRADER = "2019-03"


def view_of(*concerns: Concern, hours: float = 0, **told):
    risk = family_at_risk(*concerns, children=(ChildAtRisk(child_id="c1", **told),))
    return evolve(begin(CHILD), event(risk, hours))


AGES = [
    # born, age on 2 March, level by the age on 31 March
    ("2023-04", 2, None),
    ("2023-03", 3, K),
    ("2020-04", 5, K),
    ("2020-03", 6, P),
    ("2014-04", 11, P),
    ("2014-03", 12, S),
    ("2009-04", 16, S),
    ("2009-03", 17, S),
    ("2008-04", 17, S),
]


@pytest.mark.parametrize(("birth_month", "age", "level"), AGES)
def test_the_age_at_the_end_of_march_gives_the_school(birth_month, age, level):
    assert age_at(birth_month, MORNING.date()) == age
    view = view_of(birth_month=birth_month)
    assert (view.age, view.level, bool(view.checks)) == (age, level, level is not None)


def test_who_is_born_in_june_2020_is_in_kindergarten_in_november_2026():
    november = event(family_at_risk(children=(ChildAtRisk(child_id="c1", birth_month="2020-06"),)), 24 * 260)
    view = evolve(begin(CHILD), november)
    assert (view.age, view.level) == (6, K)


def test_the_school_year_is_that_of_the_day_in_lima():
    eve = event(family_at_risk(children=(ChildAtRisk(child_id="c1", birth_month="2020-03"),)))
    late = eve.model_copy(update={"time": datetime(2026, 1, 1, 1, 30, tzinfo=UTC)})  # still 2025 there
    assert (evolve(begin(CHILD), late).level, evolve(begin(CHILD), eve).level) == (K, P)


def test_the_day_that_the_school_level_goes_by_is_a_setting():
    told = event(family_at_risk(children=(ChildAtRisk(child_id="c1", birth_month="2020-06"),)), 0)
    assert domain.evolve(begin(CHILD), told, SCHOOL._replace(month=6, day=30)).level == P


CHECKS = [
    # in school, works, checks, priority
    (True, False, [Check.ENROLLED, Check.ATTENDANCE, Check.LEVEL_FITS_AGE], 4),
    (None, None, [Check.ENROLLED, Check.ATTENDANCE, Check.LEVEL_FITS_AGE], 3),
    (True, True, [Check.WORKS, Check.ENROLLED, Check.ATTENDANCE, Check.LEVEL_FITS_AGE], 2),
    (False, False, [Check.OUT_OF_SCHOOL, Check.LEVEL_FITS_AGE], 2),
    (False, True, [Check.OUT_OF_SCHOOL, Check.WORKS, Check.LEVEL_FITS_AGE], 1),
]


@pytest.mark.parametrize(("in_school", "working", "checks", "priority"), CHECKS)
def test_working_and_out_of_school_children_come_first(in_school, working, checks, priority):
    view = view_of(birth_month=FIRST_GRADER, in_school=in_school, working=working)
    assert (list(view.checks), view.priority) == (checks, priority)


def test_a_child_whose_school_absence_was_reported_comes_before_the_rest():
    assert view_of(Concern.SCHOOL_ABSENCE, birth_month=FIRST_GRADER, in_school=True).priority == 3


def test_a_child_back_in_school_that_stopped_working_comes_last():
    urgent = event(
        family_at_risk(
            Concern.SCHOOL_DROPOUT,
            children=(
                ChildAtRisk(
                    child_id="c1",
                    birth_month=FIRST_GRADER,
                    in_school=False,
                    working=True,
                    concerns=(Concern.SCHOOL_DROPOUT,),
                ),
            ),
        ),
        0,
    )
    better = event(child_updated(in_school=True, working=False), 1)
    assert fold(begin, evolve, CHILD, [urgent]).priority == 1
    view = fold(begin, evolve, CHILD, [urgent, better])
    assert (view.priority, view.concerns, Check.OUT_OF_SCHOOL in view.checks) == (4, (), False)


def test_news_of_a_child_who_was_never_at_risk_put_nobody_on_the_list():
    news = event(child_updated(in_school=False, birth_month=FIRST_GRADER))
    assert decide(begin(CHILD), news) == []
    assert evolve(begin(CHILD), news).checks == ()


def test_the_school_concern_of_one_child_is_not_that_of_its_sister():
    told = (
        ChildAtRisk(child_id="c1", birth_month=FIRST_GRADER, in_school=True),
        ChildAtRisk(child_id="c2", birth_month=FIRST_GRADER, concerns=(Concern.SCHOOL_ABSENCE,)),
    )
    risk = event(family_at_risk(Concern.SCHOOL_ABSENCE, children=told))
    assert evolve(begin(CHILD), risk).priority == 4
    assert evolve(begin("child/c2"), risk).concerns == (Concern.SCHOOL_ABSENCE,)


def test_a_child_stays_in_every_district_until_its_case_is_transferred():
    heard = [event(family_at_risk(district="060101"), 0), event(child_needs_care(district="060105"), 1)]
    assert fold(begin, evolve, CHILD, heard).districts == ("060101", "060105")
    moved = fold(begin, evolve, CHILD, [*heard, event(transferred("060105", "060108"), 2)])
    assert moved.districts == ("060101", "060108")
    assert fold(begin, evolve, CHILD, [*heard, event(in_districts("060109"), 2)]).districts[-1] == "060109"


def test_a_transfer_of_one_family_takes_the_child_from_no_district_of_its_other_family():
    mother, father = family_at_risk(district="060101"), family_at_risk(district="060101", family_id="f2")
    heard = [event(mother, 0), event(father, 1), event(transferred("060101", "060108"), 2)]
    assert fold(begin, evolve, CHILD, heard).districts == ("060108", "060101")


def test_a_child_outside_school_age_is_known_and_not_checked():
    view = view_of(birth_month="2025-01", in_school=False, working=True)
    assert (view.family_id, view.checks, view.priority, view.opened) == ("f1", (), None, None)


def test_of_a_child_of_unknown_age_the_age_is_checked():
    risk = event(family_at_risk(children=(ChildAtRisk(child_id="c1"),)))
    [(_, opened)] = decide(begin(CHILD), risk)
    assert (opened.level, opened.checks[0], opened.priority) == (None, "age", 3)


def test_a_child_who_needs_care_keeps_its_school():
    needed = event(child_needs_care(birth_month=FIRST_GRADER, in_school=True))
    view = evolve(begin(CHILD), needed)
    assert (view.checks[0], view.priority, view.needs_care) == (Check.CONTINUITY, 2, True)


def test_education_says_once_that_a_child_is_on_its_list():
    first, second = event(family_at_risk(), 0), event(child_needs_care(), 1)
    [(subject, opened)] = decide(begin(CHILD), first)
    assert (subject, opened.level, opened.family_id) == (CHILD, P, "f1")
    assert decide(evolve(begin(CHILD), first), second) == []


def test_a_child_who_reaches_school_age_is_put_on_the_list_then():
    told = (ChildAtRisk(child_id="c1", birth_month="2023-04"),)
    early, later = event(family_at_risk(children=told), 0), event(family_at_risk(children=told), 366 * 24)
    assert decide(begin(CHILD), early) == []
    assert len(decide(evolve(begin(CHILD), early), later)) == 1


def test_what_a_later_report_does_not_tell_stays_known():
    heard = [
        event(family_at_risk(children=(ChildAtRisk(child_id="c1", birth_month=FIRST_GRADER, in_school=False),)), 0),
        event(child_needs_care(working=True), 1),
    ]
    view = fold(begin, evolve, CHILD, heard)
    assert (view.in_school, view.working, view.priority, view.opened) == (False, True, 1, at(0))


def test_education_leaves_alone_what_does_not_concern_the_child():
    for heard in (family_at_risk(children=()), child_needs_care("c2"), support_plan_opened()):
        assert evolve(begin(CHILD), event(heard)) == begin(CHILD)
        assert decide(begin(CHILD), event(heard)) == []


def test_a_risk_concerns_every_child_at_home_and_a_need_the_child():
    risk = family_at_risk(children=(ChildAtRisk(child_id="c1"), ChildAtRisk(child_id="c2")))
    assert concerned_by_risk(risk) == ["child/c1", "child/c2"]
    assert concerned_by_need(child_needs_care("c3", "c1")) == ["child/c3"]
