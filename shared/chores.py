"""What a service does every few seconds beside its work: new streams, trimming, gauges."""

import asyncio

import structlog

from shared.folds.outbox import Outbox
from shared.streams.dead import DeadLetters
from shared.streams.listener import Listener
from shared.streams.publisher import Publisher
from shared.streams.reader import PatientBroker
from shared.telemetry.metrics import Metrics
from shared.trouble import TROUBLE

CHORE_SECONDS = 5

log = structlog.get_logger(__name__)


class Chores:
    """The chores of one service."""

    def __init__(
        self,
        listener: Listener,
        reader: PatientBroker,
        publisher: Publisher,
        outbox: Outbox,
        dead: DeadLetters,
        metrics: Metrics,
    ) -> None:
        self._listener = listener
        self._reader = reader
        self._publisher = publisher
        self._outbox = outbox
        self._dead = dead
        self._metrics = metrics

    async def run(self) -> None:
        """Keep looking after each server, independently: the outbox count matters most while Redis is down."""
        while True:
            await asyncio.sleep(CHORE_SECONDS)  # nothing tells of a new stream, of what grew old
            for chore in (self._count, self._tidy):
                try:
                    await chore()
                except TROUBLE as error:
                    log.warning("chore_failed", chore=chore.__name__, error=type(error).__name__)

    async def _count(self) -> None:
        """Keep the gauges of what MongoDB holds current."""
        self._metrics.outbox_waiting.set(await self._outbox.waiting())
        self._metrics.dead_letters.set(await self._dead.count())

    async def _tidy(self) -> None:
        """Read new streams, trim, forget consumers that are gone, update the gauges."""
        if not self._listener.listening:
            return
        await self._listener.hear_all(self._reader)
        await self._publisher.trim()
        subscriptions = self._listener.subscriptions
        for each in subscriptions:
            if not each.resting:
                await each.forget_stale_consumers()
        for name in {each.name for each in subscriptions}:
            self._metrics.backlog(name, [await each.backlog() for each in subscriptions if each.name == name])
