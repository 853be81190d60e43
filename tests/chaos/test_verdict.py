"""The verdict on what services really keep: well as they left it, and every damage found and named."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from chaos.poison import Letter, plant
from chaos.senders import Acknowledged
from chaos.verdict import Verdict, judge, judge_letters
from ops.servers.place import SERVICES
from services.care.app import create as care
from services.education.app import create as education
from services.intake.app import create as intake
from services.intake.store.keys import add_key
from services.notifications.app import create as notifications
from shared.folds.documents import VIEWS
from shared.folds.history import HISTORY
from shared.mongo import Client
from shared.settings import Settings
from shared.streams.dead import DEAD
from shared.streams.redis import redis_client
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

CREATE = {"intake": intake, "education": education, "care": care, "notifications": notifications}


class Told(NamedTuple):
    """A report that intake has acknowledged, and which changes and views are about it."""

    report: Acknowledged
    about: dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def stream(settings: Settings) -> AsyncIterator[Redis]:
    """A client of the Redis that the services listen to."""
    client = redis_client(settings)
    yield client
    await client.aclose()


@pytest_asyncio.fixture(scope="module")
async def door(stream: Redis, mongo: Client, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The door of intake; all four services run as long as the tests of this module."""
    await stream.flushall()
    for name in set(SERVICES).intersection(await mongo.list_database_names()):
        await mongo.drop_database(name)
    async with AsyncExitStack() as house:
        doors = {name: await house.enter_async_context(served(CREATE[name], settings)) for name in SERVICES}
        doors["intake"].headers["Authorization"] = f"Bearer {await add_key(mongo['intake'], 'clinic')}"
        yield doors["intake"]


@pytest_asyncio.fixture
async def told(door: httpx.AsyncClient, mongo: Client) -> Told:
    """A report of a new family that all services have heard of."""
    name = str(uuid4())
    body = {**REPORT, "reportId": name, "family": {"id": name}, "children": [{**REPORT["children"][0], "id": name}]}
    answer = (await door.post("/v1/reports", json=body)).json()
    promised = tuple((each["id"], each["type"]) for each in answer["events"])
    report = Acknowledged("clinic", answer["reportId"], answer["familyId"], promised)
    await eventually(lambda: _well(mongo, report), within=20)
    about = {"$regex": "|".join([answer["familyId"], *answer["childIds"]])}
    return Told(report, {"_id": about})


async def test_what_is_as_services_left_it_is_well(mongo: Client, told: Told) -> None:
    assert (await judge(mongo, [told.report])).well


@pytest.mark.parametrize("service", SERVICES)
async def test_an_event_that_a_view_has_not_heard_is_lost(mongo: Client, told: Told, service: str) -> None:
    await mongo[service][HISTORY].delete_many(told.about)
    assert (await judge(mongo, [told.report])).lost


async def test_a_report_that_was_acknowledged_and_is_nowhere_is_lost(mongo: Client, told: Told) -> None:
    other = Acknowledged("clinic", "r-2", "another-family", (("an-event", "FamilyAtRisk"),))
    lost = (await judge(mongo, [told.report, other])).lost
    assert "intake never said an-event" in lost
    assert any(each.startswith("family/another-family has not heard") for each in lost)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_view_that_is_not_the_fold_of_its_rows_differs(mongo: Client, told: Told, service: str) -> None:
    await mongo[service][VIEWS].update_many(told.about, {"$set": {"state.district": "999999"}})
    found = await judge(mongo, [told.report])
    assert found.differing
    assert not found.lost


async def test_an_event_heard_twice_is_doubled(mongo: Client, told: Told) -> None:
    await _happens_again(mongo, "care", told)
    assert any("2 times" in each for each in (await judge(mongo, [told.report])).doubled)


async def test_a_notification_said_twice_of_one_cause_is_doubled(mongo: Client, told: Told) -> None:
    await _happens_again(mongo, "notifications", told, said={"$regex": "StaffNotified"})
    assert any("notified 2 times" in each for each in (await judge(mongo, [told.report])).doubled)


async def test_what_a_document_had_to_say_and_never_said_is_lost(mongo: Client, told: Told) -> None:
    await mongo["care"][HISTORY].update_many(told.about, {"$set": {"said": []}})
    assert any("never said SupportPlanOpened" in each for each in (await judge(mongo, [told.report])).lost)


async def test_an_acknowledgement_that_was_confirmed_and_is_not_kept_is_lost(mongo: Client, told: Told) -> None:
    item = f"family/{told.report.family_id}/social_worker"
    found = await judge(mongo, [told.report], {item: 1})
    assert found == Verdict(lost=[f"{item} was acknowledged 1 times, and 0 are kept"])


async def test_dead_letters_are_those_planted(mongo: Client, stream: Redis, door: httpx.AsyncClient) -> None:
    planted = await plant(stream, 3, random.Random(1))
    await eventually(lambda: _as_planted(mongo, planted), within=20)
    never = Letter("care", "intake/1-1")
    assert await judge_letters(mongo, {*planted, never}, set()) == ["care has no dead letter intake/1-1"]
    assert await judge_letters(mongo, {*planted, never}, {never}) == []
    await mongo["care"][DEAD].insert_one({"_id": "intake/1-1"})
    assert await judge_letters(mongo, planted, set()) == ["care has a dead letter nobody planted: intake/1-1"]


async def _well(mongo: Client, report: Acknowledged) -> bool:
    found = await judge(mongo, [report])
    assert found.well, found
    return True


async def _happens_again(mongo: Client, service: str, told: Told, **which: Any) -> None:
    """A change of one of its documents is there once more, as a later version."""
    change = await mongo[service][HISTORY].find_one({**told.about, **which})
    assert change is not None
    document = change["_id"].partition(" ")[0]
    await mongo[service][HISTORY].insert_one({**change, "_id": f"{document} {99:08d}"})


async def _as_planted(mongo: Client, planted: set[Letter]) -> bool:
    return await judge_letters(mongo, planted, set()) == []
