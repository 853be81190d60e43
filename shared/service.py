"""Assembles one service: HTTP, consumers, relay, sweeper, housekeeping, health, and an orderly end."""

import asyncio
import gc
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic

import structlog
from fastapi import APIRouter, Depends, FastAPI
from fastapi_offline import FastAPIOffline
from pydantic import BaseModel
from pymongo import IndexModel
from starlette.types import Lifespan

from shared.chores import Chores
from shared.events import SPOKEN_BY
from shared.folds.commits import GroupCommit
from shared.folds.documents import Concerned, Documents, breadth, divided
from shared.folds.relay import Relay
from shared.folds.rules import Fold, Hears, State
from shared.folds.watermarks import Watermarks
from shared.mongo import close, connect, is_away
from shared.settings import Settings
from shared.streams.dead import DeadLetters, Entry, Unusable
from shared.streams.listener import Listener
from shared.streams.publisher import Publisher
from shared.streams.reader import cancelled
from shared.streams.redis import redis_client
from shared.streams.subscriptions import Receive, parse
from shared.telemetry import logs
from shared.telemetry.metrics import Metrics
from shared.telemetry.tracing import Tracing
from shared.web import asyncapi, health, openapi, problems
from shared.web.access import Access
from shared.web.head import HeadAsGet
from shared.web.headers import CarefulHeaders
from shared.web.tokens import Reader

ENDED_BADLY = 1
FOLDED_AT_ONCE = 3000
"""In pairs of event and document: an event about fifty children concerns fifty documents, and is held fifty times."""

log = structlog.get_logger(__name__)


