"""The history of every document: a grow-only list of changes. The view is only their fold.

A change is one row: the events a document received together, and those it publishes in response. The row of a version
can be inserted once: of two writers, one inserts its change and the other folds again on top of it. This insert is the
one write that decides, and no decision ever changes. The outbox (`shared/folds/outbox.py`) keeps rows here for the
batches under way.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from bson import Timestamp
from pydantic import ValidationError

from shared.events import Event
from shared.mongo import Database, Document, aggregated, insert_new

HISTORY = "history"
CHUNK = 1000
LAST_SECOND = 2**32 - 1
FILLED_IN = Timestamp(0, 0)
"""MongoDB puts its own, ever increasing time here: clocks of replicas may be hours apart."""

BATCH = "~"
"""Ids of batches begin with this: they sort after the ids of all documents, and are in none of their ranges."""

CHANGES: dict[str, Any] = {"_id": {"$lt": BATCH}}
"""A filter on the changes."""


log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Change:
    """What brought a document to `version`: the events received, and the events to publish."""

    document: str
    version: int
    heard: Sequence[Event] = field(default=())
    said: Sequence[Event] = field(default=())


class History:
    """The changes of all documents of one service."""

    def __init__(self, database: Database) -> None:
        self._rows = database[HISTORY]

    async def prepare(self) -> None:
        """Create the index for publishing again; safe to repeat. New changes go to its end, which costs little."""
        await self._rows.create_index([("at", 1)])

    async def append(self, batch: str, changes: Sequence[Change]) -> set[str]:
        """Insert a batch into the outbox, and then its changes, by one command.

        Returns the documents where another writer was first.
        """
        rows = _rows(changes, batch)
        taken = await insert_new(self._rows, [_begun(batch, [each["_id"] for each in rows]), *rows])
        return {changes[at - 1].document for at in taken}

    async def of(self, documents: Sequence[str]) -> dict[str, list[Change]]:
        """All changes of these documents, in order; none for a document that has none."""
        found: dict[str, list[Change]] = {each: [] for each in documents}
        for some in _some_at_a_time(documents):
            for row in await self._rows.find(rows_of(some)).sort("_id", 1).to_list(None):
                change = _change(row)
                found[change.document].append(change)
        return found

    async def documents(self) -> AsyncIterator[list[str]]:
        """The ids of all documents that have a history, in order, some at a time."""
        after = ""
        while rows := await self._ids_after(after):
            found = list(dict.fromkeys(document_of(row["_id"]) for row in rows))
            after = f"{found[-1]}!"  # behind every version of it
            yield found

    async def latest(self, documents: Sequence[str], most: int) -> list[Change]:
        """The latest changes of these documents together, the newest first."""
        if not documents:
            return []
        newest = self._rows.find(rows_of(documents)).sort("at", -1).limit(most).hint("_id_")
        return [_change(row) for row in await newest.to_list(None)]

    async def said_in(self, batch: str, rows: Sequence[str]) -> list[Event]:
        """The events to publish of those rows that belong to the batch."""
        said = []
        for some in _some_at_a_time(rows):
            found = await self._rows.find({"_id": {"$in": list(some)}, "batch": batch}, {"said": 1}).to_list(None)
            said += [event for row in found for event in _said(row)]
        return said

    async def close(self, batch: str, rows: Sequence[str]) -> None:
        """Insert an empty change in place of each missing row.

        A writer that is still about to insert it finds the place taken, and folds again.
        """
        there: set[str] = set()
        for some in _some_at_a_time(rows):
            there |= {row["_id"] async for row in self._rows.find({"_id": {"$in": list(some)}}, {"_id": 1})}
        empty = {"at": FILLED_IN, "batch": batch, "heard": [], "said": []}
        await insert_new(self._rows, [{"_id": each, **empty} for each in rows if each not in there])

    async def count_said(self, since: datetime | None = None) -> int:
        """How many events were published, ever or since a moment."""
        counted = [{"$match": _since(since)}, {"$group": {"_id": None, "said": {"$sum": {"$size": "$said"}}}}]
        return sum([row["said"] async for row in await aggregated(self._rows, counted)])

    async def said(self, since: datetime | None = None) -> AsyncIterator[Event]:
        """All events published, ever or since a moment, in that order."""
        async for row in self._rows.find(_since(since), {"said": 1}).sort("at", 1):
            for event in _said(row):
                yield event

    async def _ids_after(self, after: str) -> list[Document]:
        found = self._rows.find({"_id": {"$gt": after, "$lt": BATCH}}, {"_id": 1})
        return await found.sort("_id", 1).limit(CHUNK).to_list(None)


def rows_of(documents: Sequence[str]) -> dict[str, Any]:
    """A filter on the rows of these documents: an `_id` is a document and a version, and an id holds no space."""
    return {"$or": [{"_id": {"$gte": f"{each} ", "$lt": f"{each}!"}} for each in documents]}


def _some_at_a_time(documents: Sequence[str]) -> Iterator[Sequence[str]]:
    """MongoDB plans a thousand ranges in milliseconds, and 25,000 in ten seconds."""
    return (documents[at : at + CHUNK] for at in range(0, len(documents), CHUNK))


def _since(moment: datetime | None) -> dict[str, Any]:
    return {"at": {"$gte": _timestamp(moment)} if moment else {"$exists": True}}  # a batch of the outbox has none


def _timestamp(moment: datetime) -> Timestamp:
    """A moment as MongoDB counts them: whole seconds, from 1970 until 2106."""
    return Timestamp(min(max(0, int(moment.timestamp())), LAST_SECOND), 0)


def document_of(row: str) -> str:
    """The document whose change a row is, by the row's id."""
    return row.rpartition(" ")[0]


def _begun(batch: str, rows: list[str]) -> Document:
    """The row of a batch, which the outbox removes again."""
    return {"_id": f"{BATCH}{batch}", "begun": FILLED_IN, "rows": rows}


def _rows(changes: Sequence[Change], batch: str) -> list[Document]:
    where = {"at": FILLED_IN, "batch": batch}
    return [{"_id": f"{each.document} {each.version:08d}", **where, **_told(each)} for each in changes]


def _told(change: Change) -> dict[str, list[str]]:
    return {"heard": [event.text for event in change.heard], "said": [event.text for event in change.said]}


def _said(row: Document) -> Iterator[Event]:
    """The events a row publishes; one that another version wrote, and this one cannot read, holds up no other."""
    for text in row["said"]:
        try:
            yield Event.parse(text)
        except ValidationError:
            log.error("cannot_say_again", row=row["_id"])  # noqa: TRY400 - the error may quote what it is about


def _change(row: Document) -> Change:
    document, _, version = row["_id"].rpartition(" ")
    heard, said = ([Event.parse(text) for text in row[name]] for name in ("heard", "said"))
    return Change(document, int(version), heard, said)
