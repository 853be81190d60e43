"""Takes reports in, however they come: keeps each once, folds it, and gives the same answer each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import structlog
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from services.intake.api import unknown
from services.intake.api.identities import Identities, Submission
from services.intake.api.texts import NotJson, admitted
from services.intake.domain.assessment import Note, assess
from services.intake.domain.programme import Programme
from services.intake.domain.rulebook import Reason
from services.intake.store import collections as store
from shared.events import (
    EVENT_FIELD,
    Event,
    Frozen,
    Report,
    ReportSubmitted,
    RiskLevel,
    now,
)
from shared.mongo import AWAY, Document
from shared.service import Service
from shared.streams.dead import Entry, Unusable
from shared.telemetry.tracing import well_formed
from shared.trouble import explain
from shared.web.problems import MOST_LISTED

log = structlog.get_logger(__name__)


class Carrier(BaseModel):
    """The CloudEvent that carries a report from outside; attributes we do not use are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"]
    id: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    type: Literal["ReportSubmitted"]
    traceparent: Annotated[str | None, BeforeValidator(well_formed)] = None
    data: Report


class Said(Frozen):
    """An event that a report led to."""

    id: str
    type: str
    subject: str


class Answer(Frozen):
    """The answer to an accepted report, the same each time it is sent.

    `nobodyTold` says why no staff are told, if so; `notes` name fields that were not used as sent. `ignored` belongs to
    one request: the fields in it that Ayllu does not know; absent if there are none.
    """

    report_id: str
    family_id: str
    child_ids: tuple[str, ...]
    risk_level: RiskLevel | None
    reasons: tuple[Reason, ...]
    nobody_told: Reason | None
    notes: tuple[Note, ...]
    events: tuple[Said, ...]
    ignored: Annotated[tuple[str, ...], Field(max_length=unknown.MOST_NAMES)] = ()


@dataclass(frozen=True)
class Outcome:
    """The result for a report: 202 new, 200 known, 409 known with another body (`document` names the fields)."""

    status: int
    document: dict[str, Any]


