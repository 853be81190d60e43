"""A service started a day late still hears everything: nothing is trimmed that it has not heard."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from ops.commands.audit import audit
from ops.servers.processes import LOCALHOST, free_port, tied
from services.intake.store.keys import add_key
from shared.mongo import Client, Database
from shared.settings import Settings
from tests.clusters.outside import QUICK, ended
from tests.e2e.reports import a_report, lines
from tests.waiting import eventually

REPORTS = 500
"""More than Redis keeps in one node of a stream, the least it trims."""

Names = Callable[[str], Database]


@pytest.mark.parametrize("settings", ["pymongo"], indirect=True)  # `ayllu up` runs whole services with the other
async def test_a_service_started_late_hears_what_was_said_before(
    settings: Settings, redis: Redis, mongo: Client, database: Names, tmp_path: Path
) -> None:
    async with AsyncExitStack() as house:
        intake = await house.enter_async_context(_service("intake", settings, tmp_path))
        for name in ("care", "notifications"):
            await house.enter_async_context(_service(name, settings, tmp_path))
        await _send(intake, await add_key(database("intake"), "clinic"))
        await eventually(lambda: _complete_but_for(mongo, "education"), within=30)
        await _kept_house_once_more(redis, intake)
        assert await redis.xlen("intake") >= REPORTS

        await house.enter_async_context(_service("education", settings, tmp_path))
        await eventually(lambda: _complete(mongo), within=30)
        assert await database("education")["views"].count_documents({}) == REPORTS
        await eventually(lambda: _trimmed(redis), within=15)


@asynccontextmanager
async def _service(name: str, settings: Settings, folder: Path) -> AsyncIterator[str]:
    """One service by itself, with the servers and the driver of the test run; yields its address once it is ready."""
    address = f"http://{LOCALHOST}:{(port := free_port())}"
    told = {
        "AYLLU_REDIS_URL": settings.redis_url.get_secret_value(),
        "AYLLU_MONGO_URL": settings.mongo_url.get_secret_value(),
        "AYLLU_MONGO_DRIVER": settings.mongo_driver,
        "AYLLU_TOKEN_KEYS": settings.token_keys,
    }
    words = ("-m", "uvicorn", "--factory", f"services.{name}.app:create", "--port", str(port))
    with (folder / f"{name}.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *tied([sys.executable, *words], signal.SIGKILL), env={**os.environ, **QUICK, **told}, stdout=log, stderr=log
        )
    try:
        async with httpx.AsyncClient() as http:
            await eventually(lambda: _answers(http, f"{address}/health/ready"), within=30, every=0.1)
        yield address
    finally:
        await ended(process)


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    return (await http.get(url)).status_code == 200


async def _send(intake: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    body = lines(a_report() for _ in range(REPORTS))
    async with httpx.AsyncClient(headers=headers, timeout=30) as http:
        response = await http.post(f"{intake}/v1/reports:batch", content=body)
        assert {json.loads(line)["status"] for line in response.text.splitlines()} == {202}


async def _complete_but_for(mongo: Client, service: str) -> bool:
    missing = (await audit(mongo)).missing
    assert {name: len(each) for name, each in missing.items() if each} == {service: REPORTS}
    return True


async def _complete(mongo: Client) -> bool:
    found = await audit(mongo)
    assert found.complete, {name: len(each) for name, each in found.missing.items()}
    return True


async def _kept_house_once_more(redis: Redis, intake: str) -> None:
    """Intake counts its dead letters, then trims, in turns: between two counts it has trimmed."""
    async with httpx.AsyncClient() as http:
        for count in (1, 2):
            await redis.xadd("reports", {"event": "a sign"})
            await eventually(lambda count=count: _counts_dead_letters(http, intake, count), within=15, every=0.1)


async def _counts_dead_letters(http: httpx.AsyncClient, address: str, count: int) -> bool:
    page = await http.get(f"{address}/metrics")
    return re.search(rf"^ayllu_dead_letters {count}\.0", page.text, re.MULTILINE) is not None


async def _trimmed(redis: Redis) -> bool:
    return int(await redis.xlen("intake")) < REPORTS
