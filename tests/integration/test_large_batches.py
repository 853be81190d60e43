"""More about one family at once than fits into one change: a document of MongoDB holds 16 MiB."""

import json
from collections.abc import Callable

from redis.asyncio import Redis

from services.care import app as care
from shared.events import EVENT_FIELD, Event
from shared.history import History
from shared.mongo import Database
from shared.settings import Settings
from tests.factories import event, family_at_risk
from tests.integration.serving import served
from tests.waiting import eventually

LARGE = 500_000
COUNT = 40
FAMILY = f"family/{family_at_risk().family_id}"


def large(hours: int) -> str:
    """An event that says more than we know how to read."""
    return json.dumps({**json.loads(event(family_at_risk(), hours=hours).text), "unknown": "x" * LARGE})


async def test_what_is_too_much_for_one_change_is_taken_in_all_the_same(
    settings: Settings, redis: Redis, database: Callable[[str], Database]
) -> None:
    texts = [large(hours) for hours in range(COUNT)]
    for text in texts:
        await redis.xadd("intake", {EVENT_FIELD: text})
    history = History(database("care"))
    async with served(care.create, settings):
        await eventually(lambda: has_heard(history, COUNT), within=60)
        await eventually(lambda: nothing_is_pending(redis), within=30)
    changes = (await history.of([FAMILY]))[FAMILY]
    assert [each.id for change in changes for each in change.heard] == [Event.parse(text).id for text in texts]
    assert await database("care")["dead"].count_documents({}) == 0


async def has_heard(history: History, count: int) -> bool:
    changes = (await history.of([FAMILY]))[FAMILY]
    return sum(len(change.heard) for change in changes) == count


async def nothing_is_pending(redis: Redis) -> bool:
    return int((await redis.xpending("intake", "care"))["pending"]) == 0
