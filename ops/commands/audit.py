"""Whether every view has everything: compares published events with what the listeners have folded."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from ops.servers.place import SERVICES
from shared.events import Event
from shared.folds.documents import VIEWS, Documents
from shared.folds.folding import mark, marks
from shared.folds.history import History
from shared.folds.outbox import Outbox
from shared.folds.rules import Hears
from shared.mongo import Client, Database

CHUNK = 1000


@dataclass
class Audit:
    """Per service: how many (view, event) there should be, those not there, or there twice; and batches under way."""

    expected: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    missing: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Every view has every event, exactly once, and nothing waits in an outbox."""
        return not any((*self.missing.values(), *self.doubled.values(), *self.waiting.values()))


async def audit(client: Client) -> Audit:
    """Compare all published events with all views."""
    found = Audit(waiting={name: await Outbox(client[name]).waiting() for name in SERVICES})
    for speaker in SERVICES:
        async for chunk in _chunks(History(client[speaker]).said()):
            for listener in SERVICES:
                handlers = hears(listener).get(speaker)
                if handlers is not None:
                    concerned = [
                        (document, event)
                        for event in chunk
                        if type(event.data) in handlers
                        for document in handlers[type(event.data)](event.data)
                    ]
                    await _compare(client[listener], listener, concerned, found)
    return found


async def unlike_history(client: Client) -> dict[str, list[str]]:
    """Per service, the views that differ from the fold of their history by today's rules, and missing views.

    Reads everything: for tests, not for daily use.
    """
    return {name: [each async for each in _unlike_history(client[name], name)] for name in SERVICES}


def hears(service: str) -> Hears:
    """The events a service receives, from its `handlers.py`."""
    heard: Hears = import_module(f"services.{service}.handlers").HEARS
    return heard


def rules(service: str) -> Any:
    """The fold of a service, as its `app.py` wires it."""
    return import_module(f"services.{service}.app").fold()


async def _chunks(events: AsyncIterator[Event]) -> AsyncIterator[list[Event]]:
    chunk: list[Event] = []
    async for event in events:
        chunk.append(event)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


async def _compare(database: Database, service: str, concerned: list[tuple[str, Event]], found: Audit) -> None:
    ids = list({document for document, _ in concerned})
    views = await database[VIEWS].find({"_id": {"$in": ids}}, {"folded": 1}).to_list(None)
    folded = {view["_id"]: Counter(marks(bytes(view["folded"]))) for view in views}
    for document, event in concerned:
        times = folded[document][mark(event)] if document in folded else 0
        found.expected[service] += 1
        if times == 0:
            found.missing[service].append((document, event.id))
        elif times > 1:
            found.doubled[service].append((document, event.id))


async def _unlike_history(database: Database, service: str) -> AsyncIterator[str]:
    documents: Documents[Any] = Documents(database, rules(service), f"/{service}")
    async for chunk in documents.history.documents():
        kept, folded = await documents.kept(chunk), await documents.from_history(chunk)
        for document in _differing(chunk, kept, folded):
            yield document


def _differing(documents: Iterable[str], kept: Any, folded: Any) -> Sequence[str]:
    def told(view: Any) -> Any:
        return view.state, view.version, view.last, sorted(marks(view.folded))

    return [each for each in documents if told(kept[each]) != told(folded[each])]
