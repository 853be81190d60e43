"""Sample reports: the published figures hold, a seed repeats a run, and every kind of report turns up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from math import sqrt

import pytest

from ops.samples.data import DISTRICTS, POVERTY_LINE
from ops.samples.reports import sample_reports
from services.intake.app import programme
from services.intake.domain.assessment import Assessment, assess
from shared.events import Concern, LivesWith, Report, ReportedChild, ReportSubmitted

PROGRAMME = programme()
UNTIL = datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
COUNT = 12_000
RURAL = {district.ubigeo for district in DISTRICTS if district.rural}
EITHER_SEED = pytest.mark.parametrize("seed", [1, 2026])


@lru_cache
def drawn(seed: int) -> tuple[Report, ...]:
    return tuple(sample_reports(COUNT, seed=seed, until=UNTIL))


def documents(report: Report) -> set[str]:
    return {each.document_number for each in report.family.caregivers if each.document_number}


def same_family(report: Report) -> set[str]:
    """What a family can be recognised by."""
    return documents(report) | ({report.family.id} if report.family.id else set())


@lru_cache
def households(seed: int) -> tuple[Report, ...]:
    """The first report of each family: those who report again do not count twice."""
    seen: set[str] = set()
    first = []
    for report in drawn(seed):
        marks = same_family(report)
        if not marks & seen:
            first.append(report)
        seen |= marks
    return tuple(first)


def children(seed: int, oldest: int = 17, youngest: int = 0) -> Iterator[tuple[Report, ReportedChild]]:
    """Children of that age, each once; those whose age is known to the month or the year of age."""
    for report in households(seed):
        for child in report.children:
            age = years(child, report)
            if age is not None and youngest <= age <= oldest:
                yield report, child


def years(child: ReportedChild, report: Report) -> int | None:
    day, born = report.reported_at.date(), child.birth_date
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) if born else child.age_years


def assessed(report: Report) -> Assessment:
    ids = tuple(f"c{place}" for place in range(len(report.children)))
    submitted = ReportSubmitted(**dict(report), family_id="f", child_ids=ids)
    return assess(submitted, UNTIL, PROGRAMME)


def rate(found: Iterable[bool]) -> float:
    known = list(found)
    return sum(known) / len(known)


def assert_holds(published: float, found: Iterable[bool], least: int) -> None:
    """Within four standard errors of a binomial sample, a little wider because siblings are alike."""
    known = list(found)
    assert len(known) >= least
    assert abs(rate(known) - published) <= 4 * 1.1 * sqrt(published * (1 - published) / len(known))


@EITHER_SEED
def test_sixty_two_percent_of_households_are_poor(seed: int) -> None:
    told = [(r.family.monthly_income, r.family.household_size) for r in households(seed)]
    assert_holds(0.62, (income / size < POVERTY_LINE for income, size in told if income and size), 5_000)


@EITHER_SEED
def test_fifteen_percent_of_children_from_five_to_seventeen_work(seed: int) -> None:
    told = [child.working for _, child in children(seed, youngest=5)]
    assert_holds(0.15, (working for working in told if working is not None), 8_000)


@EITHER_SEED
def test_thirty_two_percent_of_under_fives_are_chronically_malnourished(seed: int) -> None:
    told = [child.malnutrition for _, child in children(seed, oldest=4)]
    assert_holds(0.32, (each == "chronic" for each in told if each), 3_000)


@EITHER_SEED
def test_rural_children_work_more_and_from_the_age_of_five(seed: int) -> None:
    told = [(r.district in RURAL, years(c, r), c.working) for r, c in children(seed) if c.working is not None]
    rural = rate(working for in_country, age, working in told if in_country and age and age >= 5)
    urban = rate(working for in_country, age, working in told if not in_country and age and age >= 5)
    assert rural > 2 * urban > 0
    assert min(age for in_country, age, working in told if in_country and working and age is not None) == 5


@EITHER_SEED
def test_working_children_are_more_often_out_of_school(seed: int) -> None:
    told = [(c.working, c.in_school) for _, c in children(seed, 16, 6) if None not in (c.working, c.in_school)]
    assert rate(not in_school for working, in_school in told if working) > 3 * rate(
        not in_school for working, in_school in told if not working
    )


@EITHER_SEED
def test_illness_and_health_expenses_are_the_commonest_concerns(seed: int) -> None:
    named = Counter(concern for report in households(seed) for concern in report.concerns)
    assert {concern for concern, _ in named.most_common(2)} == {Concern.ILLNESS_IN_FAMILY, Concern.HEALTH_EXPENSES}


def test_only_a_poor_household_is_called_poor() -> None:
    told = [report.family for report in drawn(1) if Concern.POVERTY in report.concerns]
    assert all(
        f.monthly_income / f.household_size < POVERTY_LINE for f in told if f.monthly_income and f.household_size
    )


def test_every_district_is_heard_of_and_cajamarca_most() -> None:
    heard = Counter(report.district for report in drawn(1))
    assert set(heard) == {f"0601{number:02d}" for number in range(1, 13)}
    assert heard.most_common(1)[0][0] == "060101"


def test_the_same_seed_draws_the_same_reports_byte_for_byte() -> None:
    again = sample_reports(COUNT, seed=1, until=UNTIL)
    assert [each.model_dump_json() for each in drawn(1)] == [each.model_dump_json() for each in again]


def test_no_two_reports_have_the_same_id_whatever_their_seeds() -> None:
    ids = [each.report_id for seed in (-1, 1, 11) for each in sample_reports(300, seed=seed, until=UNTIL)]
    assert len(set(ids)) == 900


def test_no_two_seeds_share_a_family_id() -> None:
    runs = [{each.family.id for each in sample_reports(300, seed=s, until=UNTIL)} - {None} for s in (-1, 1, 11)]
    assert len(set.union(*runs)) == sum(map(len, runs))


def test_another_seed_draws_other_families_even_with_the_sign_alone_changed() -> None:
    one, minus_one = (list(sample_reports(50, seed=seed, until=UNTIL)) for seed in (1, -1))
    assert [each.family.caregivers for each in one] != [each.family.caregivers for each in minus_one]


def test_a_report_survives_the_way_as_json() -> None:
    for report in islice(drawn(1), 1_000):
        assert Report.model_validate_json(report.model_dump_json(exclude_none=True)) == report


def test_only_reports_of_the_same_family_share_a_document_number() -> None:
    owners: dict[str, set[str]] = {}
    for report in drawn(1):
        for number in documents(report):
            owners.setdefault(number, set()).add("|".join(each.name for each in report.family.caregivers))
    assert all(len(names) == 1 for names in owners.values())


def test_some_families_are_known_to_several_systems_under_other_ids() -> None:
    ids: dict[frozenset[str], set[str]] = {}
    for report in drawn(1):
        if documents(report) and report.family.id:
            ids.setdefault(frozenset(documents(report)), set()).add(report.family.id)
    assert COUNT * 0.02 < sum(len(known) > 1 for known in ids.values()) < COUNT * 0.15
    assert any(len({each.split("-")[0] for each in known}) > 1 for known in ids.values())


def test_some_families_are_reported_again_by_the_same_system_and_later() -> None:
    seen: dict[str, list[datetime]] = {}
    for report in drawn(1):
        if report.family.id:
            seen.setdefault(report.family.id, []).append(report.reported_at)
    again = [moments for moments in seen.values() if len(moments) > 1]
    assert COUNT * 0.02 < len(again) < COUNT * 0.15
    assert rate(later > earlier for moments in again for earlier, later in pairwise(moments)) > 0.9


def test_some_reports_arrive_days_after_they_were_made_and_none_before() -> None:
    made = [report.reported_at for report in drawn(1)]
    late = [latest - each >= timedelta(days=1) for latest, each in zip(accumulate(made, max), made, strict=True)]
    assert max(made) <= UNTIL
    assert 0.03 < rate(late) < 0.15


def test_no_child_is_reported_before_its_birth() -> None:
    for report in drawn(1):
        assert all(c.birth_date <= report.reported_at.date() for c in report.children if c.birth_date)


def test_a_plain_question_that_names_no_child_is_found_to_be_no_risk_and_every_other_report_one() -> None:
    assert 0.03 < rate(not told(report) for report in drawn(1)) < 0.2
    silent = [report for report in drawn(1) if not (told(report) or report.children or report.narrative)]
    assert silent
    assert all(bool(assessed(report).risk_level) == (report not in silent) for report in drawn(1))


def told(report: Report) -> set[Concern]:
    """All concerns of a report, whether of the family or of one child."""
    return {*report.concerns, *(concern for child in report.children for concern in child.concerns)}


def test_some_children_need_care_for_want_of_parents() -> None:
    parentless = {Concern.PARENTS_DEAD, Concern.PARENTS_ABSENT, Concern.PARENTS_UNABLE, Concern.ABANDONMENT}
    reports = [report for report in drawn(1) if parentless & set(report.concerns)]
    assert 0.02 < len(reports) / COUNT < 0.12
    unplaced = [each for each in reports if not all(child.placed_by_authority for child in each.children)]
    assert all(assessed(report).children_need_care for report in unplaced)
    where = {child.lives_with for report in reports for child in report.children}
    assert where >= {LivesWith.ALONE, LivesWith.INSTITUTION, LivesWith.RELATIVES}


def test_every_concern_there_is_turns_up() -> None:
    assert {concern for report in drawn(1) for concern in told(report)} == set(Concern)


def test_names_and_stories_go_beyond_ascii() -> None:
    names = [caregiver.name for report in drawn(1) for caregiver in report.family.caregivers]
    names += [child.name for report in drawn(1) for child in report.children if child.name]
    assert rate(not name.isascii() for name in names) > 0.3
    assert set("Ññáé") <= set("".join(names))


def test_what_a_report_may_leave_out_is_sometimes_left_out() -> None:
    reports = drawn(1)
    assert 0 < rate(report.family.id is None for report in reports) < 0.5
    for field in ("address", "monthly_income", "household_size"):
        assert 0 < rate(getattr(report.family, field) is None for report in reports) < 0.5
    children = [child for report in reports for child in report.children]
    for field in ("id", "name", "sex", "birth_date", "birth_year", "age_years", "working", "in_school"):
        assert 0 < rate(getattr(child, field) is None for child in children) < 0.95


def test_two_hundred_reports_already_show_every_kind() -> None:
    few = list(sample_reports(200, until=UNTIL))
    assert any(not told(report) for report in few)
    assert any(assessed(report).children_need_care for report in few)
    assert max(Counter(mark for report in few for mark in same_family(report)).values()) > 1
    assert any(later.reported_at < earlier.reported_at for earlier, later in pairwise(few))


def test_a_billion_reports_can_be_asked_for() -> None:
    assert len(list(islice(sample_reports(10**9, until=UNTIL), 3))) == 3
