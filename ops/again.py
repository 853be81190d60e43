"""Saying again and folding again: `ayllu replay` after Redis was lost, `ayllu refold` after a rule changed."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from redis.exceptions import OutOfMemoryError

from ops.audit import rules
from shared.backoff import Backoff
from shared.documents import VIEWS, Documents
from shared.events import Event
from shared.history import History
from shared.mongo import Database
from shared.publisher import Publisher

CHUNK = 500
Progress = Callable[[int], object]
"""Told how many more are done."""


async def replay(database: Database, publisher: Publisher, since: datetime | None, done: Progress) -> int:
    """Say again what a service has said since a moment, in the order it was said; returns how many events."""
    count = 0
    batch: list[Event] = []
    async for event in History(database).said(since):
        batch.append(event)
        if len(batch) == CHUNK:
            count += await _publish(publisher, batch, done)
    return count + await _publish(publisher, batch, done)


async def said_since(database: Database, since: datetime | None) -> int:
    """How many events a service has said since a moment."""
    return await History(database).count_said(since)


async def refold(database: Database, service: str, done: Progress) -> int:
    """Fold every document of a service from its history with today's rules, lost views too; returns how many."""
    documents: Documents[Any] = Documents(database, rules(service), f"/{service}")
    count = 0
    async for found in documents.history.documents():
        count += (await documents.refold(found)).refolded
        done(len(found))
    return count


async def views(database: Database) -> int:
    """How many views a service keeps."""
    return await database[VIEWS].estimated_document_count()


async def prepare(database: Database, service: str) -> None:
    """Create the indexes of a service, as it does itself when it starts."""
    indexes = import_module(f"services.{service}.store").INDEXES
    documents: Documents[Any] = Documents(database, rules(service), f"/{service}", indexes)
    await documents.prepare()


async def _publish(publisher: Publisher, batch: list[Event], done: Progress) -> int:
    count = len(batch)
    if batch:
        backoff = Backoff()
        while True:
            try:
                await publisher.publish(batch)
                break
            except OutOfMemoryError:  # listeners and trimming are behind: wait for room
                await backoff.wait()
        done(count)
        batch.clear()
    return count
