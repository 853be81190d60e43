"""Dead letters: what a service could not use, as it came, with the reason, in the service's own database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import NamedTuple

from shared.events import name_of, now
from shared.mongo import Database, Document, insert_new
from shared.telemetry.metrics import Metrics

DEAD = "dead"
KEPT_BYTES = 8 * 1024 * 1024
"""Of a longer entry, only this much is kept, with digest and size of the whole: a document holds 16 MiB."""
KEPT_FIELDS = 1000


class Entry(NamedTuple):
    """A stream entry as Redis gave it."""

    id: bytes
    fields: Mapping[bytes, bytes]


@dataclass(frozen=True)
class Unusable:
    """An entry and the reason why it cannot be used, without any of its values, since they may hold a name."""

    entry: Entry
    reason: str
    attempts: int = 1


class DeadLetters:
    """The `dead` collection of one service."""

    def __init__(self, database: Database, metrics: Metrics) -> None:
        self._dead = database[DEAD]
        self._metrics = metrics

    async def bury(self, stream: str, unusable: Sequence[Unusable]) -> None:
        """Keep entries; one that is there already stays as it is."""
        letters = [_letter(stream, each) for each in unusable]
        known = await insert_new(self._dead, letters)
        self._metrics.died(name_of(stream), len(letters) - len(known))

    async def count(self) -> int:
        """How many dead letters there are."""
        return await self._dead.count_documents({})


def _letter(stream: str, unusable: Unusable) -> Document:
    entry = unusable.entry
    whole = b"".join(name + value for name, value in entry.fields.items())
    return {
        "_id": f"{stream}/{entry.id.decode()}",
        "stream": stream,
        "entry": entry.id.decode(),
        "fields": _kept(entry.fields),
        "bytes": len(whole),
        "sha256": sha256(whole).hexdigest(),
        "reason": unusable.reason,
        "attempts": unusable.attempts,
        "at": now(),
    }


def _kept(fields: Mapping[bytes, bytes]) -> list[list[bytes]]:
    kept, left = [], KEPT_BYTES
    for name, value in islice(fields.items(), KEPT_FIELDS):
        kept.append([name[:left], value[: max(0, left - len(name))]])
        left -= len(name) + len(value)
        if left <= 0:
            break
    return kept
