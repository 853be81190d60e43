"""What intake answers over HTTP: reports in, one by one or in batches; families and children, with names, to staff."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.intake.api import acts, bodies, conflicts, unknown
from services.intake.api.answers import NDJSON, BatchAnswer
from services.intake.api.identities import Submission
from services.intake.api.reception import Answer, Carrier, Outcome, Reception
from services.intake.store import collections as store
from services.intake.store.keys import Sender, Senders, unknown_sender
from shared.events import Report
from shared.folds.commits import GroupCommit
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn
from shared.web.openapi import Answers, problems, ref
from shared.web.problems import Problem

sender_key = HTTPBearer(auto_error=False, scheme_name="SenderKey", description="From `ayllu keys add SOURCE`")

REPORTS_AT_ONCE = 500
"""Kept and folded together."""

BATCHES_AT_ONCE = 4
"""Parsed, each takes several times the memory of its body; the others wait unparsed."""

MODELS = (Report, Carrier, acts.Transfer)
"""Bodies we parse ourselves, for the OpenAPI document."""

REPORT_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": ref(Report)}}}}
EVENT_BODY = {
    "requestBody": {
        "required": True,
        "content": {bodies.STRUCTURED: {"schema": ref(Carrier)}, "application/json": {"schema": ref(Report)}},
    }
}
BATCH_BODY = {
    "requestBody": {
        "required": True,
        "content": {NDJSON: {"schema": {"type": "string", "description": "A report a line"}}},
    }
}
TAKEN: Answers = {200: {"model": Answer, "description": "Known already"}, 202: {"model": Answer}}


def router(service: Service[Any], reception: Reception) -> APIRouter:
    """The routes of intake."""
    senders = Senders(service.database, service.settings.sender_rate, service.settings.sender_burst)
    room = bodies.Room()
    routes = APIRouter()
    routes.include_router(_single(service, reception, senders, room))
    routes.include_router(_batches(service, reception, senders, room))
    routes.include_router(_families(service))
    routes.include_router(acts.router(service))
    routes.include_router(reading.router(store.about), tags=["families"])
    return routes


def _entrance(senders: Senders) -> Callable[..., Awaitable[Sender]]:
    async def sender(key: Annotated[HTTPAuthorizationCredentials | None, Depends(sender_key)]) -> Sender:
        if key is None:
            raise unknown_sender()
        return await senders.who(key.credentials)

    return sender


def _single(service: Service[Any], reception: Reception, senders: Senders, room: bodies.Room) -> APIRouter:
    routes = APIRouter(tags=["reports"], responses={**TAKEN, **problems(400, 401, 409, 413, 429)})
    commits = GroupCommit(reception.accept_each, most=REPORTS_AT_ONCE)
    entrance = Depends(_entrance(senders))

    async def accepted(submission: Submission, by: Sender) -> JSONResponse:
        senders.spend(by, 1)
        outcome = await commits.ask(submission)
        conflicts.note(service.metrics, by.source, [{"status": outcome.status, **outcome.document}])
        return _answered(outcome, submission.ignored)

    @routes.post("/v1/reports", status_code=202, openapi_extra=REPORT_BODY)
    async def post_report(request: Request, by: Annotated[Sender, entrance]) -> JSONResponse:
        """Take in one report: 202 once it is on disk, 200 if it was sent before, 409 if then with another body."""
        async with bodies.received(request, bodies.MOST_BYTES, room, by.source) as body:
            with service.tracing.request("POST /v1/reports", bodies.trace(request)) as traceparent:
                return await accepted(bodies.one_report(body, by.source, reception, traceparent), by)

    @routes.post("/v1/events", status_code=202, openapi_extra=EVENT_BODY)
    async def post_event(request: Request, by: Annotated[Sender, entrance]) -> JSONResponse:
        """Take in one report as a CloudEvent of type ReportSubmitted, in structured or binary HTTP mode."""
        async with bodies.received(request, bodies.MOST_BYTES, room, by.source) as body:
            carried = bodies.carried_report(request, body, by.source, reception)
            with service.tracing.request("POST /v1/events", carried.traceparent) as traceparent:
                return await accepted(replace(carried, traceparent=traceparent), by)

    return routes


def _batches(service: Service[Any], reception: Reception, senders: Senders, room: bodies.Room) -> APIRouter:
    routes = APIRouter(tags=["reports"], responses=problems(400, 401, 413, 429))
    turns = asyncio.Semaphore(BATCHES_AT_ONCE)

    answered: Answers = {200: {"content": {NDJSON: {"schema": {"type": "string", "description": "An answer a line"}}}}}

    @routes.post("/v1/reports:batch", openapi_extra=BATCH_BODY, responses=answered, response_class=Response)
    async def post_batch(request: Request, by: Annotated[Sender, Depends(_entrance(senders))]) -> Response:
        """Take in NDJSON, a report a line, up to 10,000: an answer a line, in order; good lines are kept."""
        async with bodies.received(request, bodies.MOST_BATCH_BYTES, room, by.source) as body, turns:
            lines = bodies.lines(body)
            senders.spend(by, len(lines))
            answer = BatchAnswer()
            with service.tracing.request("POST /v1/reports:batch", bodies.trace(request)) as traceparent:
                for at in range(0, len(lines), REPORTS_AT_ONCE):
                    group = await _group(reception, by, lines[at : at + REPORTS_AT_ONCE], at, traceparent)
                    conflicts.note(service.metrics, by.source, group)
                    answer.add(group)
        return answer.response()

    return routes


async def _group(
    reception: Reception, by: Sender, lines: list[bytes], before: int, traceparent: str | None
) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = [{} for _ in lines]
    good: list[tuple[int, Submission]] = []
    for at, line in enumerate(lines):
        try:
            good.append((at, bodies.one_report(line, by.source, reception, traceparent, before + at + 1)))
        except Problem as problem:
            answers[at] = problem.document
    outcomes = await reception.accept_each([submission for _, submission in good])
    for (at, submission), outcome in zip(good, outcomes, strict=True):
        ignored = submission.ignored if outcome.status < 400 else ()
        answers[at] = {"status": outcome.status, **unknown.told(outcome.document, ignored)}
    return answers


def _answered(outcome: Outcome, ignored: tuple[str, ...]) -> JSONResponse:
    if outcome.status >= 400:
        return Problem(outcome.status, **outcome.document).response()
    return JSONResponse(unknown.told(outcome.document, ignored), outcome.status)


def _families(service: Service[Any]) -> APIRouter:
    routes = APIRouter(tags=["families"], responses=problems(401, 404))

    @routes.get("/v1/families/{family_id}")
    async def read_family(family_id: str, staff: SignedIn) -> dict[str, Any]:
        """A family with names. The read is recorded: who, whom, when."""
        found = await reading.view(service.database, staff, f"family/{family_id}", "family")
        await store.record_read(service.database, staff.id, staff.role, [f"family/{family_id}"])
        return found

    @routes.get("/v1/children/{child_id}")
    async def read_child(child_id: str, staff: SignedIn) -> dict[str, Any]:
        """A child with its name, and the id of its family. The read is recorded: who, whom, when."""
        document = await store.family_of(service.database, child_id, staff.scope())
        if document is None:
            raise reading.not_found("child")
        found = await reading.view(service.database, staff, document, "child")
        await store.record_read(service.database, staff.id, staff.role, [f"child/{child_id}"])
        told = next(each for each in found["children"] if each["childId"] == child_id)
        return {**told, "familyId": found["familyId"], "district": found["district"]}

    return routes
