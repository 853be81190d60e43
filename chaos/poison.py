"""Entries nobody can use, planted on the streams: each must become a dead letter of everyone who listens there."""

import json
import random
from typing import Any, NamedTuple

from redis.asyncio import Redis

from shared.events import EVENT_FIELD, LISTENERS

POISON = (
    {EVENT_FIELD: "a family is at risk"},
    {EVENT_FIELD: ""},
    {"evento": json.dumps({"specversion": "1.0"})},
    {EVENT_FIELD: json.dumps({"specversion": "1.0", "id": "1", "source": "/x", "type": "FamilyMovedToTheMoon"})},
)
STREAMS = tuple(stream for stream, listeners in LISTENERS.items() if listeners)


class Letter(NamedTuple):
    """A dead letter: whose, and its id."""

    service: str
    id: str


async def plant(redis: Redis, count: int, drawn: random.Random) -> set[Letter]:
    """Add so many to streams; returns the dead letters that must come of it."""
    letters: set[Letter] = set()
    for _ in range(count):
        stream = drawn.choice(STREAMS)
        fields: dict[Any, Any] = drawn.choice(POISON)
        entry: Any = await redis.xadd(stream, fields)
        letters |= {Letter(service, f"{stream}/{entry.decode()}") for service in LISTENERS[stream]}
    return letters
