"""Real servers for every test: embedded ones, or containers with AYLLU_TEST_SERVERS=containers."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio
from pydantic import SecretStr
from redis.asyncio import Redis

from ops.servers.embedded import MongoServer, RedisServer
from shared.mongo import Client, Database, close, connect
from shared.settings import Settings
from shared.streams.redis import redis_client
from tests import containers
from tests.signing import PAIR

os.environ["NO_PROXY"] = "*"  # all servers are on this machine

DATABASES = ("intake", "education", "care", "notifications")


class Servers(NamedTuple):
    """Where the test servers are."""

    redis_url: str
    mongo_url: str


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """One Redis and one MongoDB for the whole run; they start when a test first needs them."""
    started = containers.started if os.environ.get("AYLLU_TEST_SERVERS") == "containers" else _embedded
    with started() as urls:
        yield Servers(*urls)


@contextmanager
def _embedded() -> Iterator[tuple[str, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="ayllu-test-") as folder,
        RedisServer(Path(folder)) as redis,
        MongoServer(Path(folder)) as mongo,
    ):
        yield redis.url, mongo.url


@pytest.fixture(scope="session", params=["motor", "pymongo"])
def settings(servers: Servers, request: pytest.FixtureRequest) -> Settings:
    """What a service is told, with short periods; everything that uses it passes with either driver."""
    return Settings(
        mongo_driver=request.param,
        redis_url=SecretStr(servers.redis_url),
        mongo_url=SecretStr(servers.mongo_url),
        token_keys=PAIR.keys,
        replica="test",
        open_docs=True,
        claim_idle_seconds=0.5,
        sweep_seconds=0.2,
    )


@pytest_asyncio.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = redis_client(settings)
    await client.flushall()
    yield client
    await client.aclose()


@pytest_asyncio.fixture(scope="session")
async def mongo(settings: Settings) -> AsyncIterator[Client]:
    """A client of MongoDB, through the one door."""
    client = connect(settings)
    yield client
    await close(client)


@pytest_asyncio.fixture
async def database(mongo: Client) -> Callable[[str], Database]:
    """A service's database by name; all are empty when the test begins."""
    for name in set(DATABASES).intersection(await mongo.list_database_names()):
        await mongo.drop_database(name)
    return lambda name: mongo[name]