class Service(Generic[State]):
    """One service: it folds the events it receives into its own database, and publishes on the stream of its name."""

    def __init__(
        self, name: str, fold: Fold[State], hears: Hears, indexes: Sequence[IndexModel], settings: Settings
    ) -> None:
        tokens = Reader(settings.token_keys)
        self.name = name
        self.settings = settings
        self.hears = hears
        self.client = connect(settings)
        self.database = self.client[name]
        self.access = Access(tokens, self.database)
        self.redis = redis_client(settings)
        self.metrics = Metrics()
        self.tracing = Tracing(name)
        self.documents = Documents(self.database, fold, f"/{name}", indexes)
        self.dead = DeadLetters(self.database, self.metrics)
        self.publisher = Publisher(self.redis, name, settings.partitions)
        self.relay = Relay(self.documents, self.publisher, self.metrics, settings.sweep_seconds)
        self.watermarks = Watermarks(self.database, self.redis, self.publisher, self.documents)
        self.listener = Listener(name, self.redis, self.dead, settings)
        self.metrics.partitions.set_function(lambda: len(self.listener.leases.held))
        self._folds = GroupCommit(self._fold_together, most=FOLDED_AT_ONCE, size=breadth)
        for stream in hears:
            if stream in SPOKEN_BY:  # entries of outsiders are no events yet: their service passes a receiver
                self.listener.listen(stream, self._receiver(stream))
        self._failed = False

    async def fold(self, batch: Sequence[Concerned]) -> None:
        """Fold events into the views they concern, and hand the results to the relay.

        Batches of several streams that wait at the same time are folded as one: parallel folds of the same views
        would only make each other fold again. A broad batch is folded in parts, so that it fits into memory.
        """
        for part in divided(batch, FOLDED_AT_ONCE):
            await self._folds.ask(part)

    def app(self, *routers: APIRouter, models: Sequence[type[BaseModel]] = ()) -> FastAPI:
        """The ASGI application: the given routes, health and metrics, and if they are open the documents.

        OpenAPI's has these models.
        """

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            logs.configure(self.name, self.settings)
            _collect_less_often()
            async with self.running():
                yield

        app = self._bare(lifespan)
        app.state.service = self
        problems.install(app)
        app.add_middleware(HeadAsGet)
        app.add_middleware(CarefulHeaders)
        for each in routers:
            app.include_router(each, dependencies=[Depends(self._at_hand)], responses=openapi.problems(422, 503))
        app.include_router(self._health())
        if self.settings.open_docs:
            app.include_router(asyncapi.router(self.name, self.hears, self.settings.partitions))
        openapi.install(app, models)
        return app

    def _bare(self, lifespan: Lifespan[FastAPI]) -> FastAPI:
        """An application without routes, but for those of its documents if they are open.

        It redirects nobody: the address would be made of the `Host` that was sent.
        """
        options: dict[str, Any] = {"title": f"Ayllu {self.name}", "lifespan": lifespan, "redirect_slashes": False}
        if not self.settings.open_docs:
            return FastAPI(**options, openapi_url=None, docs_url=None, redoc_url=None)
        offline: FastAPI = FastAPIOffline(**options, redoc_url=None)
        return offline

    async def _at_hand(self) -> None:
        """Refuse a request at once, instead of letting it wait for a MongoDB that is known to be down."""
        if is_away(self.client):
            raise problems.away()

    def _health(self) -> APIRouter:
        servers = {"mongo": lambda: self.database.command("ping"), "redis": lambda: self.redis.exists(self.name)}
        lacking = (self.listener.lacking, self.relay.lacking)
        return health.router(servers, lacking, self.documents.outbox.waiting, self.metrics.registry)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everything but HTTP, until the end of the block; then finish the batch in hand and publish its outbox."""
        reader = self.listener.reader()
        chores = Chores(self.listener, reader, self.publisher, self.documents.outbox, self.dead, self.metrics)
        listening = asyncio.create_task(self.listener.run(reader, self.documents.prepare), name="listening")
        keeping = asyncio.create_task(chores.run(), name="chores")
        others = [
            asyncio.create_task(self.watermarks.keep(), name="watermarks"),
            asyncio.create_task(self._once_marked(self.relay.run), name="relay"),
            asyncio.create_task(self._once_marked(self.relay.sweep), name="sweeper"),
        ]
        for task in (listening, keeping, *others):
            task.add_done_callback(self._ended)
        try:
            yield
        finally:
            await cancelled(listening, keeping)  # before the reader stops: they may be in the middle of starting it
            await reader.stop()
            await self.listener.leases.leave()
            await cancelled(*others)
            if self.watermarks.begun.is_set():
                await self.relay.flush()
            await self.redis.aclose()
            await close(self.client)
            await asyncio.to_thread(self.tracing.close)  # it may wait for the collector
            if self._failed:
                os._exit(ENDED_BADLY)  # uvicorn would end with 0, as if asked to

    def _receiver(self, stream: str) -> Receive:
        handlers = self.hears[stream]

        async def receive(entries: Sequence[Entry]) -> Sequence[Unusable]:
            started = time.time_ns()
            events, unusable = parse(entries)
            self.metrics.heard(stream, events)
            await self.fold(
                [(event, handlers[type(event.data)](event.data)) for event in events if type(event.data) in handlers]
            )
            self.tracing.heard(stream, events, started)
            log.info(
                "heard",
                stream=stream,
                events=len(events),
                correlations=[each.correlationid for each in events[:5]],
            )
            return unusable

        return receive

    async def _fold_together(self, batches: Sequence[Sequence[Concerned]]) -> Sequence[None]:
        saved = await self.documents.fold([each for batch in batches for each in batch])
        self.metrics.folded(saved.heard, saved.refolded, saved.conflicts)
        self.relay.post(saved)
        return [None] * len(batches)

    async def _once_marked(self, speak: Callable[[], Awaitable[None]]) -> None:
        await self.watermarks.begun.wait()
        await speak()

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        """A loop that ends by itself is an unforeseen fault: stop, and be restarted."""
        if task.cancelled():
            return
        log.critical("loop_ended", loop=task.get_name(), exc_info=task.exception())
        self._failed = True
        signal.raise_signal(signal.SIGTERM)


def _collect_less_often() -> None:
    """Half of a fold's time went to garbage collection among modules and models, which are never garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
