"""`/health/live`, `/health/ready` and `/metrics`, the same in every service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import Field

from shared.events import Frozen
from shared.mongo import AWAY

PATIENCE_SECONDS = 2


class Readiness(Frozen):
    """Whether a service works, and if not, why."""

    ready: bool
    missing: list[str]
    outbox_waiting: int | None = Field(description="batches safe on disk and not published yet; null without MongoDB")


def router(
    servers: Mapping[str, Callable[[], Awaitable[Any]]],
    lacking: Sequence[Callable[[], Sequence[str]]],
    waiting: Callable[[], Awaitable[int]],
    registry: CollectorRegistry,
) -> APIRouter:
    """The routes an orchestrator and Prometheus ask; they hold no personal data and need no token.

    `servers` checks whether each server answers, `lacking` returns reasons why the service does not work, and `waiting`
    counts the batches in the outbox.
    """
    routes = APIRouter(tags=["operations"])

    @routes.get("/health/live")
    async def live() -> dict[str, bool]:
        """The process answers."""
        return {"live": True}

    @routes.get("/health/ready", responses={200: {"model": Readiness}, 503: {"model": Readiness}})
    async def ready() -> JSONResponse:
        """200 if the service works, otherwise 503 with what is missing; both with what waits in the outbox."""
        *silent, count = await asyncio.gather(*(_silent(*each) for each in servers.items()), _counted(waiting))
        missing = [*filter(None, silent), *(each for part in lacking for each in part())]
        told = {"ready": not missing, "missing": missing, "outboxWaiting": count}
        return JSONResponse(told, 503 if missing else 200)

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counters and gauges for Prometheus."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


async def _counted(waiting: Callable[[], Awaitable[int]]) -> int | None:
    """How much is safe on disk and not published yet; None while MongoDB cannot tell."""
    try:
        return await asyncio.wait_for(waiting(), PATIENCE_SECONDS)
    except (TimeoutError, *AWAY):
        return None


async def _silent(name: str, question: Callable[[], Awaitable[Any]]) -> str | None:
    """Why a server does not answer; None if it does."""
    try:
        await asyncio.wait_for(question(), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever keeps a server from answering is the answer
        return f"{name} is unreachable ({type(error).__name__})"
    return None
