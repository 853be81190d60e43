"""Where events are published: the stream of a name, such as `intake`, or its partitions, `intake.0` and so on.

Events about one family keep their order among themselves: they share a partition.
"""

from zlib import crc32

from shared.events.envelope import Event
from shared.events.speakers import SPOKEN_BY

MOST_PARTITIONS = 64


def partition_of(event: Event, partitions: int) -> int:
    """The partition of an event: by its family, or by its subject if it has no family.

    CRC-32 of the id: the same in every process and every language.
    """
    return crc32(str(getattr(event.data, "family_id", event.subject)).encode()) % partitions


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
    """The streams a name is divided into. Outsiders publish on one stream, which is never divided."""
    return [stream_of(name, number, partitions) for number in range(partitions)] if name in SPOKEN_BY else [name]
