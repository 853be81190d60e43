"""Publishing again and folding again: `ayllu replay` for new listeners, `ayllu refold` after a rule changed."""

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from ops.commands.audit import rules
from shared.folds.documents import VIEWS, Documents
from shared.folds.history import History
from shared.mongo import Database
from shared.streams.publisher import Publisher

Progress = Callable[[int], object]
"""Called with how many more are done."""


async def replay(database: Database, publisher: Publisher, since: datetime | None, done: Progress) -> int:
    """Publish again the events of a service since a moment, in their order; returns how many."""
    return await publisher.publish_all(History(database).said(since), done)


async def said_since(database: Database, since: datetime | None) -> int:
    """How many events a service has published since a moment."""
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
