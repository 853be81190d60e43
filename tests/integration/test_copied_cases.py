"""Cases that benchmarks make by copying what a service keeps: as good as if their events had been folded."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo import MongoClient

from benchmarks.cases import Cases, copied, told_again
from benchmarks.events import UNTIL, families_at_risk
from benchmarks.views import RULES, Document, Mongo, documents_of
from shared.events import Event
from shared.folds.documents import Documents
from shared.mongo import Database
from tests.conftest import Servers

COPIES = (1, 2, 3)
FIRST = families_at_risk(20)
Databases = Callable[[str], Database]
pytestmark = pytest.mark.parametrize("service", sorted(RULES))


@pytest.fixture
def mongo_of_benchmarks(servers: Servers) -> Iterator[Mongo]:
    with MongoClient[Document](servers.mongo_url) as client:
        yield client


@pytest.fixture
async def documents(service: str, database: Databases, mongo_of_benchmarks: Mongo) -> Documents[Any]:
    """What a service keeps of twenty events, and three copies of it."""
    made: Documents[Any] = Documents(database(service), RULES[service].fold, f"/{service}")
    await made.prepare()
    await made.fold(concerned(service, FIRST))
    Cases(mongo_of_benchmarks, FIRST, [service]).copy(range(1, 4))
    return made


def concerned(service: str, events: list[Event]) -> list[tuple[Event, list[str]]]:
    return [(event, documents_of(service, event)) for event in events]


async def states(database: Database) -> dict[str, Any]:
    return {each["_id"]: each["state"] for each in await database["views"].find({}, {"state": 1}).to_list(None)}


async def test_copies_are_about_families_of_their_own(
    service: str, database: Databases, documents: Documents[Any]
) -> None:
    families = {event.subject.partition("/")[2] for event in FIRST}
    found = {state["familyId"] for state in (await states(database(service))).values()}
    assert found == {copied(family, copy) for family in families for copy in (0, *COPIES)}


async def test_a_copied_case_folds_from_its_rows_to_what_it_is(
    service: str, database: Databases, documents: Documents[Any]
) -> None:
    before = await states(database(service))
    assert (await documents.refold(sorted(before))).refolded == len(before)
    assert await states(database(service)) == before


async def test_a_copied_case_hears_the_next_event_as_the_first_one_does(
    service: str, database: Databases, documents: Documents[Any]
) -> None:
    later = UNTIL + timedelta(days=1)
    again = [told_again(FIRST[3], copy, later) for copy in (0, *COPIES)]
    saved = await documents.fold(concerned(service, again))
    assert (len(saved.heard), saved.refolded) == (len(again) * len(documents_of(service, FIRST[3])), 0)
    found = await states(database(service))
    first, *twins = [[found[each] for each in documents_of(service, event)] for event in again]
    for twin in twins:
        assert [state.keys() for state in twin] == [state.keys() for state in first]
        assert [state["concerns"] for state in twin] == [state["concerns"] for state in first]
