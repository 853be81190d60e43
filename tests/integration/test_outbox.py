"""What documents have to say reaches the stream, whatever happens between two steps."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from ops.processes import free_port
from shared.documents import Documents
from shared.events import EVENT_FIELD, Event
from shared.metrics import Metrics
from shared.mongo import Database
from shared.outbox import Outbox
from shared.streams import Publisher
from tests.factories import event, support_plan_opened
from tests.integration.tally import FOLD, Tally
from tests.waiting import eventually


@pytest.fixture
def care(database: Callable[[str], Database]) -> Database:
    return database("care")


@pytest.fixture
async def outbox(care: Database, redis: Redis) -> Outbox:
    made = Outbox(care, Publisher(redis, "care"), Metrics(), sweep_seconds=0.1)
    await made.prepare()
    return made


@pytest.fixture
async def unreachable() -> AsyncIterator[Redis]:
    client = Redis(host="127.0.0.1", port=free_port(), socket_connect_timeout=0.2)
    yield client
    await client.aclose()


async def save(care: Database, families: int = 1) -> list[Event]:
    """Each family has one thing to say; returns what."""
    documents: Documents[Tally] = Documents(care, FOLD, "/care")
    saved = await documents.fold([(event(support_plan_opened(f"f{n}")), [f"family/f{n}"]) for n in range(families)])
    return [each.event for each in saved.said]


async def on_stream(redis: Redis) -> list[Event]:
    return [Event.model_validate_json(fields[EVENT_FIELD.encode()]) for _, fields in await redis.xrange("care")]


async def waiting(care: Database) -> int:
    return await care["views"].count_documents({"outbox": {"$ne": []}})


async def test_what_is_saved_is_published_recorded_and_cleared(outbox: Outbox, care: Database, redis: Redis) -> None:
    said = await save(care, families=3)
    assert await outbox.sweep_once() == 3
    assert {each.id for each in await on_stream(redis)} == {each.id for each in said}
    assert {each["_id"] for each in await care["said"].find().to_list(None)} == {each.id for each in said}
    assert (await waiting(care), await outbox.waiting()) == (0, 0)


async def test_a_relay_publishes_what_is_posted_without_waiting_for_the_sweeper(care: Database, redis: Redis) -> None:
    outbox = Outbox(care, Publisher(redis, "care"), Metrics(), sweep_seconds=3600)
    documents: Documents[Tally] = Documents(care, FOLD, "/care")
    relay = asyncio.create_task(outbox.relay())
    saved = await documents.fold([(event(support_plan_opened()), ["family/f1"])])
    outbox.post(saved.said)
    await eventually(lambda: on_stream(redis))
    relay.cancel()


async def test_while_redis_is_away_it_waits_and_the_sweeper_says_it_later(
    care: Database, redis: Redis, unreachable: Redis
) -> None:
    cut_off = Outbox(care, Publisher(unreachable, "care"), Metrics(), sweep_seconds=0.1)
    cut_off.post((await Documents(care, FOLD, "/care").fold([(event(support_plan_opened()), ["family/f1"])])).said)
    await cut_off.flush()
    assert await waiting(care) == 1
    sweeper = asyncio.create_task(Outbox(care, Publisher(redis, "care"), Metrics(), sweep_seconds=0.1).sweep())
    await eventually(lambda: on_stream(redis))
    await eventually(lambda: care["views"].count_documents({"outbox": []}))
    sweeper.cancel()


async def test_a_crash_between_publishing_and_clearing_says_the_same_event_again(
    outbox: Outbox, care: Database, redis: Redis
) -> None:
    await save(care)
    left = await care["views"].find_one({"_id": "family/f0"})
    assert left is not None
    await outbox.sweep_once()
    await care["views"].replace_one({"_id": "family/f0"}, left)
    await outbox.sweep_once()
    first, second = await on_stream(redis)
    assert first == second
    assert await care["said"].count_documents({}) == 1


async def test_the_sweeper_leaves_to_the_relay_what_is_fresh(outbox: Outbox, care: Database, redis: Redis) -> None:
    await save(care)
    assert await outbox.sweep_once(older_than=timedelta(minutes=1)) == 0
    assert await on_stream(redis) == []


async def test_what_is_said_while_the_outbox_is_cleared_stays(outbox: Outbox, care: Database, redis: Redis) -> None:
    documents: Documents[Tally] = Documents(care, FOLD, "/care")
    later = [event(support_plan_opened("f0"), hours=hour) for hour in range(1, 4)]
    await asyncio.gather(save(care), *(documents.fold([(each, ["family/f0"])]) for each in later), outbox.sweep_once())
    await outbox.sweep_once()
    assert await waiting(care) == 0
    ids = {each["_id"] for each in await care["said"].find().to_list(None)}
    assert {each.id for each in await on_stream(redis)} == ids
