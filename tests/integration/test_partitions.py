"""Partitions: a family stays in one, one replica reads each, and nothing is lost when replicas or numbers change."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pymongo.errors import AutoReconnect
from redis.asyncio import Redis

from services.care import app as care
from services.care import handlers, store
from shared import chores
from shared.events import Event, partition_of, streams_of
from shared.mongo import Database
from shared.service import Service
from shared.settings import Settings
from shared.streams.dead import Entry, Unusable
from shared.streams.leases import holder
from tests.factories import event, family_at_risk
from tests.integration.listening import Ear
from tests.integration.partitioned import PARTITIONS, about, by_partition, ids, in_stream, say
from tests.waiting import eventually

LONG = 3600.0

Databases = Callable[[str], Database]


@dataclass
class Replica:
    """A replica of care that runs, what it has heard, and how to stop it."""

    service: Service[Any]
    ear: Ear
    stop: Callable[[], Awaitable[None]]

    @property
    def partitions(self) -> list[int]:
        """Those it reads."""
        return sorted(self.service.listener.leases.held)


Start = Callable[..., Awaitable[Replica]]


@pytest.fixture
async def start(settings: Settings, database: Databases, redis: Redis) -> AsyncIterator[Start]:
    """Start a replica of care that remembers what it hears; all are stopped at the end."""
    database("care")
    async with AsyncExitStack() as stack:

        async def started(name: str, **told: Any) -> Replica:
            update = {"replica": name, "partitions": PARTITIONS, "lease_seconds": 1, **told}
            made = Service("care", care.fold(), handlers.HEARS, store.INDEXES, settings.model_copy(update=update))
            ear = Ear()
            made.listener.listen("intake", ear.receive)
            running = await stack.enter_async_context(AsyncExitStack())
            await running.enter_async_context(made.running())
            await eventually(lambda: made.listener.listening)
            return Replica(made, ear, running.aclose)

        yield started


async def test_what_is_said_of_a_family_is_in_one_partition_and_in_order(redis: Redis) -> None:
    said = about(families=40, each=5)
    await say(redis, said)
    found = [await in_stream(redis, stream) for stream in streams_of("intake", PARTITIONS)]
    assert found == by_partition(said, ids(said))
    assert all(found), "some partition is never used"


async def test_one_replica_reads_a_partition_and_each_reads_its_share(redis: Redis, start: Start) -> None:
    replicas = [await start(name) for name in ("a", "b", "c")]
    await eventually(lambda: sorted(len(each.partitions) for each in replicas) == [2, 3, 3])
    assert sorted(number for each in replicas for number in each.partitions) == list(range(PARTITIONS))
    said = about(families=40, each=5)
    await say(redis, said)
    await eventually(lambda: sum(len(each.ear.heard) for each in replicas) == len(said))
    for each in replicas:
        mine = [event for event in said if partition_of(event, PARTITIONS) in each.partitions]
        assert by_partition(said, each.ear.heard) == by_partition(said, ids(mine))


async def test_a_replica_that_is_stopped_hands_its_partitions_over_at_once(redis: Redis, start: Start) -> None:
    first = await start("a", lease_seconds=LONG)
    second = await start("b", lease_seconds=1)
    assert (len(first.partitions), second.partitions) == (PARTITIONS, [])
    await first.stop()
    await eventually(lambda: len(second.partitions) == PARTITIONS)


async def test_what_a_killed_replica_had_in_hand_is_taken_over_with_its_partitions_and_in_order(
    redis: Redis, start: Start
) -> None:
    said = about(families=40, each=5)
    await say(redis, said)
    for number, stream in enumerate(streams_of("intake", PARTITIONS)):
        await redis.xgroup_create(stream, "care", id="0")
        await redis.xreadgroup("care", "killed", {stream: ">"}, count=10)
        await redis.set(f"lease.care.{number}", "killed")
    successor = await start("a", claim_idle_seconds=LONG)
    assert (successor.partitions, successor.ear.heard) == ([], [])
    for number in range(PARTITIONS):
        await redis.pexpire(f"lease.care.{number}", 1)
    await eventually(lambda: len(successor.ear.heard) == len(said))
    assert by_partition(said, successor.ear.heard) == by_partition(said, ids(said))


async def test_a_replica_that_is_started_again_need_not_wait_for_its_own_leases(redis: Redis, start: Start) -> None:
    for number in range(PARTITIONS):
        await redis.set(f"lease.care.{number}", "a")
    assert len((await start("a")).partitions) == PARTITIONS


async def test_a_batch_in_hand_is_finished_before_its_partition_is_handed_over(redis: Redis, start: Start) -> None:
    first = await start("a", claim_idle_seconds=LONG)
    finish, receive = asyncio.Event(), first.ear.receive
    said = list({partition_of(each, PARTITIONS): each for each in about(families=40, each=1)}.values())

    async def slow(entries: Sequence[Entry]) -> Sequence[Unusable]:
        await finish.wait()
        return await receive(entries)

    for each in first.service.listener.subscriptions:
        each._receive = slow
    await say(redis, said)
    await eventually(lambda: all_in_hand(redis, said))
    second = await start("b", claim_idle_seconds=LONG)
    for _ in range(3):
        await first.service.listener.leases.share()
        await second.service.listener.leases.share()
    assert (len(first.partitions), second.partitions) == (PARTITIONS, [])
    finish.set()
    await eventually(lambda: len(second.partitions) == PARTITIONS // 2)
    assert sorted(first.ear.heard) == sorted(ids(said))


async def all_in_hand(redis: Redis, said: Sequence[Event]) -> bool:
    pending = [await redis.xpending(stream, "care") for stream in streams_of("intake", PARTITIONS)]
    return sum(each["pending"] for each in pending) == len(said)


async def test_a_replica_that_cannot_reach_mongodb_leaves_its_partitions_to_one_that_can(
    redis: Redis, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off = await start("a", claim_idle_seconds=LONG)

    async def away(entries: Sequence[Entry]) -> Sequence[Unusable]:
        raise AutoReconnect("gone")

    for each in cut_off.service.listener.subscriptions:
        monkeypatch.setattr(each, "_receive", away)
    said = about(families=40, each=5)
    await say(redis, said)
    await eventually(lambda: cut_off.partitions == [])
    successor = await start("b", claim_idle_seconds=LONG)
    await eventually(lambda: len(successor.ear.heard) == len(said))
    assert by_partition(said, successor.ear.heard) == by_partition(said, ids(said))
    monkeypatch.undo()  # its end would wait for what it has in hand


async def test_without_partitions_all_replicas_share_a_stream(redis: Redis, start: Start) -> None:
    replicas = [await start(name, partitions=1) for name in ("a", "b")]
    said = about(families=40, each=5)
    for each in said:
        await say(redis, [each], partitions=1)
    await eventually(lambda: sum(len(each.ear.heard) for each in replicas) == len(said))
    consumers = await redis.xinfo_consumers("intake", "care")
    assert sorted(each["name"] for each in consumers) == [b"a", b"b"]


async def test_a_replica_whose_lease_is_gone_stops_reading_and_one_that_lost_all_goes_on(
    redis: Redis, start: Start
) -> None:
    replica = await start("a")
    await redis.set("lease.care.3", "b")
    await eventually(lambda: 3 not in replica.partitions)
    await redis.flushall()
    await eventually(lambda: len(replica.partitions) == PARTITIONS)
    assert await holder(redis, "care", 3) == "a"
    said = about(families=40, each=1)
    await say(redis, said)
    await eventually(lambda: sorted(replica.ear.heard) == sorted(ids(said)))


@pytest.mark.parametrize(("before", "after"), [(1, 8), (8, 1), (8, 3)])
async def test_what_is_left_in_the_streams_of_another_number_is_heard_and_trimmed(
    redis: Redis, start: Start, before: int, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "CHORE_SECONDS", 0.1)
    said = about(families=40, each=10)
    await say(redis, said[:200], partitions=before)
    await say(redis, said[200:], partitions=after)
    replicas = [await start(name, partitions=after) for name in ("a", "b")]
    await eventually(lambda: sum(len(each.ear.heard) for each in replicas) == len(said))
    late = event(family_at_risk(family_id="f1"), hours=99)
    await say(redis, [late], partitions=before)
    await eventually(lambda: any(late.id in each.ear.heard for each in replicas))


async def test_a_stream_that_a_speaker_of_another_number_begins_is_heard_without_a_restart(
    redis: Redis, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "CHORE_SECONDS", 0.1)
    replica = await start("a", partitions=1)
    said = about(families=40, each=5)
    await say(redis, said)
    await eventually(lambda: sorted(replica.ear.heard) == sorted(ids(said)))
    assert by_partition(said, replica.ear.heard) == by_partition(said, ids(said))


async def test_a_replica_in_reserve_is_ready_and_reads_nothing(redis: Redis, start: Start) -> None:
    first = await start("a", partitions=2)
    await start("b", partitions=2)
    reserve = await start("c", partitions=2)
    transport = httpx.ASGITransport(reserve.service.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://care") as http:
        answer = await http.get("/health/ready")
    assert answer.json() == {"ready": True, "missing": [], "outboxWaiting": 0}
    assert reserve.partitions == []
    await first.stop()
    await eventually(lambda: len(reserve.partitions) == 1)