class Reception:
    """Takes reports in for one intake process."""

    def __init__(self, service: Service[Any], programme: Programme) -> None:
        self._service = service
        self._programme = programme
        self._identities = Identities(service.database, programme)
        self._ahead = timedelta(hours=service.settings.report_ahead_hours)

    def early(self, report: Report, received: datetime) -> str | None:
        """Why a report's date is refused, or None: one far ahead would make every later report look late."""
        latest = received + self._ahead
        return f"not later than {latest.isoformat(timespec='seconds')}" if report.reported_at > latest else None

    async def accept(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Keep and fold a group of reports. When it returns they are on disk, with the events to publish."""
        sent = await self._identities.events(submissions)
        rows = [self._kept(event) for event in sent]
        earlier = await store.keep_reports(self._service.database, rows)
        kept = [Event.parse(old["json"]) if old else new for old, new in zip(earlier, sent, strict=True)]
        log.info("accepted", reports=len(kept), correlations=[event.correlationid for event in kept[:5]])
        # What was kept before is folded again too: the process may have died between keeping and folding it.
        await self._service.fold([(event, [event.subject]) for event in kept])
        self._service.metrics.heard("reports", kept)
        return [
            self._repeated(event, again, old) if old else Outcome(202, row["answer"])
            for event, again, old, row in zip(kept, sent, earlier, rows, strict=True)
        ]

    async def accept_each(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Like `accept`, but a report that cannot be folded gets 500, and the others their usual answer."""
        try:
            return await self.accept(submissions) if submissions else []
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a rule raises must condemn its own report only
            if len(submissions) > 1:
                return [outcome for each in submissions for outcome in await self.accept_each([each])]
            log.error("report_failed", error=type(error).__name__)  # noqa: TRY400 - its words may quote the report
            return [Outcome(500, {"detail": "This is our fault, and it is in our log."})]

    async def receive(self, entries: Sequence[Entry]) -> list[Unusable]:
        """Take in a batch of the stream `reports`."""
        submissions, unusable = self._parsed(entries)
        outcomes = await self.accept([submission for _, submission in submissions]) if submissions else []
        for (entry, _), outcome in zip(submissions, outcomes, strict=True):
            if outcome.status == 409:
                unusable.append(Unusable(entry, _differs(outcome.document)))
        return unusable

    def _parsed(self, entries: Sequence[Entry]) -> tuple[list[tuple[Entry, Submission]], list[Unusable]]:
        submissions, unusable, received = [], [], now()
        for entry in entries:
            try:
                carrier, _ = admitted(Carrier, entry.fields[EVENT_FIELD.encode()])
            except KeyError:
                unusable.append(Unusable(entry, f"no field named {EVENT_FIELD!r}"))
                continue
            except NotJson as error:
                unusable.append(Unusable(entry, f"the event {error}"))
                continue
            except ValidationError as error:
                unusable.append(Unusable(entry, explain(error)))
                continue
            if early := self.early(carrier.data, received):
                unusable.append(Unusable(entry, f"data.reportedAt: {early}"))
                continue
            submissions.append((entry, Submission(carrier.source, carrier.data, received, carrier.traceparent)))
        return submissions, unusable

    def _kept(self, event: Event) -> Document:
        answer = self._answer(event)
        return {"_id": event.id, "at": event.recordedtime, "json": event.text, "answer": answer}

    @staticmethod
    def _repeated(kept: Event, again: Event, earlier: Document) -> Outcome:
        """The first answer, even if the rules have changed; or the fields that differ."""
        if fields := _differing(_body(kept), _body(again)):
            detail = "This reportId was sent before with another body; give a changed report a new reportId."
            listed = {"differences": fields[:MOST_LISTED], "differenceCount": len(fields)}
            return Outcome(409, {"detail": detail, **listed})
        return Outcome(200, earlier["answer"])

    def _answer(self, event: Event) -> dict[str, Any]:
        report = event.data
        assert isinstance(report, ReportSubmitted)  # noqa: S101 - made by _event
        found = assess(report, event.recordedtime, self._programme)
        said = [event.reaction("/intake", subject, fact) for subject, fact in found.facts]
        return {
            "reportId": report.report_id,
            "familyId": report.family_id,
            "childIds": list(report.child_ids),
            "riskLevel": found.risk_level,
            "reasons": [each.model_dump(mode="json", exclude_none=True) for each in found.reasons],
            "nobodyTold": found.nobody_told and found.nobody_told.model_dump(mode="json", exclude_none=True),
            "notes": [each.model_dump(mode="json") for each in found.notes],
            "events": [{"id": each.id, "type": each.type, "subject": each.subject} for each in said],
        }


def _body(event: Event) -> dict[str, Any]:
    return event.data.model_dump(mode="json", exclude={"family_id", "child_ids", "contradicts"}, exclude_none=True)


def _differs(document: dict[str, Any]) -> str:
    fields, count = document["differences"], document["differenceCount"]
    more = f" and {count - len(fields)} more" if count > len(fields) else ""
    return f"this reportId was sent before with another body; differs in: {', '.join(fields)}{more}"


def _differing(kept: Any, sent: Any, field: str = "") -> list[str]:
    """Every field in which two bodies differ, by name alone: who sends may not be who sent what is kept."""
    if isinstance(kept, dict) and isinstance(sent, dict):
        names = [*kept, *(name for name in sent if name not in kept)]
        ways = ((name, f"{field}.{name}".strip(".")) for name in names)
        return [each for name, way in ways for each in _differing(kept.get(name), sent.get(name), way)]
    if isinstance(kept, list) and isinstance(sent, list) and len(kept) == len(sent):
        pairs = enumerate(zip(kept, sent, strict=True))
        return [each for at, (old, new) in pairs for each in _differing(old, new, f"{field}.{at}")]
    return [] if kept == sent else [field]
