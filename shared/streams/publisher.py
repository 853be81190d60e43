"""Publish events on the stream of a service's name, or on its partitions, and trim what everybody has read."""

from collections.abc import AsyncIterable, Callable, Sequence

from redis.asyncio import Redis
from redis.exceptions import OutOfMemoryError

from shared.events import EVENT_FIELD, LISTENERS, Event, partition_of, stream_of, streams_of
from shared.streams.partitions import existing
from shared.trouble import Backoff

CHUNK = 500


class Publisher:
    """Publishes events on the stream of the service's name, or on its partitions."""

    def __init__(self, redis: Redis, name: str, partitions: int = 1) -> None:
        self._redis = redis
        self._name = name
        self._partitions = partitions

    async def publish(self, events: Sequence[Event]) -> None:
        """Add events in one round trip. If the reply is lost, they may still be there."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            for event in events:
                number = partition_of(event, self._partitions)
                pipeline.xadd(stream_of(self._name, number, self._partitions), {EVENT_FIELD: event.text})
            await pipeline.execute()

    async def publish_all(self, events: AsyncIterable[Event], done: Callable[[int], object] = lambda _: None) -> int:
        """Add any number of events in order, some at a time, as there is room; returns how many.

        `done` is called with the number of each part.
        """
        count, batch = 0, list[Event]()
        async for event in events:
            batch.append(event)
            if len(batch) == CHUNK:
                await self._publish_patiently(batch)
                done(CHUNK)
                count, batch = count + CHUNK, []
        await self._publish_patiently(batch)
        done(len(batch))
        return count + len(batch)

    async def streams(self) -> list[str]:
        """The streams it publishes, and those left from another number of partitions."""
        return sorted({*streams_of(self._name, self._partitions), *await existing(self._redis, self._name)})

    async def trim(self) -> int:
        """Drop what every listener has acknowledged; nothing as long as a listener has no group yet."""
        return sum([await self._trim(stream) for stream in await existing(self._redis, self._name)])

    async def _publish_patiently(self, events: Sequence[Event]) -> None:
        backoff = Backoff()
        while True:
            try:
                return await self.publish(events)
            except OutOfMemoryError:  # listeners and trimming are behind: wait for room
                await backoff.wait()

    async def _trim(self, stream: str) -> int:
        groups = {each["name"].decode(): each for each in await self._redis.xinfo_groups(stream)}
        if not set(LISTENERS[self._name]) <= set(groups):
            return 0
        kept = []
        for name, group in groups.items():  # after `groups`, so that what is read in between stays
            pending = await self._redis.xpending(stream, name)
            kept += [group["last-delivered-id"], *([pending["min"]] if pending["pending"] else [])]
        oldest = min(kept, key=lambda entry: tuple(map(int, entry.split(b"-"))))
        return int(await self._redis.xtrim(stream, minid=oldest, approximate=True))
