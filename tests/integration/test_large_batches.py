"""More at once than fits: into one change (a document of MongoDB holds 16 MiB), or into memory."""

import json
from collections.abc import Callable

from redis.asyncio import Redis

from ops.commands.audit import hears, rules
from services.care import app as care
from shared.events import EVENT_FIELD, ChildAtRisk, Event, FamilyAtRisk
from shared.events.vocabulary import MOST
from shared.folds.documents import Concerned
from shared.folds.history import History
from shared.folds.relay import Relay
from shared.mongo import Database, close
from shared.service import FOLDED_AT_ONCE, Service
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


async def test_a_batch_about_very_many_children_is_folded_in_parts_and_completed_in_parts(
    settings: Settings, redis: Redis, database: Callable[[str], Database]
) -> None:
    views = database("education")["views"]
    batch = wide(families=2 * FOLDED_AT_ONCE // MOST + 1)
    service = Service("education", rules("education"), {}, (), settings)
    try:
        await service.fold(batch)
        assert await service.documents.outbox.waiting() == 3
        assert await views.count_documents({}) == len(batch) * MOST
        await views.delete_many({})
        successor = Relay(service.documents, service.publisher, service.metrics, sweep_seconds=1)
        assert await successor.sweep_once() == 3
    finally:
        await service.redis.aclose()
        await close(service.client)
    assert await views.count_documents({}) == await redis.xlen("education") == len(batch) * MOST


def wide(families: int) -> list[Concerned]:
    """An event about each of so many families, all with as many children as a report may name."""
    concerns = hears("education")["intake"][FamilyAtRisk]
    children = [
        tuple(ChildAtRisk(child_id=f"f{family}-c{child}", birth_month="2016-03") for child in range(MOST))
        for family in range(families)
    ]
    facts = [family_at_risk(family_id=f"f{family}", children=each) for family, each in enumerate(children)]
    return [(event(fact), concerns(fact)) for fact in facts]


async def has_heard(history: History, count: int) -> bool:
    changes = (await history.of([FAMILY]))[FAMILY]
    return sum(len(change.heard) for change in changes) == count


async def nothing_is_pending(redis: Redis) -> bool:
    return int((await redis.xpending("intake", "care"))["pending"]) == 0
