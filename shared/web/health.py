"""`/health/live`, `/health/ready` and `/metrics`, the same in every service."""

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field

from shared.events import Frozen, now
from shared.mongo import AWAY

if TYPE_CHECKING:
    from shared.service import Service

PATIENCE_SECONDS = 2


class Readiness(Frozen):
    """Whether a service does its work, and what keeps it from it."""

    ready: bool
    missing: list[str]
    outbox_waiting: int | None = Field(description="batches safe on disk and not published yet; null without MongoDB")


def router(service: "Service[Any]") -> APIRouter:
    """The routes an orchestrator and Prometheus ask; they hold no personal data and need no token."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/health/live")
    async def live() -> dict[str, bool]:
        """The process answers."""
        return {"live": True}

    @routes.get("/health/ready", responses={200: {"model": Readiness}, 503: {"model": Readiness}})
    async def ready() -> JSONResponse:
        """The service does its work; otherwise 503 with what is not right. Both with what waits in the outbox."""
        missing, waiting = await asyncio.gather(_missing(service), _waiting(service))
        told = {"ready": not missing, "missing": missing, "outboxWaiting": waiting}
        return JSONResponse(told, 503 if missing else 200)

    @routes.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Counters and gauges for Prometheus."""
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return routes


async def _missing(service: "Service[Any]") -> list[str]:
    answers = await asyncio.gather(
        _answers("mongo", service.database.command("ping")), _answers("redis", service.redis.exists(service.name))
    )
    missing = [each for each in answers if each]
    if not service.listening:
        missing.append("not listening yet")
    missing += [
        f"subscriber of {each.stream} is down" for each in service.subscriptions if not (each.reading or each.resting)
    ]
    quiet = (now() - service.relay.swept_at).total_seconds()
    if quiet > 5 * service.settings.sweep_seconds + 10:
        missing.append(f"sweeper stuck for {quiet:.0f} s")
    return missing


async def _waiting(service: "Service[Any]") -> int | None:
    """How much is safe on disk and not published yet; None while MongoDB cannot tell."""
    try:
        return await asyncio.wait_for(service.documents.outbox.waiting(), PATIENCE_SECONDS)
    except (TimeoutError, *AWAY):
        return None


async def _answers(name: str, question: Awaitable[Any]) -> str | None:
    try:
        await asyncio.wait_for(question, PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever keeps a server from answering is the answer
        return f"{name} is unreachable ({type(error).__name__})"
    return None
