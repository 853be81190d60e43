"""The relay publishes what documents have to say and clears their outboxes; its sweeper does what a crash left.

Order: the record in `said` (what `ayllu replay` says again), the stream, then the outbox is cleared. A crash
between two steps says an event twice, under the same id, and hearing twice harms nobody.
"""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

import structlog
from redis.exceptions import RedisError

from shared.backoff import Backoff
from shared.documents import VIEWS, Said
from shared.events import Event, now
from shared.metrics import Metrics
from shared.mongo import AWAY, Database, Document, insert_new
from shared.streams import Publisher

SAID = "said"
CHUNK = 500

log = structlog.get_logger(__name__)


class Outbox:
    """The outboxes of one service's documents, and the way from them to its stream."""

    def __init__(self, database: Database, publisher: Publisher, metrics: Metrics, sweep_seconds: float) -> None:
        self._views = database[VIEWS]
        self._said = database[SAID]
        self._publisher = publisher
        self._metrics = metrics
        self._sweep_seconds = sweep_seconds
        self._fresh: list[Said] = []
        self._woken = asyncio.Event()
        self.swept_at = now()

    async def prepare(self) -> None:
        """Create the indexes that timelines and replay need; safe to repeat."""
        await self._said.create_index([("at", 1), ("_id", 1)])
        await self._said.create_index([("document", 1), ("time", 1)])

    def post(self, said: Sequence[Said]) -> None:
        """Hand over what was just saved. It is safe already; this only makes it quick."""
        if said and len(self._fresh) < CHUNK * 20:
            self._fresh += said
            self._woken.set()

    async def relay(self) -> None:
        """Publish what is posted, for ever; what fails waits for the sweeper."""
        while True:
            await self._woken.wait()
            batch, self._fresh = self._fresh[:CHUNK], self._fresh[CHUNK:]
            if not self._fresh:
                self._woken.clear()
            try:
                await self._say(batch)
            except (RedisError, OSError, *AWAY) as error:
                log.warning("outbox_waits", said=len(batch), error=type(error).__name__)

    async def flush(self) -> None:
        """Publish what is still posted, if the servers let us; otherwise it waits in the outboxes."""
        batch, self._fresh = self._fresh, []
        try:
            for at in range(0, len(batch), CHUNK):
                await self._say(batch[at : at + CHUNK])
        except (RedisError, OSError, *AWAY) as error:
            log.warning("outbox_waits", said=len(batch), error=type(error).__name__)

    async def waiting(self) -> int:
        """How many documents have something to say."""
        return await self._views.count_documents({"outbox.at": {"$exists": True}})

    async def sweep(self) -> None:
        """Look for ever for what has waited too long in an outbox, and publish it."""
        backoff = Backoff(most=self._sweep_seconds * 4)
        while True:
            await asyncio.sleep(self._sweep_seconds)
            try:
                while await self.sweep_once(older_than=timedelta(seconds=self._sweep_seconds)):
                    pass
                self.swept_at = now()
                backoff.reset()
            except (RedisError, OSError, *AWAY) as error:
                log.warning("sweep_failed", error=type(error).__name__)
                await backoff.wait()

    async def sweep_once(self, older_than: timedelta = timedelta(0)) -> int:
        """Publish up to a chunk of documents' outboxes older than `older_than`; returns how many events."""
        wanted = {"outbox.at": {"$lte": now() - older_than}}
        found = await self._views.find(wanted, {"outbox": 1}).sort("outbox.at", 1).limit(CHUNK).to_list(None)
        waiting = list(_entries(found))
        for at in range(0, len(waiting), CHUNK):
            await self._say(waiting[at : at + CHUNK])
        if waiting:
            log.info("swept", said=len(waiting))
        return len(waiting)

    async def _say(self, batch: Sequence[Said]) -> None:
        await insert_new(self._said, [_record(each) for each in batch])
        await self._publisher.publish([each.event for each in batch])
        documents, ids = [each.document for each in batch], [each.event.id for each in batch]
        await self._views.update_many({"_id": {"$in": documents}}, {"$pull": {"outbox": {"id": {"$in": ids}}}})
        self._metrics.said(each.event for each in batch)


def _entries(found: Iterable[Document]) -> Iterable[Said]:
    for document in found:
        for entry in document["outbox"]:
            yield Said(document["_id"], Event.model_validate_json(entry["json"]))


def _record(said: Said) -> Document:
    time, event_id = said.event.place
    return {
        "_id": event_id,
        "document": said.document,
        "at": now(),
        "time": time,
        "type": said.event.type,
        "json": said.event.to_json(),
    }
