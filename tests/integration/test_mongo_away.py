"""While MongoDB is away nobody is kept waiting: 503 and when to come back, at once; and all goes on when it is back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from ops.servers.embedded import MongoServer
from services.intake import app as intake
from services.intake.store.keys import add_key
from shared.mongo import close, connect
from shared.settings import Settings
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

PATIENCE = 2
"""Seconds, as a sender may have; the driver would look for a server for three."""

NOTICED = 10
"""Seconds after which a server that stands still has been noticed, whatever was on its way to it."""


@pytest.fixture(scope="module")
def own_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MongoServer]:
    """A MongoDB that may be stopped."""
    with MongoServer(tmp_path_factory.mktemp("away"), cache_gigabytes=0.25) as started:
        yield started


@pytest.fixture
def own_settings(settings: Settings, own_mongo: MongoServer) -> Settings:
    return settings.model_copy(update={"mongo_url": SecretStr(own_mongo.url)})


@pytest.fixture
async def key(own_settings: Settings) -> AsyncIterator[dict[str, str]]:
    client = connect(own_settings)
    yield {"Authorization": f"Bearer {await add_key(client['intake'], 'escuelas')}"}
    await close(client)


async def test_senders_and_staff_are_told_at_once_and_served_again_when_mongodb_is_back(
    own_settings: Settings, own_mongo: MongoServer, key: dict[str, str]
) -> None:
    async with served(intake.create, own_settings) as http:
        await eventually(lambda: report(http, key, 202))
        own_mongo.stop()
        try:
            await eventually(lambda: report(http, key, 503))
            sender = await asyncio.wait_for(post(http, key), PATIENCE)
            staff = await asyncio.wait_for(http.get("/v1/families/f-1"), PATIENCE)
            health = (await http.get("/health/ready")).json()
        finally:
            own_mongo.start()
        await eventually(lambda: report(http, key, 202))
    for refused in (sender, staff):
        assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
        assert int(refused.headers["retry-after"]) > 0
    assert any("mongo is unreachable" in each for each in health["missing"])
    assert health["outboxWaiting"] is None


async def test_a_mongodb_that_stands_still_is_noticed(
    own_settings: Settings, own_mongo: MongoServer, key: dict[str, str]
) -> None:
    async with served(intake.create, own_settings) as http:
        await eventually(lambda: report(http, key, 202))
        with still(own_mongo):
            on_its_way = await asyncio.wait_for(post(http, key), NOTICED)
            refused = await asyncio.wait_for(post(http, key), PATIENCE)
        await eventually(lambda: report(http, key, 202))
    assert (on_its_way.status_code, refused.status_code) == (503, 503)


async def post(http: httpx.AsyncClient, key: dict[str, str]) -> httpx.Response:
    """A report of its own each time."""
    body: dict[str, Any] = {**REPORT, "reportId": os.urandom(8).hex()}
    return await http.post("/v1/reports", json=body, headers=key)


async def report(http: httpx.AsyncClient, key: dict[str, str], status: int) -> bool:
    return (await post(http, key)).status_code == status


@contextmanager
def still(server: MongoServer) -> Iterator[None]:
    """It keeps its connections, and answers nothing."""
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)
