"""The verdict on what services really keep: well as they left it, and every damage found and named."""

import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from chaos.poison import Letter, plant
from chaos.senders import Acknowledged
from chaos.verdict import Verdict, in_every_view, judge, judge_letters
from ops.place import SERVICES
from services.care.app import create as care
from services.education.app import create as education
from services.intake.app import create as intake
from services.intake.keys import add_key
from services.notifications.app import create as notifications
from shared.dead import DEAD
from shared.documents import HISTORY, VIEWS
from shared.mongo import Client, Database
from shared.outbox import SAID
from shared.settings import Settings
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

CREATE = {"intake": intake, "education": education, "care": care, "notifications": notifications}
Names = Callable[[str], Database]


@pytest_asyncio.fixture
async def report(redis: Redis, mongo: Client, database: Names, settings: Settings) -> AsyncIterator[Acknowledged]:
    """A report that all four services have heard of; they run as long as the test does."""
    async with AsyncExitStack() as house:
        doors = {name: await house.enter_async_context(served(CREATE[name], settings)) for name in SERVICES}
        report = await _sent(doors["intake"], await add_key(database("intake"), "clinic"))
        await eventually(lambda: in_every_view(mongo, report), within=20)
        await eventually(lambda: _well(mongo, report), within=20)
        yield report


async def test_what_is_as_services_left_it_is_well(mongo: Client, report: Acknowledged) -> None:
    assert (await judge(mongo, [report])).well


@pytest.mark.parametrize("service", SERVICES)
async def test_an_event_that_a_view_has_not_heard_is_lost(
    mongo: Client, database: Names, report: Acknowledged, service: str
) -> None:
    await database(service)[HISTORY].delete_many({})
    assert not await in_every_view(mongo, report)
    assert (await judge(mongo, [report])).lost


async def test_a_report_that_was_acknowledged_and_is_nowhere_is_lost(mongo: Client, report: Acknowledged) -> None:
    other = Acknowledged("clinic", "r-2", "another-family", (("an-event", "FamilyAtRisk"),))
    assert not await in_every_view(mongo, other)
    lost = (await judge(mongo, [report, other])).lost
    assert "intake never said an-event" in lost
    assert any(each.startswith("family/another-family has not heard") for each in lost)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_view_that_is_not_the_fold_of_its_rows_differs(
    mongo: Client, database: Names, report: Acknowledged, service: str
) -> None:
    await database(service)[VIEWS].update_many({}, {"$set": {"state.district": "999999"}})
    found = await judge(mongo, [report])
    assert found.differing
    assert not found.lost


async def test_an_event_heard_twice_is_doubled(mongo: Client, database: Names, report: Acknowledged) -> None:
    row = await database("care")[HISTORY].find_one({})
    await database("care")[HISTORY].insert_one({**row, "_id": "again"})
    assert any("2 times" in each for each in (await judge(mongo, [report])).doubled)


async def test_a_notification_said_twice_of_one_cause_is_doubled(
    mongo: Client, database: Names, report: Acknowledged
) -> None:
    said = await database("notifications")[SAID].find_one({"type": "StaffNotified"})
    await database("notifications")[SAID].insert_one({**said, "_id": "again"})
    assert any("notified 2 times" in each for each in (await judge(mongo, [report])).doubled)


async def test_what_a_document_had_to_say_and_never_said_is_lost(
    mongo: Client, database: Names, report: Acknowledged
) -> None:
    await database("care")[SAID].delete_many({})
    assert any("never said SupportPlanOpened" in each for each in (await judge(mongo, [report])).lost)


async def test_an_acknowledgement_that_was_confirmed_and_is_not_kept_is_lost(
    mongo: Client, report: Acknowledged
) -> None:
    item = f"family/{report.family_id}/social_worker"
    found = await judge(mongo, [report], {item: 1})
    assert found == Verdict(lost=[f"{item} was acknowledged 1 times, and 0 are kept"])


async def test_dead_letters_are_those_planted(
    mongo: Client, redis: Redis, database: Names, report: Acknowledged
) -> None:
    planted = await plant(redis, 3, random.Random(1))
    await eventually(lambda: _as_planted(mongo, planted), within=20)
    never = Letter("care", "intake/1-1")
    assert await judge_letters(mongo, {*planted, never}, set()) == ["care has no dead letter intake/1-1"]
    assert await judge_letters(mongo, {*planted, never}, {never}) == []
    await database("care")[DEAD].insert_one({"_id": "intake/1-1"})
    assert await judge_letters(mongo, planted, set()) == ["care has a dead letter nobody planted: intake/1-1"]


async def _sent(http: httpx.AsyncClient, key: str) -> Acknowledged:
    answer = (await http.post("/v1/reports", json=REPORT, headers={"Authorization": f"Bearer {key}"})).json()
    promised = tuple((each["id"], each["type"]) for each in answer["events"])
    return Acknowledged("clinic", answer["reportId"], answer["familyId"], promised)


async def _well(mongo: Client, report: Acknowledged) -> bool:
    found = await judge(mongo, [report])
    assert found.well, found
    return True


async def _as_planted(mongo: Client, planted: set[Letter]) -> bool:
    return await judge_letters(mongo, planted, set()) == []
