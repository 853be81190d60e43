"""All of it at once: reports come in over HTTP, all four services run, until nothing is left to do."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import SecretStr
from redis.asyncio import Redis

from benchmarks.entrances import OURS, Entrance, open_entrance
from benchmarks.http import BATCH_CONNECTIONS, LINES, bodies
from benchmarks.load import load
from benchmarks.measure import NotTheSame
from benchmarks.place import REPORTS, Place, wait_until
from benchmarks.views import SERVICES
from ops.commands.audit import audit
from shared.mongo import Client, close, connect
from shared.settings import Settings
from shared.streams.redis import redis_client

Result = TypeVar("Result")
PATIENCE_SECONDS = 900
EVERY_SERVICE = (REPORTS, *SERVICES)


@dataclass(frozen=True)
class Kept:
    """What one service keeps, in bytes on disk."""

    service: str
    views: int
    """How many."""

    rows: int
    """Of history."""

    data: int
    indexes: int


@contextmanager
def whole(place: Place) -> Iterator[Entrance]:
    """All four services, on empty servers."""
    place.clear()
    with open_entrance(place, OURS, *SERVICES) as entrance:
        yield entrance


def feed(place: Place, entrance: Entrance, given: Sequence[str]) -> None:
    """Send reports in batches, and wait until nothing is left to do."""
    load(place, entrance, bodies(given, LINES), BATCH_CONNECTIONS)
    wait_until(lambda: entrance.quiet(place), PATIENCE_SECONDS, OURS)


def connected(place: Place, work: Callable[[Client, Redis], Coroutine[Any, Any, Result]]) -> Result:
    """Do something with the clients that commands have."""
    settings = Settings(mongo_url=SecretStr(place.mongo_server.url), redis_url=SecretStr(place.redis_server.url))

    async def done() -> Result:
        client, redis = connect(settings), redis_client(settings)
        try:
            return await work(client, redis)
        finally:
            await redis.aclose()
            await close(client)

    return asyncio.run(done())


def verify_whole(place: Place, reports: int) -> int:
    """Every report kept once, all that was said in every view once; returns how many events. Raises NotTheSame."""
    found = connected(place, lambda client, _: audit(client))
    if not found.complete:
        raise NotTheSame("; ".join(f"{name}: {len(lost)} missing" for name, lost in found.missing.items()))
    kept = place.mongo[REPORTS].reports.count_documents({})
    if kept != reports:
        raise NotTheSame(f"{kept} reports kept of {reports}")
    return sum(found.expected.values())


def kept(place: Place) -> list[Kept]:
    """What each service keeps, once everything is written."""
    place.mongo.admin.command("fsync")
    return [_kept(place, service) for service in EVERY_SERVICE]


def _kept(place: Place, service: str) -> Kept:
    database = place.mongo[service]
    sizes = database.command("dbStats")
    views, rows = (database[name].estimated_document_count() for name in ("views", "history"))
    return Kept(service, views, rows, int(sizes["storageSize"]), int(sizes["indexSize"]))
