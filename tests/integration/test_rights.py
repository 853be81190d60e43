"""What deploy/redis/users.acl lets each service do in Redis is what it needs, also with partitions."""

import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError
from structlog.testing import capture_logs

from ops.commands.status import status
from services.care import app as care
from services.education import app as education
from services.intake import app as intake
from services.notifications import app as notifications
from shared import chores
from shared.events import LISTENERS
from shared.folds import watermarks
from shared.mongo import Client, Database
from shared.settings import Settings
from shared.streams.partitions import existing
from shared.streams.publisher import Publisher
from shared.streams.redis import redis_client
from tests.factories import event, family_at_risk, support_plan_opened
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

USERS = Path(__file__).parents[2] / "deploy" / "redis" / "users.acl"
CREATES = {"intake": intake, "education": education, "care": care, "notifications": notifications}

Databases = Callable[[str], Database]


async def as_user(name: str, redis: Redis, settings: Settings, partitions: int) -> Settings:
    """The settings of one who is in Redis what the file makes of him."""
    (line,) = [each for each in USERS.read_text().splitlines() if each.startswith(f"user {name} ")]
    password = secrets.token_hex(16)
    rights = line.removeprefix(f"user {name} ").replace(f"#{{{name}}}", f">{password}").split(" ")
    await redis.execute_command("ACL", "SETUSER", name, "reset", *rights)
    where = urlsplit(settings.redis_url.get_secret_value())
    url = SecretStr(f"redis://{name}:{password}@{where.hostname}:{where.port}/0")
    return settings.model_copy(update={"redis_url": url, "partitions": partitions, "lease_seconds": 0.5})


@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize("name", CREATES)
async def test_a_service_can_do_all_it_does_and_nothing_is_refused(
    name: str,
    partitions: int,
    redis: Redis,
    settings: Settings,
    database: Databases,
    sender: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chores, "CHORE_SECONDS", 0.1)
    monkeypatch.setattr(watermarks, "LOOK_SECONDS", 0.1)
    mine = await as_user(name, redis, settings, partitions)
    create: Callable[[], FastAPI] = CREATES[name].create
    await Publisher(redis, "intake", partitions).publish([event(family_at_risk())])
    await Publisher(redis, "care", partitions).publish([event(support_plan_opened())])
    with capture_logs() as logs:
        async with served(create, mine) as http:
            await eventually(lambda: ready(http))
            if name == "intake":
                assert (await http.post("/v1/reports", json=REPORT, headers=sender)).status_code == 202
            await eventually(lambda: database(name)["views"].count_documents({}))
            await eventually(lambda: nothing_waits(redis, name))
            await eventually(lambda: reads(http, 0 if partitions == 1 else partitions))
            await eventually(lambda: marks(redis, name))
    assert [each for each in logs if each["log_level"] in {"warning", "error", "critical"}] == []


async def test_the_operator_can_read_the_status_of_every_partition(
    redis: Redis, settings: Settings, mongo: Client, database: Databases
) -> None:
    operator = redis_client(await as_user("operator", redis, settings, partitions=3))
    await Publisher(redis, "intake", 3).publish([event(family_at_risk())])
    await redis.set("lease.care.1", "care-2")
    found = await status(mongo, operator)
    with pytest.raises(NoPermissionError):
        await operator.xrange("reports")
    await operator.aclose()
    assert found["care"]["hears"]["intake"]["pending"] == 0


async def test_a_service_cannot_read_the_reports_nor_take_a_lease_of_another(redis: Redis, settings: Settings) -> None:
    client = redis_client(await as_user("care", redis, settings, partitions=3))
    for refused in (
        client.xrange("reports"),
        client.set("lease.education.0", "care"),
        client.xadd("intake.0", {"a": 1}),
    ):
        with pytest.raises(NoPermissionError):
            await refused
    await client.aclose()


async def ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


async def reads(http: httpx.AsyncClient, partitions: int) -> bool:
    return f"ayllu_partitions {partitions}.0" in (await http.get("/metrics")).text


async def marks(redis: Redis, service: str) -> bool:
    return all([await redis.exists(f"watermark.{{{each}}}") for each in await existing(redis, service)])


async def nothing_waits(redis: Redis, service: str) -> bool:
    streams = [name for name, listeners in LISTENERS.items() if service in listeners]
    found = [await redis.xinfo_groups(each) for name in streams for each in await existing(redis, name)]
    return all(group["pending"] == 0 and group["lag"] == 0 for groups in found for group in groups)
