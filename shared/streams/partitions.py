"""The streams behind a name: `intake` itself, or its partitions `intake.0`, `intake.1` and so on.

Whatever the number of partitions is now, streams of an earlier number are heard and trimmed as long as they exist: the
number can be changed at any time, and what is under way is not lost.
"""

from redis.asyncio import Redis

from shared.events import SPOKEN_BY
from shared.settings import MOST_PARTITIONS


def name_of(stream: str) -> str:
    """The name a stream belongs to."""
    return stream.partition(".")[0]


def number_of(stream: str) -> int | None:
    """Which partition a stream is; None if it is not divided."""
    number = stream.partition(".")[2]
    return int(number) if number else None


def stream_of(name: str, number: int, partitions: int) -> str:
    """One of so many partitions; with one, the name itself."""
    return name if partitions == 1 else f"{name}.{number}"


def streams_of(name: str, partitions: int) -> list[str]:
    """The streams a name is divided into. What outsiders speak on is not: they know one name."""
    return [stream_of(name, number, partitions) for number in range(partitions)] if name in SPOKEN_BY else [name]


async def existing(redis: Redis, name: str) -> list[str]:
    """The streams of a name that exist, of whatever number of partitions."""
    possible = [name, *streams_of(name, MOST_PARTITIONS)] if name in SPOKEN_BY else [name]
    async with redis.pipeline(transaction=False) as pipeline:  # one by one: a cluster keeps them in different places
        for stream in possible:
            pipeline.exists(stream)
        found = await pipeline.execute()
    return [stream for stream, exists in zip(possible, found, strict=True) if exists]
