"""`ayllu status`: lag, dead letters and views, per service and stream."""

import asyncio
import time
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError, ResponseError, TimeoutError
from rich.box import SIMPLE_HEAD
from rich.table import Table

from ops.commands.screen import cell
from ops.servers.place import SERVICES
from shared.events import LISTENERS, number_of
from shared.folds.documents import VIEWS
from shared.folds.history import HISTORY
from shared.folds.outbox import Outbox
from shared.mongo import Client, Database
from shared.streams.dead import DEAD
from shared.streams.leases import holder
from shared.streams.partitions import existing

AWAY = (ConnectionError, TimeoutError)
MIB = 1024 * 1024
FULL = 0.95
"""Of the limit: memory of connections comes and goes, and when it is needed, Redis refuses new events."""


async def status(client: Client, redis: Redis) -> dict[str, Any]:
    """{service: {views, changes, dead, outboxWaiting, hears: {name: backlog}}}, a backlog as `_backlog` makes it."""
    kept = await asyncio.gather(*(_kept(client[name]) for name in SERVICES))
    heard = await asyncio.gather(*(_heard(redis, name) for name in SERVICES))
    told = zip(SERVICES, kept, heard, strict=True)
    return {name: {**counts, "hears": streams} for name, counts, streams in told}


async def room(redis: Redis) -> str:
    """How full Redis is, in a sentence: full or down, it stops nobody from reporting."""
    waits = "events wait in the outboxes of the services, which publish them as soon as they can"
    try:
        memory = await redis.info("memory")
    except AWAY:
        return f"Redis does not answer: {waits}."
    used, most = memory["used_memory"], memory["maxmemory"]
    told = f"Redis uses {used / MIB:.0f} of {most / MIB:.0f} MiB" if most else f"Redis uses {used / MIB:.0f} MiB"
    return f"{told}. It is full, or almost; then {waits}." if most and used >= FULL * most else f"{told}."


def settled(found: dict[str, Any]) -> bool:
    """Whether nothing is under way: no lag, nothing pending, no outbox waiting."""
    streams = [each for service in found.values() for each in service["hears"].values()]
    waiting = any(service["outboxWaiting"] for service in found.values())
    return not waiting and all(each["lag"] == 0 and each["pending"] == 0 for each in streams)


def table(found: dict[str, Any], room: str, *, partitions: bool = False) -> Table:
    """The status for people, with a sentence on Redis under it.

    With `partitions` each stream that is there has a line, with the replica that reads it.
    """
    made = Table(box=SIMPLE_HEAD, pad_edge=False, caption=room, caption_justify="left")
    made.add_column("service", no_wrap=True)
    for name in ("views", "changes", "outbox", "dead"):
        made.add_column(name, justify="right")
    made.add_column("hears", no_wrap=True)
    for name in ("lag", "pending", "oldest"):
        made.add_column(name, justify="right")
    if partitions:
        made.add_column("read by", no_wrap=True)
    for service, counts in found.items():
        first = [service, *(str(counts[each]) for each in ("views", "changes", "outboxWaiting", "dead"))]
        for name, backlog in counts["hears"].items():
            streams = backlog["streams"] if partitions and backlog["streams"] else {name: backlog}
            for stream, waiting in streams.items():
                readers = [waiting.get("readBy") or ""] if partitions else []
                made.add_row(*first, cell(stream), *_in_words(waiting), *map(cell, readers))
                first = [""] * len(first)
    return made


def _in_words(backlog: dict[str, Any]) -> tuple[str, str, str]:
    lag, pending = ("unknown" if backlog[each] is None else str(backlog[each]) for each in ("lag", "pending"))
    return lag, pending, f"{backlog['oldestPendingSeconds']:.0f} s" if backlog["pending"] else ""


async def _kept(database: Database) -> dict[str, int]:
    views, changes, dead, outbox = await asyncio.gather(
        database[VIEWS].estimated_document_count(),
        database[HISTORY].estimated_document_count(),
        database[DEAD].count_documents({}),
        Outbox(database).waiting(),
    )
    return {"views": views, "changes": changes - outbox, "dead": dead, "outboxWaiting": outbox}


async def _heard(redis: Redis, service: str) -> dict[str, dict[str, Any]]:
    names = [name for name, listeners in LISTENERS.items() if service in listeners]
    return {name: await _backlog(redis, name, service) for name in names}


async def _backlog(redis: Redis, name: str, group: str) -> dict[str, Any]:
    """The backlog of all streams of a name, and of each: {lag, pending, oldestPendingSeconds, streams}.

    `lag` is None if Redis cannot tell, or the service has not listened yet; all is None while Redis is down.
    """
    try:
        streams = {stream: await _waiting(redis, stream, group) for stream in await existing(redis, name)}
    except AWAY:
        return {"lag": None, "pending": None, "oldestPendingSeconds": None, "streams": {}}
    lags = [each["lag"] for each in streams.values()]
    return {
        "lag": sum(lags) if lags and None not in lags else None,
        "pending": sum(each["pending"] for each in streams.values()),
        "oldestPendingSeconds": max((each["oldestPendingSeconds"] for each in streams.values()), default=0.0),
        "streams": streams,
    }


async def _waiting(redis: Redis, stream: str, group: str) -> dict[str, Any]:
    number = number_of(stream)
    reader = None if number is None else await holder(redis, group, number)
    try:
        pending = await redis.xpending(stream, group)
        lags = {each["name"].decode(): each["lag"] for each in await redis.xinfo_groups(stream)}
    except ResponseError:  # no such stream, or the service has not listened yet
        return {"lag": None, "pending": 0, "oldestPendingSeconds": 0.0, "readBy": reader}
    oldest = int(pending["min"].split(b"-")[0]) / 1000 if pending["pending"] else time.time()
    return {
        "lag": lags.get(group),  # between the two answers Redis may have been emptied
        "pending": pending["pending"],
        "oldestPendingSeconds": round(max(0.0, time.time() - oldest), 1),
        "readBy": reader,
    }
