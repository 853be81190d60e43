"""The trace of one report through all services, as a collector receives it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from redis.asyncio import Redis

from ops.servers.processes import free_port
from services.care import app as care
from services.education import app as education
from services.intake import app as intake
from services.notifications import app as notifications
from shared.events import Event
from shared.mongo import Database
from shared.settings import Settings
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Collector:
    """Keeps (service, span name) of every span of our trace."""

    def __init__(self) -> None:
        self.app = FastAPI()
        self.spans: set[tuple[str, str]] = set()
        self.app.add_api_route("/v1/traces", self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        """Take in an OTLP export, as protobuf."""
        for resource in ExportTraceServiceRequest.FromString(await request.body()).resource_spans:
            name = next(each.value.string_value for each in resource.resource.attributes if each.key == "service.name")
            spans = [span for scope in resource.scope_spans for span in scope.spans]
            self.spans |= {(name, span.name) for span in spans if span.trace_id.hex() == TRACE}
        return Response()


@asynccontextmanager
async def collecting(port: int) -> AsyncIterator[Collector]:
    collector = Collector()
    server = uvicorn.Server(uvicorn.Config(collector.app, port=port, log_level="error"))
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield collector
    finally:
        server.should_exit = True
        await task


async def test_a_report_is_followed_through_all_services(
    settings: Settings,
    sender: dict[str, str],
    redis: Redis,
    database: Callable[[str], Database],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    headers = {**sender, "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
    async with collecting(port) as collector:
        async with (
            served(intake.create, settings) as http,
            served(education.create, settings),
            served(care.create, settings),
            served(notifications.create, settings),
        ):
            answer = await http.post("/v1/reports", json=REPORT, headers=headers)
            assert answer.status_code == 202
            await eventually(lambda: everywhere(database))
        expected = {
            ("ayllu-intake", "POST /v1/reports"),
            ("ayllu-intake", "hear SupportPlanOpened"),
            ("ayllu-education", "hear FamilyAtRisk"),
            ("ayllu-care", "hear FamilyAtRisk"),
            ("ayllu-notifications", "hear FamilyAtRisk"),
            ("ayllu-notifications", "hear EnrolmentCheckOpened"),
        }
        await eventually(lambda: expected <= collector.spans)


async def everywhere(database: Callable[[str], Database]) -> bool:
    told, back = await heard(database("notifications")), await heard(database("intake"))
    return "SupportPlanOpened" in back and {"FamilyAtRisk", "SupportPlanOpened", "EnrolmentCheckOpened"} <= told


async def heard(database: Database) -> set[str]:
    """The types of the events in a history."""
    rows = await database["history"].find().to_list(None)
    return {Event.parse(text).type for row in rows for text in row["heard"]}


async def test_without_an_exporter_a_given_trace_still_travels(
    settings: Settings, sender: dict[str, str], redis: Redis
) -> None:
    traceparent = f"00-{TRACE}-00f067aa0ba902b7-01"
    async with served(intake.create, settings) as http:
        await http.post("/v1/reports", json=REPORT, headers={**sender, "traceparent": traceparent})
        await eventually(lambda: redis.xlen("intake"))
    (_, fields), *_ = await redis.xrange("intake")
    assert f'"traceparent":"{traceparent}"'.encode() in fields[b"event"]
