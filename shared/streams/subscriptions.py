"""Subscribe: groups that start at 0, batches, recovery of pending entries, dead letters."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from shared.events import EVENT_FIELD, Event, name_of
from shared.mongo import AWAY, DRIVER_ERRORS
from shared.settings import Settings
from shared.streams.dead import DeadLetters, Entry, Unusable
from shared.streams.leases import Gate
from shared.trouble import Backoff, explain

Receive = Callable[[Sequence[Entry]], Awaitable[Sequence[Unusable]]]
"""Takes a batch in; returns what it cannot use. Raises only if nothing of the batch may be acknowledged yet."""

CLAIM_COUNT = 200
STALE_CONSUMER_MS = 24 * 3600 * 1000

log = structlog.get_logger(__name__)


def parse(entries: Sequence[Entry]) -> tuple[list[Event], list[Unusable]]:
    """The events of a batch, and its entries that are none; a bad entry harms no other."""
    events, unusable = [], []
    for entry in entries:
        try:
            events.append(Event.parse(entry.fields[EVENT_FIELD.encode()]))
        except KeyError:
            unusable.append(Unusable(entry, f"no field named {EVENT_FIELD!r}"))
        except ValidationError as error:
            unusable.append(Unusable(entry, explain(error)))
    return events, unusable


class Subscription:
    """One service reading one stream, as one consumer in the group of the service's name."""

    def __init__(
        self,
        stream: str,
        group: str,
        receive: Receive,
        *,
        redis: Redis,
        dead: DeadLetters,
        settings: Settings,
        gate: Gate | None = None,
        forget: bool = False,
    ) -> None:
        """With a `gate` it reads only while that is open; without, all replicas share the stream.

        `forget` deletes an entry as soon as it is dealt with: for the stream that carries names.
        """
        self.stream = stream
        self.name = name_of(stream)
        self.group = group
        self.reading = False
        self.stuck = False
        """A batch is in hand that cannot be taken in, since MongoDB is down."""

        self._gate = gate
        self._recovers_at = 0.0
        self._receive = receive
        self._redis = redis
        self._dead = dead
        self._settings = settings
        self._forget = forget

    async def open(self) -> None:
        """Create the group at 0, so that it receives earlier events too.

        Proven by tests/e2e: a service started late receives everything.
        """
        if await self._is_open():  # a full Redis refuses to create what is there already
            return
        try:
            await self._redis.xgroup_create(self.stream, self.group, id="0", mkstream=True)
            log.info("group_created", stream=self.stream, group=self.group)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def _is_open(self) -> bool:
        try:
            groups = await self._redis.xinfo_groups(self.stream)
        except ResponseError:  # no such stream yet
            return False
        return any(each["name"].decode() == self.group for each in groups)

    async def take(self, entries: Sequence[Entry]) -> None:
        """Take in a batch from the reader, then linger if it was small, so that the next one is larger."""
        await self._work(entries)
        if len(entries) < self._settings.batch_size // 10:
            await asyncio.sleep(self._settings.linger_ms / 1000)  # a batch costs, however small

    @property
    def resting(self) -> bool:
        """Whether another replica reads it and no entry is in hand here."""
        return self._gate is not None and self._gate.resting

    async def admitted(self) -> None:
        """Wait until we may read; then take over what a consumer left after a crash, a clean stop or a lost reply.

        Entries that have been pending for a while are taken over from time to time. From a partition that another
        replica read until now, all are taken over at once: nobody works on them.
        """
        idle = self._settings.claim_idle_seconds
        if self._gate is not None and await self._gate.passed():
            await self.recover_once(0)
        elif time.monotonic() >= self._recovers_at:
            await self.recover_once(int(idle * 1000))
        else:
            return
        self._recovers_at = time.monotonic() + idle / 2

    async def recover_once(self, idle_ms: int) -> None:
        """Claim entries pending for `idle_ms`, in hundreds, and take them in."""
        cursor: Any = b"0-0"
        while cursor is not None:
            cursor, found, *_ = await self._redis.xautoclaim(
                self.stream,
                self.group,
                self._settings.replica,
                idle_ms,
                start_id=cursor,
                count=CLAIM_COUNT,
            )
            if found:
                log.info("recovering", stream=self.stream, entries=len(found))
                await self._work([Entry(id, fields) for id, fields in found])
            cursor = None if cursor == b"0-0" else cursor

    async def backlog(self) -> tuple[int | None, int]:
        """(entries not yet read, or None where Redis cannot tell; entries read and not acknowledged)."""
        for group in await self._redis.xinfo_groups(self.stream):
            if group["name"].decode() == self.group:
                return group["lag"], group["pending"]
        return None, 0

    async def forget_stale_consumers(self) -> None:
        """Remove consumers gone for a day that left nothing pending."""
        for each in await self._redis.xinfo_consumers(self.stream, self.group):
            if each["idle"] > STALE_CONSUMER_MS and not each["pending"]:
                await self._redis.xgroup_delconsumer(self.stream, self.group, each["name"])

    async def _work(self, entries: Sequence[Entry]) -> None:
        try:
            unusable = await self._received(entries)
        except Exception as error:  # noqa: BLE001 - whatever a rule raises must condemn its own event only
            await self._one_by_one(entries, error)
            return
        await self._finish(entries, unusable)

    async def _received(self, entries: Sequence[Entry]) -> Sequence[Unusable]:
        """Receive, waiting while MongoDB is down: reading on would only pile up pending entries."""
        backoff = Backoff()
        try:
            while True:
                try:
                    return await self._receive(entries)
                except AWAY as error:
                    self.stuck = True
                    log.warning("mongo_away", stream=self.stream, entries=len(entries), error=type(error).__name__)
                    await backoff.wait()
        finally:
            self.stuck = False

    async def _one_by_one(self, entries: Sequence[Entry], error: Exception) -> None:
        if len(entries) > 1:
            for entry in entries:
                await self._work([entry])
            return
        if isinstance(error, DRIVER_ERRORS):  # trouble with the server is no fault of the event's
            log.error("mongo_failed", stream=self.stream, entry=entries[0].id.decode(), error=type(error).__name__)
            return
        attempts = await self._deliveries(entries[0])
        log.error(
            "event_failed",
            stream=self.stream,
            entry=entries[0].id.decode(),
            attempts=attempts,
            error=explain(error),
        )
        if attempts >= self._settings.max_deliveries:
            await self._finish(entries, [Unusable(entries[0], f"a rule failed: {explain(error)}", attempts)])

    async def _deliveries(self, entry: Entry) -> int:
        found = await self._redis.xpending_range(self.stream, self.group, entry.id, entry.id, 1)
        return int(found[0]["times_delivered"]) if found else 1

    async def _finish(self, entries: Sequence[Entry], unusable: Sequence[Unusable]) -> None:
        try:
            await self._dead.bury(self.stream, unusable)
        except DRIVER_ERRORS as error:  # in its own words it would quote the letter, names and all
            log.warning("bury_failed", stream=self.stream, entries=len(entries), error=type(error).__name__)
            return
        ids = [entry.id for entry in entries]
        try:
            if self._forget:  # first: a crash in between leaves an id to acknowledge, not a name to read
                await self._redis.xdel(self.stream, *ids)
            await self._redis.xack(self.stream, self.group, *ids)
        except (RedisError, OSError) as error:  # they stay pending and arrive twice, which is harmless
            log.warning("acknowledge_failed", stream=self.stream, entries=len(ids), error=type(error).__name__)
