"""A service of tallies that has something to say, and what of it is on the stream."""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis

from shared.events import EVENT_FIELD, Event
from shared.folds.documents import Documents, Saved
from shared.folds.relay import Relay
from shared.streams.publisher import Publisher
from shared.telemetry.metrics import Metrics
from tests.factories import event, support_plan_opened
from tests.integration.tally import Tally


class Slow(Publisher):
    """A publisher that tells when it has begun, and says nothing before it may go on."""

    def __init__(self, redis: Redis, name: str) -> None:
        super().__init__(redis, name)
        self.began, self.goes_on = asyncio.Event(), asyncio.Event()

    async def publish(self, events: Sequence[Event]) -> None:
        """As ever, once it may."""
        self.began.set()
        await self.goes_on.wait()
        await super().publish(events)


def relay_of(documents: Documents[Any], redis: Redis, sweep_seconds: float = 0.1) -> Relay:
    """A relay of care."""
    return Relay(documents, Publisher(redis, "care"), Metrics(), sweep_seconds)


async def save(documents: Documents[Tally], families: int = 1) -> Saved:
    """Each family has one thing to say."""
    return await documents.fold([(event(support_plan_opened(f"f{n}")), [f"family/f{n}"]) for n in range(families)])


async def on_stream(redis: Redis) -> list[Event]:
    """What care has said."""
    return [Event.parse(fields[EVENT_FIELD.encode()]) for _, fields in await redis.xrange("care")]
