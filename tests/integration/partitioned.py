"""Events of some families, said on the partitions of intake's stream, and what is there."""

from collections.abc import Sequence

from redis.asyncio import Redis

from shared.events import EVENT_FIELD, Event, partition_of
from shared.streams.publisher import Publisher
from tests.factories import event, family_at_risk

PARTITIONS = 8


def about(families: int, each: int) -> list[Event]:
    """So many events about each of so many families, in the order in which they happened."""
    return [
        event(family_at_risk(family_id=f"f{family}"), hours=hour) for hour in range(each) for family in range(families)
    ]


def ids(events: Sequence[Event]) -> list[str]:
    return [each.id for each in events]


def by_partition(events: Sequence[Event], heard: Sequence[str]) -> list[list[str]]:
    """What was heard, in that order, by the partition it was said on."""
    partitions = {each.id: partition_of(each, PARTITIONS) for each in events}
    return [[each for each in heard if partitions[each] == number] for number in range(PARTITIONS)]


async def say(redis: Redis, events: Sequence[Event], partitions: int = PARTITIONS) -> None:
    await Publisher(redis, "intake", partitions).publish(events)


async def in_stream(redis: Redis, stream: str) -> list[str]:
    entries = await redis.xrange(stream)
    return [Event.model_validate_json(fields[EVENT_FIELD.encode()]).id for _, fields in entries]
