"""Fetch, fold, save: every view a batch concerns, in a bounded number of round trips, one conditional write each.

The order is: fetch and fold (nothing is written if a rule raises), rows of `history`, then the documents. A row
is inserted once and never changed; a document is written only over the version it was folded from. Whoever
loses that race folds again on what the winner wrote.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from pymongo import IndexModel, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.events import Event, now
from shared.folding import Folded, View, fold_on, refold
from shared.mongo import Database, Document, duplicates, insert_new
from shared.rules import Fold, State

VIEWS, HISTORY = "views", "history"

Concerned = tuple[Event, Sequence[str]]
"""An event and the ids of the documents it concerns."""


@dataclass(frozen=True)
class Said:
    """An event a document has to say: it waits in that document's outbox until it is published."""

    document: str
    event: Event


@dataclass
class Saved:
    """What a batch did: how many (document, event) were new, folded again, in conflict; and what is to be said."""

    heard: list[Event] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    refolded: int = 0
    conflicts: int = 0


class Documents(Generic[State]):
    """The views of one service, in its own database."""

    def __init__(self, database: Database, fold: Fold[State], source: str, indexes: Sequence[IndexModel] = ()) -> None:
        self._views = database[VIEWS]
        self._history = database[HISTORY]
        self._fold = fold
        self._source = source
        self._indexes = indexes

    async def prepare(self) -> None:
        """Create the indexes that folding, the sweeper and the service's own queries need; safe to repeat."""
        await self._history.create_index([("document", 1), ("time", 1), ("event", 1)])
        await self._views.create_indexes([IndexModel([("outbox.at", 1)], sparse=True), *self._indexes])

    async def fold(self, batch: Sequence[Concerned]) -> Saved:
        """Fold a batch into every document it concerns.

        Raises what the rules raise, with nothing written; or what the driver raises, with rows, or rows and some
        documents, written: the same batch again then completes it.
        """
        saved = Saved()
        waiting: dict[str, list[Event]] = defaultdict(list)
        for event, documents in batch:
            for document in documents:
                waiting[document].append(event)
        while waiting:
            folded = await self._folded(waiting, saved)
            await insert_new(self._history, [_row(each.view.id, event) for each in folded for event in each.heard])
            lost = await self._save(folded, saved)
            waiting = {document: waiting[document] for document in lost}
        return saved

    async def refold(self, documents: Sequence[str]) -> Saved:
        """Apply the rules of today to the whole history of these documents; old events say nothing new."""
        saved = Saved()
        while documents:
            views = await self._fetch(documents)
            rows = await self._rows(documents)
            folded = [refold(self._fold, self._source, views[each], rows[each]) for each in documents if rows[each]]
            saved.refolded += len(folded)
            documents = sorted(await self._save(folded, saved))
        return saved

    async def _folded(self, waiting: Mapping[str, Sequence[Event]], saved: Saved) -> list[Folded[State]]:
        views = await self._fetch(list(waiting))
        missing = {document: views[document].lacks(events) for document, events in waiting.items()}
        late = [each for each, events in missing.items() if events and events[0].place <= views[each].last]
        rows = await self._rows(late) if late else {}
        saved.refolded += len(late)
        return [
            refold(self._fold, self._source, views[each], [*rows[each], *events])
            if each in rows
            else fold_on(self._fold, self._source, views[each], events)
            for each, events in missing.items()
            if events
        ]

    async def _fetch(self, documents: Sequence[str]) -> dict[str, View[State]]:
        found = await self._views.find({"_id": {"$in": list(documents)}}, {"outbox": 0}).to_list(None)
        views = {each: View(each, self._fold.begin(each)) for each in documents}
        return views | {each["_id"]: self._view(each) for each in found}

    def _view(self, document: Document) -> View[State]:
        return View(
            id=document["_id"],
            state=self._fold.state.validate_python(document["state"]),
            version=document["version"],
            last=(document["last"][0], document["last"][1]),
            folded=bytes(document["folded"]),
        )

    async def _rows(self, documents: Sequence[str]) -> dict[str, list[Event]]:
        rows: dict[str, list[Event]] = {each: [] for each in documents}
        wanted = {"document": {"$in": list(documents)}}
        for row in await self._history.find(wanted, {"document": 1, "json": 1}).to_list(None):
            rows[row["document"]].append(Event.model_validate_json(row["json"]))
        return rows

    async def _save(self, folded: Sequence[Folded[State]], saved: Saved) -> set[str]:
        """Write each document over the version it was folded from; returns those where another was quicker."""
        if not folded:
            return set()
        lost: set[int] = set()
        try:
            await self._views.bulk_write([self._write(each) for each in folded], ordered=False)
        except BulkWriteError as error:
            lost = duplicates(error)
        for at, each in enumerate(folded):
            if at not in lost:
                saved.heard += each.heard
                saved.said += (Said(each.view.id, event) for event in each.say)
        saved.conflicts += len(lost)
        return {folded[at].view.id for at in lost}

    def _write(self, folded: Folded[State]) -> InsertOne[Document] | UpdateOne:
        view, moment = folded.view, now()
        outbox = [{"id": event.id, "at": moment, "json": event.to_json()} for event in folded.say]
        content: dict[str, Any] = {
            "version": view.version,
            "last": list(view.last),
            "folded": view.folded,
            "state": self._fold.state.dump_python(view.state, mode="json", exclude_none=True),
        }
        if folded.was == 0:
            return InsertOne({"_id": view.id, **content, "outbox": outbox})
        # Over a version that is gone the upsert tries to insert, and fails on the `_id`: that names the conflict.
        change: dict[str, Any] = {"$set": content}
        if outbox:
            change["$push"] = {"outbox": {"$each": outbox}}
        return UpdateOne({"_id": view.id, "version": folded.was}, change, upsert=True)


def _row(document: str, event: Event) -> Document:
    time, event_id = event.place
    return {
        "_id": f"{document} {event_id}",
        "document": document,
        "time": time,
        "event": event_id,
        "at": now(),
        "type": event.type,
        "json": event.to_json(),
    }
