"""The relay publishes the events of a batch and takes it out of the outbox; its sweeper completes what a crash left.

A crash between the two publishes an event twice, under the same id, which is harmless.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from shared.events import Event, now
from shared.folds.documents import Documents, Saved
from shared.folds.outbox import EVER, Batch
from shared.telemetry.metrics import Metrics
from shared.trouble import TROUBLE, Backoff, explain

AT_ONCE = 100
"""Batches published together."""

PAUSE_SECONDS = 0.1
"""Between two publications: what comes in this time is published, cleared and received together."""

MOST_POSTED = 2000
"""In batches; the sweeper publishes those beyond."""

log = structlog.get_logger(__name__)


class Publisher(Protocol):
    """What puts events on the streams of a service: `shared/streams/publisher.py`."""

    async def publish(self, events: Sequence[Event]) -> None: ...


class Relay:
    """The way from the outbox of one service to its stream."""

    def __init__(self, documents: Documents[Any], publisher: Publisher, metrics: Metrics, sweep_seconds: float) -> None:
        self._documents = documents
        self._publisher = publisher
        self._metrics = metrics
        self._sweep_seconds = sweep_seconds
        self._posted: list[Saved] = []
        self._told: set[str] = set()  # cannot be completed; logged once
        self._woken = asyncio.Event()
        self.swept_at = now()

    def lacking(self) -> list[str]:
        """Why the sweeper is not working; empty if it is."""
        quiet = (now() - self.swept_at).total_seconds()
        return [f"sweeper stuck for {quiet:.0f} s"] if quiet > 5 * self._sweep_seconds + 10 else []

    def post(self, saved: Saved) -> None:
        """Hand over what was just saved. It is already safe; this only makes it quick."""
        if saved.batches and len(self._posted) < MOST_POSTED:
            self._posted.append(saved)
            self._woken.set()

    async def run(self) -> None:
        """Keep publishing what is posted, with pauses; what fails waits for the sweeper."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self.flush()
            await asyncio.sleep(PAUSE_SECONDS)  # even a small batch costs every listener

    async def flush(self) -> None:
        """Publish what is posted by now, if the servers let us; otherwise it waits in the outbox."""
        while batches := self._posted[:AT_ONCE]:
            await _to_its_end(asyncio.create_task(self._say_posted(batches)))

    async def _say_posted(self, batches: Sequence[Saved]) -> None:
        try:
            await self._say(batches)
        except TROUBLE as error:
            log.warning("outbox_waits", batches=len(batches), error=type(error).__name__)
        del self._posted[: len(batches)]

    async def sweep(self) -> None:
        """Keep looking for batches that have waited too long in the outbox, and complete them."""
        backoff = Backoff(most=self._sweep_seconds * 4)
        self.swept_at = now()
        while True:
            await asyncio.sleep(self._sweep_seconds)  # nothing tells of what a crash left, somewhere
            try:
                await self.sweep_once(older_than=self._sweep_seconds)
                self.swept_at = now()
                backoff.reset()
            except TROUBLE as error:
                log.warning("sweep_failed", error=type(error).__name__)
                await backoff.wait()

    async def sweep_once(self, older_than: float = 0) -> int:
        """Complete the batches begun `older_than` seconds ago; returns how many. What is posted is in hand."""
        completed, after, met = 0, EVER, set[str]()
        while stale := await self._documents.outbox.stale(older_than, AT_ONCE, after):
            in_hand = {batch for saved in self._posted for batch in saved.batches}
            completed += sum([await self._complete(batch) for batch in stale if batch.id not in in_hand])
            after, met = stale[-1].begun, met.union(batch.id for batch in stale)
        self._told &= met
        if completed:
            log.info("swept", batches=completed)
        return completed

    async def _complete(self, batch: Batch) -> bool:
        """Write the views that a crash left behind their history, and publish the events."""
        await self._documents.history.close(batch.id, batch.rows)
        said = await self._documents.history.said_in(batch.id, batch.rows)
        try:
            await self._documents.restore(batch.documents)
        except TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001 - a rule that fails on one case must not hold up the others
            log.error("restore_failed", batch=batch.id, error=explain(error))  # noqa: TRY400 - it may quote a name
            if batch.id not in self._told:
                await self._publisher.publish(said)
                self._told.add(batch.id)
            return False
        await self._say([Saved([batch.id], said=said)])
        return True

    async def _say(self, batches: Sequence[Saved]) -> None:
        said = [event for each in batches for event in each.said]
        if said:
            await self._publisher.publish(said)
        await self._documents.outbox.clear([batch for each in batches for batch in each.batches])
        self._metrics.said(said)


async def _to_its_end(saying: "asyncio.Task[None]") -> None:
    """Wait for it, however often we are cancelled: broken off, it would be published again."""
    cancelled = False
    while not saying.done():
        try:
            await asyncio.wait((saying,))
        except asyncio.CancelledError:
            cancelled = True
    saying.result()
    if cancelled:
        raise asyncio.CancelledError
