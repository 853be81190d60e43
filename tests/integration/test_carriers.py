"""What a Redis confirmed and lost is said again, without anybody asking for it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from bson import Timestamp
from pydantic import SecretStr
from redis.asyncio import Redis

from ops.servers import RedisServer
from shared.carriers import Carriers
from shared.documents import Documents
from shared.events import EVENT_FIELD, Event, now
from shared.metrics import Metrics
from shared.mongo import Database
from shared.outbox import UNDER_WAY
from shared.publisher import Publisher
from shared.redis import redis_client
from shared.relay import Relay
from shared.settings import Settings
from tests.factories import event, support_plan_opened
from tests.integration.tally import FOLD

LONG_AGO, MOST_LOST = timedelta(hours=1), 60


class Speaker:
    """A service that speaks on a Redis of its own."""

    def __init__(self, database: Database, redis: Redis) -> None:
        self.redis = redis
        self.history = database["history"]
        documents = Documents(database, FOLD, "/care")
        publisher = Publisher(redis, "care")
        self.carriers = Carriers(database, redis, publisher, documents, MOST_LOST)
        self._documents = documents
        self._relay = Relay(documents, publisher, Metrics(), sweep_seconds=1)

    async def decides(self, family: str, ago: timedelta = timedelta(0)) -> str:
        """Decide to say something, so long ago, that waits in the outbox; returns the id of what is to be said."""
        saved = await self._documents.fold([(event(support_plan_opened(family)), [f"family/{family}"])])
        await self.history.update_one({"batch": saved.batch}, {"$set": {"at": Timestamp(now() - ago, 1)}})
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


async def loses_its_power(server: RedisServer, speaker: Speaker) -> None:
    """It ends before anything was on its disk, and is started again."""
    server.kill()
    shutil.rmtree(server.folder / "appendonlydir")
    server.start()
    await speaker.redis.connection_pool.disconnect()  # as the service's loops do, by failing once


async def test_what_was_said_just_before_redis_lost_its_power_is_said_again(
    speaker: Speaker, server: RedisServer
) -> None:
    await speaker.carriers.check()
    said = [await speaker.says("first"), await speaker.says("second")]
    await loses_its_power(server, speaker)
    assert await speaker.carried() == []
    assert await speaker.carriers.check() == 2
    assert await speaker.carried() == said


async def test_as_long_as_redis_is_the_same_nothing_is_said_again(speaker: Speaker) -> None:
    await speaker.says("first")
    assert [await speaker.carriers.check() for _ in range(3)] == [0, 0, 0]
    assert len(await speaker.carried()) == 1


async def test_replicas_that_look_at_the_same_moment_each_leave_their_note(
    speaker: Speaker, database: Callable[[str], Database]
) -> None:
    replicas = [Speaker(database("care"), speaker.redis) for _ in range(5)]
    await speaker.carriers.check()
    await asyncio.gather(*(each.carriers.check() for each in replicas))
    noted = await database("care")["carriers"].find_one()
    assert noted is not None
    assert len(noted["checks"]) == 6


async def test_a_loss_is_made_good_once(speaker: Speaker, server: RedisServer) -> None:
    await speaker.carriers.check()
    await speaker.says("first")
    await loses_its_power(server, speaker)
    assert [await speaker.carriers.check() for _ in range(3)] == [1, 0, 0]


async def test_a_service_that_was_down_when_redis_changed_makes_it_good_when_it_is_back(
    speaker: Speaker, server: RedisServer, database: Callable[[str], Database]
) -> None:
    await speaker.carriers.check()
    said = await speaker.says("first")
    await loses_its_power(server, speaker)
    again = Speaker(database("care"), speaker.redis)
    assert await again.carriers.check() == 1
    assert await again.carried() == [said]


async def test_what_was_said_long_before_is_left_alone(speaker: Speaker, server: RedisServer) -> None:
    await speaker.says("old", ago=LONG_AGO)
    await speaker.carriers.check()
    said = await speaker.says("new")
    await loses_its_power(server, speaker)
    await speaker.carriers.check()
    assert await speaker.carried() == [said]


async def test_what_had_waited_long_in_the_outbox_and_was_published_just_before_is_said_again(
    speaker: Speaker, server: RedisServer
) -> None:
    waited = await speaker.decides("waited", ago=LONG_AGO)
    await speaker.carriers.check()
    await speaker.publishes()
    await speaker.carriers.check()
    await loses_its_power(server, speaker)
    await speaker.carriers.check()
    assert await speaker.carried() == [waited]
