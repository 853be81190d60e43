"""What a Redis confirmed and lost is said again, without anybody asking for it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from bson import Timestamp
from pydantic import SecretStr
from redis.asyncio import Redis

from ops.servers.embedded import RedisServer
from shared.events import EVENT_FIELD, Event, now
from shared.folds.documents import Documents
from shared.folds.outbox import UNDER_WAY
from shared.folds.relay import Relay
from shared.folds.watermarks import Watermarks
from shared.mongo import Database
from shared.settings import Settings
from shared.streams.publisher import Publisher
from shared.streams.redis import redis_client
from shared.telemetry.metrics import Metrics
from tests.factories import event, support_plan_opened
from tests.integration.tally import FOLD

LONG_AGO = timedelta(hours=1)
DISK = "appendonlydir"
WATERMARK = "watermark.{care}"


class Interrupted(Publisher):
    """A publisher after whose every word something happens."""

    def __init__(self, redis: Redis, then: Callable[[], Awaitable[object]]) -> None:
        super().__init__(redis, "care")
        self._then = then

    async def publish(self, events: Sequence[Event]) -> None:
        await super().publish(events)
        await self._then()


class Speaker:
    """A service that speaks on a Redis of its own."""

    def __init__(self, database: Database, redis: Redis, then: Callable[[], Awaitable[object]] | None = None) -> None:
        """`then` happens after each time that it has published."""
        self.redis = redis
        self.history = database["history"]
        documents = Documents(database, FOLD, "/care")
        publisher = Interrupted(redis, then) if then else Publisher(redis, "care")
        self.watermarks = Watermarks(database, redis, publisher, documents)
        self._documents = documents
        self._relay = Relay(documents, publisher, Metrics(), sweep_seconds=1)

    async def decides(self, family: str, ago: timedelta = timedelta(0)) -> str:
        """Decide to say something, so long ago, that waits in the outbox; returns the id of what is to be said."""
        saved = await self._documents.fold([(event(support_plan_opened(family)), [f"family/{family}"])])
        await self.history.update_one({"batch": saved.batches[0]}, {"$set": {"at": Timestamp(now() - ago, 1)}})
        await self.history.update_one(UNDER_WAY, {"$set": {"begun": Timestamp(now() - ago, 1)}})
        return saved.said[0].id

    async def says(self, family: str, ago: timedelta = timedelta(0)) -> str:
        """Say something that was decided so long ago; returns its id."""
        decided = await self.decides(family, ago)
        await self.publishes()
        return decided

    async def publishes(self) -> None:
        """Say what waits in the outbox."""
        await self._relay.sweep_once()

    async def carried(self) -> list[str]:
        """The ids of what the stream carries now."""
        entries = await self.redis.xrange("care")
        return [Event.parse(fields[EVENT_FIELD.encode()]).id for _, fields in entries]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as started:
        yield started


@pytest_asyncio.fixture
async def speaker(server: RedisServer, database: Callable[[str], Database]) -> AsyncIterator[Speaker]:
    redis = redis_client(Settings(redis_url=SecretStr(server.url)))
    yield Speaker(database("care"), redis)
    await redis.aclose()


async def loses_its_power(server: RedisServer, speaker: Speaker, left: Path | None = None) -> None:
    """It ends before anything was on its disk, or with what was `left` there, and is started again."""
    server.kill()
    shutil.rmtree(server.folder / DISK)
    if left:
        shutil.copytree(left, server.folder / DISK)
    server.start()
    await speaker.redis.connection_pool.disconnect()  # as the service's loops do, by failing once


async def test_what_was_said_just_before_redis_lost_its_power_is_said_again(
    speaker: Speaker, server: RedisServer
) -> None:
    await speaker.watermarks.check()
    said = [await speaker.says("first"), await speaker.says("second")]
    await loses_its_power(server, speaker)
    assert await speaker.carried() == []
    assert await speaker.watermarks.check() == 2
    assert await speaker.carried() == said


@pytest.mark.parametrize("found", [b"", b"no watermark", b"\xff\xfe", b"-1 x", b"9" * 30])
async def test_whatever_is_found_in_the_place_of_a_watermark_nothing_is_lost(speaker: Speaker, found: bytes) -> None:
    await speaker.watermarks.check()
    said = await speaker.says("first")
    await speaker.redis.flushall()
    await speaker.redis.set(WATERMARK, found)
    await speaker.watermarks.check()
    await speaker.watermarks.check()
    assert set(await speaker.carried()) == {said}
    assert await speaker.watermarks.check() == 0


async def test_as_long_as_redis_is_the_same_nothing_is_said_again(speaker: Speaker) -> None:
    await speaker.says("first")
    assert [await speaker.watermarks.check() for _ in range(3)] == [0, 0, 0]
    assert len(await speaker.carried()) == 1


async def test_a_redis_that_was_emptied_gets_all_that_was_ever_said(speaker: Speaker) -> None:
    said = [await speaker.says("old", ago=LONG_AGO), await speaker.says("new")]
    await speaker.watermarks.check()
    await speaker.redis.flushall()
    assert [await speaker.watermarks.check() for _ in range(3)] == [2, 0, 0]
    assert await speaker.carried() == said


async def test_a_redis_that_is_put_back_to_an_earlier_state_gets_what_was_said_since(
    speaker: Speaker, server: RedisServer, tmp_path: Path
) -> None:
    said = [await speaker.says("oldest", ago=LONG_AGO * 3)]
    await speaker.watermarks.check()
    await speaker.redis.set(WATERMARK, f"{int((now() - LONG_AGO * 2).timestamp())} of then")
    shutil.copytree(server.folder / DISK, tmp_path / "earlier")
    said += [await speaker.says("old", ago=LONG_AGO), await speaker.says("new")]
    await speaker.watermarks.check()
    await loses_its_power(server, speaker, left=tmp_path / "earlier")
    assert await speaker.carried() == said[:1]
    assert await speaker.watermarks.check() == 2
    assert await speaker.carried() == said


async def test_what_redis_lost_after_its_watermark_was_raised_is_said_again(
    speaker: Speaker, server: RedisServer, tmp_path: Path
) -> None:
    await speaker.says("before", ago=LONG_AGO)
    await speaker.watermarks.check()
    shutil.copytree(server.folder / DISK, tmp_path / "then")
    said = await speaker.says("after")
    await loses_its_power(server, speaker, left=tmp_path / "then")
    assert [await speaker.watermarks.check() for _ in range(2)] == [1, 0]
    assert (await speaker.carried())[1:] == [said]


async def test_what_redis_loses_while_it_is_made_good_is_said_again(
    speaker: Speaker, server: RedisServer, database: Callable[[str], Database], tmp_path: Path
) -> None:
    said = await speaker.says("first")
    await speaker.watermarks.check()
    await speaker.redis.flushall()
    assert await speaker.redis.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, WATERMARK, "0 found so")
    shutil.copytree(server.folder / DISK, tmp_path / "then")

    async def loses() -> None:
        await loses_its_power(server, speaker, left=tmp_path / "then")

    await Speaker(database("care"), speaker.redis, then=loses).watermarks.check()
    assert await speaker.carried() == []
    assert await speaker.watermarks.check() == 1
    assert await speaker.carried() == [said]


async def test_a_redis_that_is_emptied_again_while_it_is_made_good_is_made_good_again(
    speaker: Speaker, database: Callable[[str], Database]
) -> None:
    said = await speaker.says("first")
    await speaker.watermarks.check()
    await speaker.redis.flushall()
    await Speaker(database("care"), speaker.redis, then=speaker.redis.flushall).watermarks.check()
    assert await speaker.carried() == []
    assert await speaker.watermarks.check() == 1
    assert await speaker.carried() == [said]


async def test_replicas_that_look_at_the_same_moment_notice_the_next_loss_all_the_same(
    speaker: Speaker, database: Callable[[str], Database]
) -> None:
    replicas = [Speaker(database("care"), speaker.redis) for _ in range(5)]
    said = await speaker.says("first")
    for _ in range(3):
        await asyncio.gather(*(each.watermarks.check() for each in replicas))
    await speaker.redis.flushall()
    await asyncio.gather(*(each.watermarks.check() for each in replicas))
    assert set(await speaker.carried()) == {said}
    assert [await each.watermarks.check() for each in replicas] == [0] * 5


async def test_what_redis_loses_before_the_first_look_is_noticed(speaker: Speaker) -> None:
    await speaker.watermarks.begin()
    said = await speaker.says("first")
    await speaker.redis.flushall()
    assert await speaker.watermarks.check() == 1
    assert await speaker.carried() == [said]


async def test_a_loss_is_made_good_once(speaker: Speaker, server: RedisServer) -> None:
    await speaker.watermarks.check()
    await speaker.says("first")
    await loses_its_power(server, speaker)
    assert [await speaker.watermarks.check() for _ in range(3)] == [1, 0, 0]


async def test_a_service_that_was_down_when_redis_changed_makes_it_good_when_it_is_back(
    speaker: Speaker, server: RedisServer, database: Callable[[str], Database]
) -> None:
    await speaker.watermarks.check()
    said = await speaker.says("first")
    await loses_its_power(server, speaker)
    again = Speaker(database("care"), speaker.redis)
    assert await again.watermarks.check() == 1
    assert await again.carried() == [said]


async def test_what_had_waited_long_in_the_outbox_and_was_published_just_before_is_said_again(
    speaker: Speaker, server: RedisServer, tmp_path: Path
) -> None:
    waited = await speaker.decides("waited", ago=LONG_AGO)
    await speaker.watermarks.check()
    shutil.copytree(server.folder / DISK, tmp_path / "before")
    await speaker.publishes()
    await speaker.watermarks.check()
    await loses_its_power(server, speaker, left=tmp_path / "before")
    await speaker.watermarks.check()
    assert await speaker.carried() == [waited]
