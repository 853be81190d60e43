"""What tests of whole services share."""

from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from services.intake.store.keys import add_key
from shared.mongo import Database


@pytest.fixture
async def sender(database: Callable[[str], Database], redis: Redis) -> dict[str, str]:
    """The headers of a sending system; Redis and the databases are empty."""
    return {"Authorization": f"Bearer {await add_key(database('intake'), 'escuelas')}"}
