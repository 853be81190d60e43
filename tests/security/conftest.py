"""A door to knock at: intake on real servers, and a sender with a key. All of it is on this machine only."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from redis.asyncio import Redis

from services.intake import app as intake
from services.intake.store.keys import add_key
from shared.mongo import Database
from shared.settings import Settings
from tests.integration.serving import served
from tests.waiting import eventually


@pytest.fixture
async def door(
    settings: Settings, database: Callable[[str], Database], redis: Redis
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of intake with the key of a sender."""
    key = await add_key(database("intake"), "escuelas")
    unhurried = settings.model_copy(update={"sender_burst": 1_000_000})
    async with served(intake.create, unhurried) as http:
        await eventually(lambda: _is_ready(http))
        http.headers["Authorization"] = f"Bearer {key}"
        yield http


async def _is_ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200
