"""Which events keep their order among themselves: those about one family, which share a partition of a stream."""

from zlib import crc32

from shared.events.envelope import Event


def partition_of(event: Event, partitions: int) -> int:
    """The partition an event is said on: by its family, or by its subject where it is about none.

    CRC-32 of the id: the same in every process and every language.
    """
    return crc32(str(getattr(event.data, "family_id", event.subject)).encode()) % partitions
