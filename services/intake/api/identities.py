"""Who a report is about: the ids of its family and children, and children who contradict a known one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.ages import told_birth
from services.intake.domain.identity import Identity
from services.intake.domain.programme import Programme
from services.intake.store import collections as store
from services.intake.store.keys import Senders
from services.intake.store.people import Claim, told_apart
from shared.events import Event, Report, ReportSubmitted, family
from shared.mongo import Database


@dataclass(frozen=True)
class Submission:
    """A valid report, who sent it, and when it reached us."""

    source: str
    report: Report
    received: datetime
    traceparent: str | None = None
    ignored: tuple[str, ...] = ()
    """Fields that came with it and are not known: told to the sender, and nowhere else."""


class Identities:
    """Makes events of reports, for one intake process."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self._database = database
        self._programme = programme
        self._senders = Senders(database)
        self._identity: Identity | None = None

    async def events(self, submissions: Sequence[Submission]) -> list[Event]:
        """The event of each report. A child that contradicts what was told before under its id gets another."""
        identity = self._identity or await store.identity(self._database)
        self._identity = identity
        unique = {source: await self._senders.unique_child_ids(source) for source in {s.source for s in submissions}}
        told = [list(self._claims(identity, each, unique=unique[each.source])) for each in submissions]
        new = await self._new([identity.event(each.source, each.report.report_id) for each in submissions])
        orders = [_order(claims) if at in new else [] for at, claims in enumerate(told)]
        asked = [claims[at] for claims, order in zip(told, orders, strict=True) for at in order]
        places, events = iter(await told_apart(self._database, asked)), []
        for submission, claims, order in zip(submissions, told, orders, strict=True):
            found = {at: next(places) for at in order}
            events.append(_event(identity, submission, claims, [found.get(at, 0) for at in range(len(claims))]))
        return events

    async def _new(self, ids: Sequence[str]) -> set[int]:
        """The positions of reports not sent before: what a repetition tells, and may be refused for, is not learnt."""
        kept = await store.kept_reports(self._database, ids)
        first = {event_id: at for at, event_id in reversed(list(enumerate(ids)))}
        return {at for event_id, at in first.items() if event_id not in kept}

    def _claims(self, identity: Identity, submission: Submission, *, unique: bool) -> Iterator[Claim]:
        report, day = submission.report, self._programme.day(submission.report.reported_at)
        family_id = identity.family(submission.source, report)
        ids = identity.children(submission.source, family_id, report, unique=unique)
        for child_id, child in zip(ids, report.children, strict=True):
            yield Claim(child_id, told_birth(child, day).birth, child.sex)


def _order(claims: Sequence[Claim]) -> list[int]:
    """The positions of the claims of a report, by what they tell: how its entries were ordered does not matter."""

    def described(at: int) -> tuple[str, ...]:
        child_id, birth, sex = claims[at]
        return child_id, str(birth and birth.earliest), str(birth and birth.latest), sex or ""

    return sorted(range(len(claims)), key=described)


def _event(identity: Identity, submission: Submission, claims: Sequence[Claim], places: Sequence[int]) -> Event:
    source, report = submission.source, submission.report
    family_id = identity.family(source, report)
    event_id = identity.event(source, report.report_id)
    each = [(claim.child_id, place) for claim, place in zip(claims, places, strict=True)]
    return Event(
        id=event_id,
        source=source,
        type="ReportSubmitted",
        subject=family(family_id),
        time=report.reported_at,
        recordedtime=submission.received,
        correlationid=event_id,
        traceparent=submission.traceparent,
        data=ReportSubmitted(
            **dict(report),
            family_id=family_id,
            child_ids=tuple(identity.another(child_id, place) if place else child_id for child_id, place in each),
            contradicts=tuple(child_id if place else "" for child_id, place in each) if any(places) else (),
        ),
    )
