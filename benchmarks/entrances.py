"""Who takes reports in over HTTP: our intake, or a program with one insert a request; and what each kept."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from benchmarks.measure import NotTheSame
from benchmarks.ours import Ours, ready, served
from benchmarks.place import REPORTS, STREAM, Place, Program, running, wait_until
from ops.servers.processes import free_port
from services.intake.store.keys import add_key
from shared.folds.folding import MARK_SIZE
from shared.mongo import close, connect
from shared.settings import Settings

OURS, THEIRS = "Ayllu", "one insert a request"
AS_MANY_AS_THEY_LIKE = {"AYLLU_SENDER_RATE": "1000000", "AYLLU_SENDER_BURST": "10000000"}
START_SECONDS = 60


@dataclass(frozen=True)
class Entrance:
    """A running process that takes reports in."""

    port: int
    key: str
    pids: dict[str, int]
    quiet: Callable[[Place], bool]
    """Whether nothing is left to do."""


@contextmanager
def open_entrance(place: Place, who: str, *others: str) -> Iterator[Entrance]:
    """Ours, with other services of ours if they are named; or theirs."""
    with _ours(place, others) if who == OURS else _theirs(place) as entrance:
        yield entrance


def verify(place: Place, who: str, reports: int) -> int:
    """Every report kept once, and what is to be said of it said once; returns how many events. Raises NotTheSame."""
    kept = place.mongo[REPORTS].reports.count_documents({})
    said = place.redis.xlen(STREAM)
    found, wanted = [kept, said], [reports, reports]
    if who == OURS:
        promised = _first(place, "reports", {"$size": "$answer.events"})
        folded = _first(place, "views", {"$divide": [{"$binarySize": "$folded"}, MARK_SIZE]})
        found, wanted = [kept, folded, said], [reports, reports, promised]
    if found != wanted:
        raise NotTheSame(f"{who}: {found} instead of {wanted}")
    return int(said)


@contextmanager
def _ours(place: Place, others: tuple[str, ...]) -> Iterator[Entrance]:
    ours = Ours((REPORTS, *others), environment=AS_MANY_AS_THEY_LIKE)
    with running(place, ours.programs()) as pids:
        ours.wait_ready()
        key = asyncio.run(_sender(place.mongo_server.url))
        yield Entrance(ours.ports[REPORTS], key, pids, lambda place: ours.quiet(place, {}))


@contextmanager
def _theirs(place: Place) -> Iterator[Entrance]:
    port = free_port()
    program = Program("one-insert", served("benchmarks.programs.one_insert:app", port), {})
    with running(place, [program]) as pids:
        wait_until(lambda: ready(port), START_SECONDS, THEIRS)
        yield Entrance(port, "", pids, lambda _: True)


def _first(place: Place, collection: str, sum_of: dict[str, Any]) -> int:
    found = place.mongo[REPORTS][collection].aggregate([{"$group": {"_id": None, "sum": {"$sum": sum_of}}}])
    return int(next(iter(found), {"sum": 0})["sum"])


async def _sender(url: str) -> str:
    """The key of a system that sends reports."""
    client = connect(Settings(mongo_url=SecretStr(url)))
    try:
        return await add_key(client[REPORTS], source="benchmark")
    finally:
        await close(client)
