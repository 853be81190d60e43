"""While Redis is away reports are accepted, health and metrics tell what waits, and it is all said when it is back."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from pydantic import SecretStr

from ops.servers.embedded import RedisServer
from services.care import app as care
from services.intake import app as intake
from shared import chores
from shared.mongo import Database
from shared.settings import Settings
from shared.streams.publisher import Publisher
from shared.streams.redis import redis_client
from tests.factories import event, family_at_risk
from tests.integration.serving import REPORT, served
from tests.waiting import eventually


@pytest.fixture
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis that may be stopped."""
    with RedisServer(tmp_path_factory.mktemp("away")) as started:
        yield started


@pytest.fixture
def own_settings(settings: Settings, own_redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(chores, "CHORE_SECONDS", 0.2)
    return settings.model_copy(update={"redis_url": SecretStr(own_redis.url)})


async def test_reports_are_accepted_it_is_told_what_waits_and_said_when_redis_is_back(
    own_settings: Settings, own_redis: RedisServer, sender: dict[str, str]
) -> None:
    async with served(intake.create, own_settings) as http:
        await eventually(lambda: ready(http))
        own_redis.stop()
        answers = [await post(http, sender, name) for name in ("r-1", "r-2", "r-3")]
        health = await http.get("/health/ready")
        await eventually(lambda: counts(http, 3))
        own_redis.start()
        await eventually(lambda: nothing_waits(http), within=20)
        await eventually(lambda: ready(http))
        async with redis_client(own_settings) as redis:
            assert await redis.xlen("intake") >= 3
    assert [each.status_code for each in answers] == [202] * 3
    assert health.status_code == 503
    assert any("redis is unreachable" in each for each in health.json()["missing"])
    assert health.json()["outboxWaiting"] == 3


async def test_a_service_that_starts_while_redis_is_full_hears_what_is_there(
    own_settings: Settings, database: Callable[[str], Database]
) -> None:
    async with redis_client(own_settings) as redis:
        for stream in ("intake", "notifications"):
            await redis.xgroup_create(stream, "care", id="0", mkstream=True)
        await Publisher(redis, "intake").publish([event(family_at_risk())])
        await redis.config_set("maxmemory", 1)
        async with served(care.create, own_settings):
            await eventually(lambda: database("care")["views"].count_documents({}))


async def post(http: httpx.AsyncClient, sender: dict[str, str], name: str) -> httpx.Response:
    report = {**REPORT, "reportId": name, "family": {"id": name}}
    return await http.post("/v1/reports", json=report, headers=sender)


async def ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


async def counts(http: httpx.AsyncClient, waiting: int) -> bool:
    """Whether Prometheus is told that so many batches wait in the outbox."""
    return (
        re.search(rf"^ayllu_outbox_waiting {waiting}\.0", (await http.get("/metrics")).text, re.MULTILINE) is not None
    )


async def nothing_waits(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).json()["outboxWaiting"] == 0
