"""A subscription of care to intake's stream on real servers, and an ear that remembers what it received."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from shared.events import Event
from shared.mongo import Database
from shared.settings import Settings
from shared.streams.dead import DeadLetters, Entry, Unusable
from shared.streams.reader import broker
from shared.streams.subscriptions import Receive, Subscription, parse
from shared.telemetry.metrics import Metrics
from tests.factories import event, family_at_risk


def events(count: int) -> list[Event]:
    return [event(family_at_risk(), hours=hour) for hour in range(count)]


class Ear:
    """Remembers what it received; `fails` may raise for an event."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.batches: list[int] = []
        self.fails: Callable[[Event], None] = lambda _: None

    async def receive(self, entries: Sequence[Entry]) -> Sequence[Unusable]:
        events, unusable = parse(entries)
        for each in events:
            self.fails(each)
        self.batches.append(len(entries))
        self.heard += [each.id for each in events]
        return unusable


def subscribe(redis: Redis, care: Database, settings: Settings, receive: Receive) -> Subscription:
    dead = DeadLetters(care, Metrics())
    return Subscription("intake", "care", receive, redis=redis, dead=dead, settings=settings)


@asynccontextmanager
async def listening(subscription: Subscription, settings: Settings) -> AsyncIterator[None]:
    reader = broker(settings, [subscription])
    await subscription.open()
    await reader.start()
    try:
        yield
    finally:
        await reader.stop()
