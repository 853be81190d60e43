"""Request bodies: read within their limits, parsed into reports, refused field by field."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from fastapi import Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from services.intake.api import unknown
from services.intake.api.identities import Submission
from services.intake.api.reception import Carrier, Reception
from services.intake.api.texts import UNPACK, Model, NotJson, admitted, readable
from shared.events import Report, now
from shared.telemetry.tracing import well_formed
from shared.web.problems import Problem, unacceptable, wrong_fields

MIB = 1024 * 1024
MOST_BYTES = MIB
MOST_BATCH_BYTES = 16 * MIB
MOST_LINES = 10_000
STRUCTURED = "application/cloudevents+json"


class Room:
    """Memory for the bodies in hand. If it is full, senders come back later; one sender may fill half of it."""

    MOST_BYTES = 64 * MIB

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def of(self, source: str) -> Iterator[Callable[[int], None]]:
        """The memory of one request of a sender, until the block ends. Taking it raises Problem 503."""
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            if self._taken[source] + size > self.MOST_BYTES // 2 or self._taken.total() + size > self.MOST_BYTES:
                raise Problem(503, "Too much comes at once. Send the same again.", {"Retry-After": "1"})
            self._taken[source] += size
            mine += size

        try:
            yield take
        finally:
            self._taken[source] -= mine
            self._taken += Counter()  # forget who holds nothing


@asynccontextmanager
async def received(request: Request, most: int, room: Room, source: str) -> AsyncIterator[bytes]:
    """The body, with room for it until the block ends.

    Raises Problem 413 as soon as more than `most` bytes are announced or have come, 503 where there is no room, and 400
    for what comes compressed.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise no_json(NotJson(UNPACK))
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > most:
        raise too_large(most)
    with room.of(source) as take:
        yield await _read(request, most, take)


async def _read(request: Request, most: int, take: Callable[[int], None]) -> bytes:
    body = bytearray()
    try:
        async for part in request.stream():
            take(len(part))
            body += part
            if len(body) > most:
                raise too_large(most)
    except ClientDisconnect as error:
        raise Problem(400, "The request ended before its body did.") from error
    return bytes(body)


def too_large(most: int) -> Problem:
    """More than the limit was sent."""
    return Problem(413, f"At most {most // MIB} MiB are accepted; send less at once.")


def one_report(body: bytes, source: str, reception: Reception, traceparent: str | None, line: int = 0) -> Submission:
    """The report in a body, or in a line of a batch. Raises Problem 400, 413, or 422 that names each wrong field."""
    if len(body) > MOST_BYTES:
        raise too_large(MOST_BYTES)
    report, tree = _admitted(Report, body, line)
    ignored = unknown.fields(tree, Report)
    return _dated(Submission(source, report, now(), traceparent, ignored), reception)


def carried_report(request: Request, body: bytes, source: str, reception: Reception) -> Submission:
    """The report in a CloudEvent: structured by its content type, otherwise binary, with `ce-` headers."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() == STRUCTURED:
        carrier, tree = _admitted(Carrier, body)
        ignored = unknown.fields(tree["data"], Report, "data")
        trail = carrier.traceparent or trace(request)
        return _dated(Submission(source, carrier.data, now(), trail, ignored), reception, "data.reportedAt")
    attributes = {name: request.headers.get(f"ce-{name}") for name in ("specversion", "id", "source", "type")}
    expected = {"specversion": "1.0", "type": "ReportSubmitted"}
    wrong = [name for name, value in attributes.items() if not value or value != expected.get(name, value)]
    if wrong:
        accepted = "specversion 1.0, type ReportSubmitted, and any id and source"
        detail = f"Send a CloudEvent: content type {STRUCTURED}, or these headers."
        raise wrong_fields(detail, {f"ce-{name}": accepted for name in wrong})
    return one_report(body, source, reception, trace(request))


def _admitted(model: type[Model], body: bytes, line: int = 0) -> tuple[Model, Any]:
    try:
        return admitted(model, body, line or 1)
    except NotJson as error:
        raise no_json(error, "line" if line else "body") from error
    except ValidationError as error:
        raise unacceptable(error.errors(include_url=False)) from error


def no_json(error: NotJson, what: str = "body") -> Problem:
    """Problem 400 that says what was sent instead of JSON, and what to do."""
    return Problem(400, f"The {what} {error}.")


def trace(request: Request) -> str | None:
    """The W3C trace the request belongs to, if any."""
    return well_formed(request.headers.get("ce-traceparent") or request.headers.get("traceparent"))


def lines(body: bytes) -> list[bytes]:
    """The lines of an NDJSON batch. Raises Problem 413 for more than 10,000, and 400 where there can be none."""
    try:
        readable(body)
    except NotJson as error:
        raise no_json(error) from error
    found = body.removesuffix(b"\n").split(b"\n") if body.strip() else []
    if len(found) > MOST_LINES:
        raise Problem(413, f"At most {MOST_LINES} lines are accepted in a batch; this one has {len(found)}.")
    return found


def _dated(submission: Submission, reception: Reception, field: str = "reportedAt") -> Submission:
    if early := reception.early(submission.report, submission.received):
        raise wrong_fields("The report is dated in the future.", {field: early})
    return submission
