"""The streams of a name that exist in Redis, of whatever number of partitions.

Streams of an earlier number are read and trimmed as long as they exist, so the number can change at any time and no
event is lost.
"""

from redis.asyncio import Redis

from shared.events import MOST_PARTITIONS, SPOKEN_BY, streams_of


async def existing(redis: Redis, name: str) -> list[str]:
    """The streams of a name that exist."""
    possible = [name, *streams_of(name, MOST_PARTITIONS)] if name in SPOKEN_BY else [name]
    async with redis.pipeline(transaction=False) as pipeline:  # one by one: a cluster keeps them in different places
        for stream in possible:
            pipeline.exists(stream)
        found = await pipeline.execute()
    return [stream for stream, exists in zip(possible, found, strict=True) if exists]
