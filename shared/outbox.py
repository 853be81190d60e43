"""The outbox: the batches that were begun and of which not everything is published yet. It is empty most of the time.

A batch is written here before its changes are, and removed once its views are written and its words are on the
stream. Whatever stays here for long was left by a crash: a sweeper completes it (`shared/relay.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from shared.mongo import Database, acknowledged_by_one

OUTBOX = "outbox"


class Batch(NamedTuple):
    """A batch in the outbox, and the documents it may have changed."""

    id: str
    documents: list[str]


class Outbox:
    """The batches of one service that are under way."""

    def __init__(self, database: Database) -> None:
        self._batches = database[OUTBOX]

    async def open(self, documents: Sequence[str]) -> str:
        """Begin a batch over these documents; returns its id.

        Its time is MongoDB's: by the clock of a process that is an hour ahead, a crash would go unseen for so long.
        """
        batch = str(uuid4())
        change = {"$currentDate": {"at": True}, "$set": {"documents": list(documents)}}
        await self._batches.update_one({"_id": batch}, change, upsert=True)
        return batch

    async def clear(self, batches: Sequence[str]) -> None:
        """These are complete. Should MongoDB forget that, they are only completed again."""
        await acknowledged_by_one(self._batches).delete_many({"_id": {"$in": list(batches)}})

    async def stale(self, seconds: float, most: int) -> list[Batch]:
        """Batches begun so many seconds ago or more, the oldest first."""
        before = {"$subtract": ["$$NOW", int(seconds * 1000)]}
        found = self._batches.find({"$expr": {"$lte": ["$at", before]}}).sort("at", 1).limit(most)
        return [Batch(each["_id"], each["documents"]) for each in await found.to_list(None)]

    async def oldest(self) -> datetime | None:
        """When the oldest batch under way was begun; None if there is none."""
        found = await self._batches.find_one({}, {"at": 1}, sort=[("at", 1)])
        return found["at"] if found else None

    async def waiting(self) -> int:
        """How many batches are under way."""
        return await self._batches.count_documents({})
