"""Whether every view has everything: what each service has said, against what its listeners have folded."""

from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from importlib import import_module

from ops.place import SERVICES
from shared.documents import VIEWS
from shared.events import Event
from shared.folding import MARK_SIZE, mark
from shared.mongo import Client, Database
from shared.outbox import SAID
from shared.rules import Hears

CHUNK = 1000


@dataclass
class Audit:
    """Per listening service: how many (view, event) there should be, and those that are not there, or twice."""

    expected: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    missing: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    doubled: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def complete(self) -> bool:
        """Every view has every event, exactly once."""
        return not any(self.missing.values()) and not any(self.doubled.values())


async def audit(client: Client) -> Audit:
    """Compare all that was ever said with all views."""
    found = Audit()
    for speaker in SERVICES:
        async for chunk in _said(client[speaker]):
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


def hears(service: str) -> Hears:
    """What a service hears, as its `handlers.py` says."""
    heard: Hears = import_module(f"services.{service}.handlers").HEARS
    return heard


async def _said(database: Database) -> AsyncIterator[list[Event]]:
    last = ""
    while True:
        rows = await database[SAID].find({"_id": {"$gt": last}}, {"json": 1}).sort("_id", 1).limit(CHUNK).to_list(None)
        if not rows:
            return
        last = rows[-1]["_id"]
        yield [Event.model_validate_json(row["json"]) for row in rows]


async def _compare(database: Database, service: str, concerned: list[tuple[str, Event]], found: Audit) -> None:
    ids = list({document for document, _ in concerned})
    views = await database[VIEWS].find({"_id": {"$in": ids}}, {"folded": 1}).to_list(None)
    folded = {view["_id"]: _marks(bytes(view["folded"])) for view in views}
    for document, event in concerned:
        times = folded.get(document, {}).get(mark(event), 0)
        found.expected[service] += 1
        if times == 0:
            found.missing[service].append((document, event.id))
        elif times > 1:
            found.doubled[service].append((document, event.id))


def _marks(folded: bytes) -> dict[bytes, int]:
    counts: dict[bytes, int] = defaultdict(int)
    for at in range(0, len(folded), MARK_SIZE):
        counts[folded[at : at + MARK_SIZE]] += 1
    return counts
