"""What a service does every few seconds beside its work: new streams, trimming, gauges."""

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from shared.streams.reader import PatientBroker
from shared.trouble import TROUBLE

if TYPE_CHECKING:
    from shared.service import Service

CHORE_SECONDS = 5

log = structlog.get_logger(__name__)


class Chores:
    """The chores of one service."""

    def __init__(self, service: "Service[Any]", reader: PatientBroker) -> None:
        self._service = service
        self._reader = reader

    async def do(self) -> None:
        """Look after both servers for ever, each for itself: the outbox is counted above all while Redis is away."""
        while True:
            await asyncio.sleep(CHORE_SECONDS)  # nothing tells of a new stream, of what grew old
            for chore in (self._count, self._tidy):
                try:
                    await chore()
                except TROUBLE as error:
                    log.warning("chore_failed", chore=chore.__name__, error=type(error).__name__)

    async def _count(self) -> None:
        """Keep the gauges of what MongoDB holds current."""
        self._service.metrics.outbox_waiting.set(await self._service.documents.outbox.waiting())
        self._service.metrics.dead_letters.set(await self._service.dead.count())

    async def _tidy(self) -> None:
        """Hear new streams, trim, forget consumers that are gone, keep the gauges."""
        if not self._service.listening:
            return
        await self._service.hear_all(self._reader)
        await self._service.publisher.trim()
        for each in self._service.subscriptions:
            if not each.resting:
                await each.forget_stale_consumers()
        for name in {each.name for each in self._service.subscriptions}:
            backlogs = [await each.backlog() for each in self._service.subscriptions if each.name == name]
            self._service.metrics.backlog(name, backlogs)
