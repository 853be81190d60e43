"""FastStream as the reader: it keeps the connection, reads in batches and hands raw entries to subscriptions.

Parsing, acknowledging and recovery are ours (`shared/streams/subscriptions.py`): FastStream decodes a batch as one, so
that a bad entry fails all, and never retries what it leaves pending (docs/adr/0003).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, cast

import structlog
from faststream import AckPolicy
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.configs.state import ConnectionState
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.settings import Settings
from shared.streams.dead import Entry
from shared.streams.redis import redis_client
from shared.streams.subscriptions import Subscription
from shared.trouble import Backoff

BLOCK_MS = 2000
"""How long a read waits for news: under the client's time-out, and no longer than recovery may wait."""

GRACEFUL_SECONDS = 15
"""How long a stop waits for the batch in hand."""

log = structlog.get_logger(__name__)


class PatientReader:
    """Reads for FastStream: it recreates a lost group, and waits while a server refuses.

    FastStream itself stops a subscriber whose group is gone, and spins on any other refusal (READONLY, MISCONF).
    """

    def __init__(self, redis: Redis, subscriptions: Mapping[str, Subscription]) -> None:
        self._redis = redis
        self._subscriptions = subscriptions
        self._backoff = Backoff(most=2)

    async def ping(self) -> bool:
        """Does nothing: reading finds out whether the servers are there."""
        return True

    async def xgroup_create(self, **_: Any) -> None:
        """Does nothing: opening the subscription has created the group."""

    async def xreadgroup(self, groupname: str, consumername: str, streams: Any, **options: Any) -> Any:
        """Read a batch; an empty one where nothing could be read."""
        (stream,) = streams
        subscription = self._subscriptions[stream]
        try:
            await subscription.admitted()
            if not subscription.reading:
                options["block"] = 1  # do not wait for news to find out whether reading works
            found = await self._redis.xreadgroup(groupname, consumername, streams, **options)
        except (RedisError, OSError) as error:
            subscription.reading = False
            log.warning("read_failed", stream=stream, error=type(error).__name__)
            await self._backoff.wait()
            if "NOGROUP" in str(error):
                await subscription.open()
            return []
        subscription.reading = True
        self._backoff.reset()
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


class PatientConnection(ConnectionState[PatientReader]):
    """Gives the broker a `PatientReader`."""

    __slots__ = ("_settings", "subscriptions")

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self.subscriptions: dict[str, Subscription] = {}

    async def connect(self) -> PatientReader:
        """A reader on connections of its own."""
        self._client, self._connected = PatientReader(redis_client(self._settings), self.subscriptions), True
        return self._client


class PatientBroker(RedisBroker):
    """FastStream's broker over a `PatientReader`."""

    def __init__(self, settings: Settings) -> None:
        self._connection_to = PatientConnection(settings)
        self.subscriptions = self._connection_to.subscriptions
        super().__init__(
            apply_types=False,
            graceful_timeout=GRACEFUL_SECONDS,
            logger=logging.getLogger("faststream"),
        )

    async def read(self, subscription: Subscription, settings: Settings) -> None:
        """Begin to read one more stream; after a failure, call it again."""
        added = _subscribe(self, subscription, settings)
        try:
            if self.running:
                await added.start()
        except BaseException:
            del self.subscriptions[subscription.stream]
            await added.stop()
            raise

    async def stop(self, *error: Any) -> None:
        """Finish the batches in hand; then close the connections.

        FastStream's own stop does not wait for the tasks it cancels: one that is just connecting would leave its
        connection behind.
        """
        reading = [task for each in self.subscribers for task in cast(Any, each).tasks]
        await asyncio.gather(*(each.stop() for each in self.subscribers))
        await cancelled(*reading)
        await super().stop(*error)

    def _make_connection_state(self, *_: Any) -> PatientConnection:
        return self._connection_to


def broker(settings: Settings, subscriptions: Sequence[Subscription]) -> PatientBroker:
    """A broker that reads every subscription once started, and finishes the batch in hand when stopped."""
    made = PatientBroker(settings)
    for each in subscriptions:
        _subscribe(made, each, settings)
    return made


async def cancelled(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel tasks until they have ended: FastStream's start swallows a cancellation that comes while it waits."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=0.2)


def _subscribe(made: PatientBroker, subscription: Subscription, settings: Settings) -> Any:
    made.subscriptions[subscription.stream] = subscription
    stream = StreamSub(
        subscription.stream,
        group=subscription.group,
        consumer=settings.replica,
        batch=True,
        max_records=settings.batch_size,  # without it one replica takes the whole backlog
        polling_interval=min(BLOCK_MS, int(settings.claim_idle_seconds * 500)),
    )
    reading = made.subscriber(stream=stream, parser=_keep_raw, decoder=_entries, ack_policy=AckPolicy.MANUAL)

    @reading
    async def take(entries: list[Entry]) -> None:
        await subscription.take(entries)

    return reading


async def _keep_raw(message: Mapping[str, Any]) -> RedisBatchStreamMessage:
    return RedisBatchStreamMessage(message, b"", consumer=FAKE_CONSUMER, group=None)


async def _entries(message: RedisBatchStreamMessage) -> list[Entry]:
    raw = message.raw_message
    return [Entry(id, fields) for id, fields in zip(raw["message_ids"], raw["data"], strict=True)]
