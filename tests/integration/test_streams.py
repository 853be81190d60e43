"""Listening on a real Redis: nothing is missed, nothing bad spreads, nothing is trimmed too early."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from pymongo.errors import AutoReconnect, OperationFailure
from redis.asyncio import Redis

from shared.events import EVENT_FIELD, Event
from shared.mongo import Database
from shared.settings import Settings
from shared.streams.dead import KEPT_BYTES, Entry, Unusable
from shared.streams.publisher import Publisher
from shared.streams.subscriptions import Subscription
from tests.integration.listening import Ear, events, listening, subscribe
from tests.waiting import eventually


@pytest.fixture
def care(database: Callable[[str], Database]) -> Database:
    return database("care")


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def subscription(redis: Redis, care: Database, settings: Settings, ear: Ear) -> Subscription:
    return subscribe(redis, care, settings, ear.receive)


def ids(heard: Sequence[Event]) -> list[str]:
    return [each.id for each in heard]


async def pending(redis: Redis) -> int:
    return int((await redis.xpending("intake", "care"))["pending"])


async def letters(care: Database) -> list[dict[str, object]]:
    return await care["dead"].find().sort("entry", 1).to_list(None)


async def test_what_was_said_before_the_group_existed_is_heard(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear
) -> None:
    said = events(3)
    await Publisher(redis, "intake").publish(said)
    async with listening(subscription, settings):
        await eventually(lambda: ear.heard == ids(said))
        await eventually(lambda: _none_pending(redis))


async def test_a_backlog_is_read_in_batches(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear
) -> None:
    await Publisher(redis, "intake").publish(events(1200))
    async with listening(subscription, settings):
        await eventually(lambda: len(ear.heard) == 1200)
    assert ear.batches == [500, 500, 200]


BAD: list[tuple[dict[bytes, bytes], str]] = [
    ({b"event": b"not json"}, "JSON, which this is not"),
    ({b"event": b"[1, 2]"}, "object"),
    ({b"event": b"\xff\xfe\x00binary\x80"}, "JSON, which this is not"),
    ({b"Event": b"{}"}, "no field named 'event'"),
    ({b"event": b"{}"}, "must be there"),
    ({b"event": b"[" * 100_000}, "recursion limit"),
    ({b"event": b'{"x": "' + b"y" * 5_000_000 + b'"}'}, "must be there"),
]


async def test_bad_entries_become_dead_letters_as_they_came_and_their_neighbours_are_heard(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear, care: Database
) -> None:
    good = events(2)
    await Publisher(redis, "intake").publish(good[:1])
    for fields, _ in BAD:
        await redis.xadd("intake", dict(fields))
    unknown = good[0].text.replace('"type":"FamilyAtRisk"', '"type":"FamilyMoved"')
    await redis.xadd("intake", {EVENT_FIELD: unknown})
    await Publisher(redis, "intake").publish(good[1:])
    async with listening(subscription, settings):
        await eventually(lambda: ear.heard == ids(good))
        await eventually(lambda: _none_pending(redis))
    kept = await letters(care)
    assert [each["fields"] for each in kept][:-1] == [[[n, v] for n, v in fields.items()] for fields, _ in BAD]
    for letter, (_, reason) in zip(kept, [*BAD, ({}, "unknown event type")], strict=True):
        assert reason in str(letter["reason"])


async def test_a_letter_too_long_for_a_document_is_kept_as_far_as_it_goes(
    redis: Redis, subscription: Subscription, settings: Settings, care: Database
) -> None:
    await redis.xadd("intake", {b"a" * 9_000_000: b"b" * 9_000_000, b"c": b"d"})
    async with listening(subscription, settings):
        (letter,) = await eventually(lambda: letters(care))
        await eventually(lambda: _none_pending(redis))
    assert letter["bytes"] == 18_000_002
    assert letter["fields"] == [[b"a" * KEPT_BYTES, b""]]


async def test_trouble_with_mongodb_makes_no_dead_letter_however_long_it_lasts(
    redis: Redis, care: Database, settings: Settings, ear: Ear
) -> None:
    failures = [OperationFailure("disk full") for _ in range(settings.max_deliveries * 2)]

    async def receive(entries: Sequence[Entry]) -> Sequence[Unusable]:
        if failures:
            raise failures.pop()
        return await ear.receive(entries)

    said = events(1)
    await Publisher(redis, "intake").publish(said)
    async with listening(subscribe(redis, care, settings, receive), settings):
        await eventually(lambda: ear.heard == ids(said), within=30)
    assert await letters(care) == []


async def test_a_rule_that_fails_condemns_its_own_event_only_and_after_some_tries(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear, care: Database
) -> None:
    said = events(10)

    def fail(each: Event) -> None:
        if each.id == said[4].id:
            raise ZeroDivisionError("Rosa Quispe")

    ear.fails = fail
    await Publisher(redis, "intake").publish(said)
    async with listening(subscription, settings):
        await eventually(lambda: sorted(ear.heard) == sorted(ids(said[:4] + said[5:])))
        (letter,) = await eventually(lambda: letters(care))
        await eventually(lambda: _none_pending(redis))
    assert (letter["reason"], letter["attempts"]) == ("a rule failed: ZeroDivisionError", settings.max_deliveries)


async def test_what_a_crashed_consumer_left_is_taken_over(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear
) -> None:
    said = events(300)
    await subscription.open()
    await Publisher(redis, "intake").publish(said)
    await redis.xreadgroup("care", "crashed", {"intake": ">"}, count=300)
    async with listening(subscription, settings):
        await eventually(lambda: ear.heard == ids(said))
        await eventually(lambda: _none_pending(redis))


async def test_while_mongodb_is_away_a_batch_waits_and_none_of_it_is_lost(
    redis: Redis, care: Database, settings: Settings, ear: Ear
) -> None:
    failures = [AutoReconnect("gone"), AutoReconnect("gone")]

    async def receive(entries: Sequence[Entry]) -> Sequence[Unusable]:
        if failures:
            raise failures.pop()
        return await ear.receive(entries)

    said = events(5)
    await Publisher(redis, "intake").publish(said)
    async with listening(subscribe(redis, care, settings, receive), settings):
        await eventually(lambda: ear.heard == ids(said))
    assert await letters(care) == []


@pytest.mark.parametrize("loss", ["flushall", "delete", "destroy"])
async def test_a_lost_group_or_stream_is_made_again_and_heard_on(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear, loss: str
) -> None:
    before, after = events(1), events(3)[1:]
    await Publisher(redis, "intake").publish(before)
    async with listening(subscription, settings):
        await eventually(lambda: ear.heard == ids(before))
        await eventually(lambda: _none_pending(redis))
        if loss == "flushall":
            await redis.flushall()
        elif loss == "delete":
            await redis.delete("intake")
        else:
            await redis.xgroup_destroy("intake", "care")
        await Publisher(redis, "intake").publish(after)
        await eventually(lambda: set(ids(after)) <= set(ear.heard))
        assert subscription.reading


async def test_a_server_that_refuses_is_waited_for_and_asked_seldom(
    redis: Redis, subscription: Subscription, settings: Settings, ear: Ear
) -> None:
    async with listening(subscription, settings):
        await eventually(lambda: subscription.reading)
        await redis.replicaof("127.0.0.1", 1)  # nobody there: read only until told otherwise
        await redis.config_resetstat()
        await eventually(lambda: not subscription.reading)
        asked = (await redis.info("commandstats")).get("cmdstat_xreadgroup", {"rejected_calls": 0})
        await redis.replicaof("NO", "ONE")
        said = events(1)
        await Publisher(redis, "intake").publish(said)
        await eventually(lambda: ear.heard == ids(said))
    assert asked["rejected_calls"] < 20


async def test_a_stop_finishes_the_batch_in_hand(redis: Redis, care: Database, settings: Settings) -> None:
    begun, finished = asyncio.Event(), []

    async def slow(entries: Sequence[Entry]) -> Sequence[Unusable]:
        begun.set()
        await asyncio.sleep(0.3)  # the work itself, not a wait for a condition
        finished.extend(entries)
        return []

    await Publisher(redis, "intake").publish(events(4))
    async with listening(subscribe(redis, care, settings, slow), settings):
        await begun.wait()
    assert len(finished) == 4
    assert await pending(redis) == 0


async def _none_pending(redis: Redis) -> bool:
    return await pending(redis) == 0
