"""Fetch, fold, save: every view a batch concerns, in a bounded number of round trips.

Fetch and fold (nothing is written if a rule raises). Insert the batch into the outbox and its changes into the history
by one command, which decides. Write the views, which are only the fold of their changes. A writer that loses the race
for a change folds again on top of the winner's.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic
from uuid import uuid4

from pymongo import IndexModel, InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from shared.events import Event
from shared.folds.folding import Folded, View, fold_on, refold, restored
from shared.folds.history import Change, History
from shared.folds.outbox import Outbox
from shared.folds.rules import Fold, State
from shared.mongo import Database, Document, duplicates

VIEWS = "views"

Concerned = tuple[Event, Sequence[str]]
"""An event and the ids of the documents it concerns."""


def breadth(batch: Sequence[Concerned]) -> int:
    """How many pairs of event and document a batch has."""
    return sum(len(documents) for _, documents in batch)


def divided(batch: Sequence[Concerned], most: int) -> Iterator[Sequence[Concerned]]:
    """A batch in parts of at most `most` in breadth; a broader event is a part of its own."""
    begins, size = 0, 0
    for at, (_, documents) in enumerate(batch):
        size += len(documents)
        if size > most and at > begins:
            yield batch[begins:at]
            begins, size = at, len(documents)
    if batch:
        yield batch[begins:]


@dataclass
class Saved:
    """What a batch did: the new events of its documents, refolds, conflicts; and the events to publish.

    `batches` are its ids in the outbox until its events are published: one for each attempt to save it, since another
    writer may be first. None if the batch changed nothing.
    """

    batches: list[str] = field(default_factory=list)
    heard: list[Event] = field(default_factory=list)
    said: list[Event] = field(default_factory=list)
    refolded: int = 0
    conflicts: int = 0


class Documents(Generic[State]):
    """The views of one service, in its own database, with their history and outbox."""

    def __init__(self, database: Database, fold: Fold[State], source: str, indexes: Sequence[IndexModel] = ()) -> None:
        self.history = History(database)
        self.outbox = Outbox(database)
        self._views = database[VIEWS]
        self._fold = fold
        self._source = source
        self._indexes = indexes

    async def prepare(self) -> None:
        """Create the indexes of the history and of the service's own queries; safe to repeat."""
        await self.history.prepare()
        if self._indexes:
            await self._views.create_indexes(list(self._indexes))

    async def fold(self, batch: Sequence[Concerned]) -> Saved:
        """Fold a batch into every document it concerns.

        If a rule raises, nothing is written. If the driver raises, a part may be written: the same batch again, or
        the sweeper, completes it.
        """
        waiting: dict[str, list[Event]] = defaultdict(list)
        for event, documents in batch:
            for document in documents:
                waiting[document].append(event)
        saved = Saved()
        folded = await self._folded(await self.kept(list(waiting)), waiting, saved)
        while folded:
            lost = await self._save(folded, saved)
            folded = await self._folded(await self.restore(sorted(lost)), waiting, saved) if lost else []
        return saved

    async def restore(self, documents: Sequence[str]) -> dict[str, View[State]]:
        """Update views that a crash or another writer left behind their history; returns them."""
        views = await self.from_history(documents)
        await self._write(list(views.values()))
        return {each: View(each, self._fold.begin(each)) for each in documents} | views

    async def refold(self, documents: Sequence[str]) -> Saved:
        """Apply today's rules to the whole history of these documents; nothing is published.

        A new state is a change too, one without events. A view that was lost, or left behind its history, is only
        written again.
        """
        saved = Saved()
        while documents:
            kept, reshaped = await self._read(documents)
            again = await self.from_history(documents)
            saved.refolded += len(again)
            behind = {each for each, view in again.items() if view.version > kept[each].version}
            await self._write([again[each] for each in behind])
            stale = {each for each, view in again.items() if each in reshaped or view.state != kept[each].state}
            changed = [again[each] for each in stale - behind]
            documents = sorted(await self._save([_unheard(view) for view in changed], saved)) if changed else []
        if saved.batches:
            await self.outbox.clear(saved.batches)
        return saved

    async def kept(self, documents: Sequence[str]) -> dict[str, View[State]]:
        """The stored views; an empty one for a document that has none.

        A view of another shape, written by another version, is folded again from its history.
        """
        views, reshaped = await self._read(documents)
        return views | (await self.from_history(reshaped) if reshaped else {})

    async def _read(self, documents: Sequence[str]) -> tuple[dict[str, View[State]], list[str]]:
        """The stored views, and the ids of those of another shape, which are empty but keep their version."""
        views, reshaped = {each: View(each, self._fold.begin(each)) for each in documents}, []
        for each in await self._views.find({"_id": {"$in": list(documents)}}).to_list(None):
            if each.get("shape", 1) == self._fold.shape:
                views[each["_id"]] = self._view(each)
            else:
                views[each["_id"]] = replace(views[each["_id"]], version=each["version"])
                reshaped.append(each["_id"])
        return views, reshaped

    async def from_history(self, documents: Sequence[str]) -> dict[str, View[State]]:
        """The views folded from their history by today's rules; none for a document without history."""
        changes = await self.history.of(documents)
        return {
            document: restored(self._fold, document, told[-1].version, _heard(told))
            for document, told in changes.items()
            if told
        }

    async def _folded(
        self, views: Mapping[str, View[State]], waiting: Mapping[str, Sequence[Event]], saved: Saved
    ) -> list[Folded[State]]:
        missing = {each: view.lacks(waiting[each]) for each, view in views.items()}
        late = [each for each, events in missing.items() if events and events[0].place <= views[each].last]
        history = await self.history.of(late)
        saved.refolded += len(late)
        return [
            refold(self._fold, self._source, views[each], _heard(history[each]), events)
            if each in history
            else fold_on(self._fold, self._source, views[each], events)
            for each, events in missing.items()
            if events
        ]

    def _view(self, document: Document) -> View[State]:
        return View(
            id=document["_id"],
            state=self._fold.state.validate_python(document["state"]),
            version=document["version"],
            last=tuple(document["last"]),
            folded=bytes(document["folded"]),
        )

    async def _save(self, folded: Sequence[Folded[State]], saved: Saved) -> set[str]:
        """Append each change and write its view; returns the documents where another writer was first."""
        changes = [Change(each.view.id, each.view.version, each.heard, each.say) for each in folded]
        batch = str(uuid4())  # new each time: the sweeper may have completed the last one
        saved.batches.append(batch)
        lost = await self.history.append(batch, changes)
        won = [each for each in folded if each.view.id not in lost]
        await self._write([each.view for each in won])
        for each in won:
            saved.heard += each.heard
            saved.said += each.say
        saved.conflicts += len(lost)
        return lost

    async def _write(self, views: Sequence[View[State]]) -> None:
        """Write views over older ones, never over newer ones. A document without events has no view."""
        if not (views := [each for each in views if each.folded]):
            return
        try:
            await self._views.bulk_write([self._newer(each) for each in views], ordered=False)
        except BulkWriteError as error:  # another writer has inserted this view, an older or a newer one
            there = [self._newer(views[at], upsert=False) for at in duplicates(error)]
            await self._views.bulk_write(there, ordered=False)

    def _newer(self, view: View[State], *, upsert: bool = True) -> InsertOne[Document] | UpdateOne:
        content: Document = {
            "version": view.version,
            "shape": self._fold.shape,
            "last": list(view.last),
            "folded": view.folded,
            "state": self._fold.state.dump_python(view.state, mode="json", exclude_none=True),
        }
        if view.version == 1 and upsert:
            return InsertOne({"_id": view.id, **content})
        return UpdateOne({"_id": view.id, "version": {"$lt": view.version}}, {"$set": content}, upsert=upsert)


def _unheard(view: View[State]) -> Folded[State]:
    """The next version of a view, without events."""
    return Folded(replace(view, version=view.version + 1), (), ())


def _heard(changes: Sequence[Change]) -> list[Event]:
    return [event for change in changes for event in change.heard]
