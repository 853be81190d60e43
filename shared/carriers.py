"""Notices that another Redis carries a stream than before, and has said again what the one before may have lost.

What Redis confirms is not safe yet: a replica copies it a moment later, the disk has it after a second. After a
failover or a loss of power the last of it may be gone, and nobody but its speaker knows that it ever was. So a speaker
remembers, in its own database, which run of which server carries its streams. If it is another run now, everything of
the time before is said again; hearing twice harms nobody.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.asyncio import Redis

from shared.documents import Documents
from shared.events import Event
from shared.mongo import Database
from shared.publisher import Publisher
from shared.redis import runs_of

CARRIERS = "carriers"
CHUNK = 500
SLACK = timedelta(seconds=10)
"""More than two checks are apart, and clocks of the members of a replica set differ."""

log = structlog.get_logger(__name__)


class Carriers:
    """The servers that carry the streams of one service, as its replicas saw them last."""

    def __init__(
        self, database: Database, redis: Redis, publisher: Publisher, documents: Documents[Any], seconds: float
    ) -> None:
        """`seconds`: how much a server may lose, of what it confirmed last."""
        self._seen = database[CARRIERS]
        self._redis = redis
        self._publisher = publisher
        self._documents = documents
        self._lost = timedelta(seconds=seconds)

    async def check(self) -> int:
        """Say again what may be lost, if another run of a server carries a stream; returns how many events."""
        runs = await runs_of(self._redis, await self._publisher.streams())
        seen = await self._seen.find_one({"_id": CARRIERS}) or {"runs": [], "checks": []}
        before = {each["stream"]: each["run"] for each in seen["runs"]}
        changed = [stream for stream, run in runs.items() if before.get(stream, run) != run]
        said = await self._say_again(changed, seen["checks"]) if changed else 0
        await self._remember(runs)
        return said

    async def _say_again(self, changed: list[str], checks: list[dict[str, Any]]) -> int:
        since = min(each["unsaid"] for each in checks) - SLACK
        count, batch = 0, list[Event]()
        async for event in self._documents.history.said(since):
            batch.append(event)
            if len(batch) == CHUNK:
                await self._publisher.publish(batch)
                count, batch = count + CHUNK, []
        await self._publisher.publish(batch)
        log.warning("said_again", carried_by_another=changed, since=since.isoformat(), said=count + len(batch))
        return count + len(batch)

    async def _remember(self, runs: dict[str, str]) -> None:
        """Each check notes how old what waits in the outbox is: it may be published, and lost, after the check."""
        checks = _one_more(await self._documents.outbox.oldest(), kept=self._lost + SLACK)
        told = [{"stream": stream, "run": run} for stream, run in runs.items()]
        change = [{"$set": {"runs": {"$literal": told}, "checks": checks}}]
        await self._seen.update_one({"_id": CARRIERS}, change, upsert=True)


def _one_more(oldest: datetime | None, kept: timedelta) -> dict[str, Any]:
    """The checks, with one more, and without those of longer ago than `kept`: by MongoDB's clock, as the history is."""
    check = {"at": "$$NOW", "unsaid": {"$min": ["$$NOW", oldest]}}
    since = {"$subtract": ["$$NOW", int(kept.total_seconds() * 1000)]}
    recent = {"$filter": {"input": {"$ifNull": ["$checks", []]}, "cond": {"$gt": ["$$this.at", since]}}}
    return {"$concatArrays": [recent, [check]]}
