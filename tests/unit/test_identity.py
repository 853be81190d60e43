"""Who is who in a report: a child has one id however its name is spelt, and two entries are two children."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.identity import Identity
from services.intake.domain.words import compared
from shared.events import Household, LivesWith, Report, ReportedChild
from tests.factories import MORNING, report, reported_child
from tests.spelling import names, spelt

IDENTITY = Identity(b"a key of thirty-two bytes or more")

children = st.builds(
    reported_child,
    st.sampled_from(LivesWith),
    name=st.none() | names | st.sampled_from(["NN", "RN", "RN de Rosa", "sin nombre", "Ana", "José"]),
    birth_date=st.none() | st.dates(MORNING.date().replace(year=2008), MORNING.date()),
    age_years=st.none() | st.integers(0, 17),
    sex=st.sampled_from([None, "female", "male"]),
    in_school=st.none() | st.booleans(),
)
many = st.lists(children, max_size=6)
often = settings(max_examples=100, deadline=None)


def ids(*told: ReportedChild, family: str = "f1", source: str = "school", unique: bool = False) -> list[str]:
    """The ids of the children of a report."""
    return list(IDENTITY.children(source, family, _report(told), unique=unique))


def _report(told: Any) -> Report:
    return report(children=tuple(told))


def who(told: list[ReportedChild]) -> Counter[tuple[str, str]]:
    """Each child with its id, as a multiset: what a child is, without the spelling of its name."""
    described = [each.but(name=compared(each.name or "")).model_dump_json() for each in told]
    return Counter(zip(described, ids(*told), strict=True))


@often
@given(told=many)
def test_the_entries_of_a_report_are_as_many_children(told: list[ReportedChild]) -> None:
    assert len(set(ids(*told))) == len(told)


@often
@given(told=many, data=st.data())
def test_the_order_of_the_entries_does_not_matter(told: list[ReportedChild], data: st.DataObject) -> None:
    assert who(data.draw(st.permutations(told))) == who(told)


@often
@given(told=many, data=st.data())
def test_the_spelling_of_a_name_does_not_matter(told: list[ReportedChild], data: st.DataObject) -> None:
    respelt = [each.but(name=data.draw(spelt(each.name))) if each.name else each for each in told]
    assert who(respelt) == who(told)


@often
@given(name=names, data=st.data())
def test_a_child_is_known_by_its_name_whatever_else_is_told(name: str, data: st.DataObject) -> None:
    once, again = (data.draw(children).but(name=data.draw(spelt(name))) for _ in range(2))
    assert ids(once) == ids(again)


TWINS = reported_child(name="RN", birth_date="2026-03-01")
DISTINCT = {
    "twins RN and RN": (TWINS, TWINS),
    "three NN": (reported_child(name="NN"), reported_child(name="N.N."), reported_child(name="nn")),
    "two of one name": (reported_child(name="José", age_years=4), reported_child(name="Jose\u0301", age_years=9)),
    "nobody named": (reported_child(), reported_child(), reported_child()),
    "one with an id and one without": (reported_child(id="C-1", name="Ana"), reported_child(name="Ana")),
}


@pytest.mark.parametrize("told", DISTINCT.values(), ids=DISTINCT)
def test_the_entries_of_one_report_are_distinct(told: tuple[ReportedChild, ...]) -> None:
    assert len(set(ids(*told))) == len(told)


@pytest.mark.parametrize("told", DISTINCT.values(), ids=DISTINCT)
def test_a_report_told_again_is_about_the_same_children(told: tuple[ReportedChild, ...]) -> None:
    assert ids(*told) == ids(*told)


def test_an_id_of_the_sender_counts_within_its_family() -> None:
    second = reported_child(id="02")
    assert ids(second, family="H1") != ids(second, family="H2")
    assert ids(second, family="H1") == ids(reported_child(id="02", name="Ana"), family="H1")


def test_ids_that_are_unique_are_one_child_in_every_family_of_their_sender() -> None:
    second = reported_child(id="02")
    assert ids(second, family="H1", unique=True) == ids(second, family="H2", unique=True)
    assert ids(second, unique=True) != ids(second, unique=True, source="clinic")


def test_a_name_counts_within_its_family() -> None:
    assert ids(reported_child(name="Ana"), family="H1") != ids(reported_child(name="Ana"), family="H2")


def test_a_family_without_an_id_is_that_of_its_report() -> None:
    first, again, other = (IDENTITY.family("s", report(report_id=name)) for name in ("r1", "r1", "r2"))
    assert first == again != other


def test_a_familys_id_is_the_senders_own() -> None:
    told = report(family=Household(id="H-1"))
    assert IDENTITY.family("school", told) != IDENTITY.family("clinic", told)


def test_whoever_contradicts_a_child_has_an_id_of_its_own() -> None:
    others = [IDENTITY.another("c1", place) for place in (1, 1, 2)]
    assert others[0] == others[1]
    assert len({"c1", *others}) == 3


def test_without_the_key_nobody_finds_out_whose_an_id_is() -> None:
    other = Identity(b"another key of thirty-two bytes..")
    told = _report([reported_child(name="Ana")])
    assert other.children("school", "f1", told) != IDENTITY.children("school", "f1", told)
