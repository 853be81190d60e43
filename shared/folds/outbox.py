"""The outbox: batches begun and not yet fully published. It is empty most of the time.

A batch is a row in the history, inserted before its changes by the same command, so that there is no change without it.
It is removed once its views are written and its events are on the stream. A batch that stays for long was left by a
crash: the sweeper completes it (`shared/folds/relay.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bson import Timestamp

from shared.folds.history import BATCH, HISTORY, document_of
from shared.mongo import Database, acknowledged_by_one

UNDER_WAY: dict[str, Any] = {"_id": {"$gte": BATCH}}
"""A filter on the batches."""

EVER = Timestamp(0, 0)


class Batch(NamedTuple):
    """A batch in the outbox: the ids of its rows, and when it was begun."""

    id: str
    rows: list[str]
    begun: Timestamp

    @property
    def documents(self) -> list[str]:
        """The documents it may have changed."""
        return list({document_of(each): None for each in self.rows})


class Outbox:
    """The batches of one service that are under way."""

    def __init__(self, database: Database) -> None:
        self._rows = database[HISTORY]

    async def clear(self, batches: Sequence[str]) -> None:
        """Remove completed batches. If MongoDB loses that, they are only completed again."""
        ids = [f"{BATCH}{batch}" for batch in batches]
        await acknowledged_by_one(self._rows).delete_many({"_id": {"$in": ids}})

    async def stale(self, seconds: float, most: int, after: Timestamp = EVER) -> list[Batch]:
        """Batches begun `after` a moment and at least so many seconds ago, the oldest first."""
        before = {"$subtract": ["$$NOW", int(seconds * 1000)]}
        old = {**UNDER_WAY, "begun": {"$gt": after}, "$expr": {"$lte": [{"$toDate": "$begun"}, before]}}
        found = await self._rows.find(old).sort("begun", 1).limit(most).to_list(None)
        return [Batch(each["_id"].removeprefix(BATCH), each["rows"], each["begun"]) for each in found]

    async def oldest(self) -> datetime | None:
        """When the oldest batch under way was begun, to the second; None if there is none."""
        found = await self._rows.find_one(UNDER_WAY, {"begun": 1}, sort=[("begun", 1)])
        return found["begun"].as_datetime() if found else None

    async def waiting(self) -> int:
        """How many batches are under way."""
        return await self._rows.count_documents(UNDER_WAY)
