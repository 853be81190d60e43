"""What is given: sample reports to intake, and to every contender what intake says of those about families at risk."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from ops.samples.reports import sample_reports
from services.intake import app as intake
from services.intake.domain.identity import Identity
from shared.events import Event, FamilyAtRisk, Report, ReportSubmitted, family

UNTIL = datetime(2026, 3, 2, 8, tzinfo=UTC)
REPORTS_FOR_AN_EVENT = 2
"""More than enough: some reports are plain questions, and some children need care instead."""


def reports(count: int, seed: int = 1) -> Iterator[str]:
    """Sample reports as a sending system writes them, in JSON."""
    return (each.model_dump_json(exclude_none=True) for each in sample_reports(count, seed=seed, until=UNTIL))


def families_at_risk(count: int, seed: int = 1) -> list[Event]:
    """The first `count` FamilyAtRisk events of the sample reports; one in eight is about a family known already."""
    return list(islice(_said(count, seed), count))


@cache  # a hundred thousand take a minute to draw, and are asked for several times
def one_each(families: int) -> Sequence[Event]:
    """The first event about each of the first so many families."""
    first: dict[str, Event] = {}
    for event in _said(2 * families, seed=1):
        first.setdefault(event.subject, event)
        if len(first) == families:
            break
    return list(first.values())


def told_again(event: Event, time: datetime) -> Event:
    """Another event that says the same of the same family at another time."""
    again = str(uuid5(NAMESPACE_URL, f"{event.id} {time.isoformat()}"))
    return Event(**dict(event) | {"id": again, "time": time, "recordedtime": time, "correlationid": again})


def fact_of(event: Event) -> FamilyAtRisk:
    """What the event says. Raises TypeError for anything but a family at risk: nobody here knows what else to do."""
    if isinstance(event.data, FamilyAtRisk):
        return event.data
    raise TypeError(event.type)


def _said(count: int, seed: int) -> Iterator[Event]:
    """What intake's own rules decide about families that it has not heard of."""
    identity, fold = Identity(b"benchmark"), intake.fold()
    for report in sample_reports(count * REPORTS_FOR_AN_EVENT + 20, seed=seed, until=UNTIL):
        cause = _received(identity, report)
        for subject, fact in fold.decide(fold.begin(cause.subject), cause):
            if isinstance(fact, FamilyAtRisk):
                yield cause.reaction("/intake", subject, fact)


def _received(identity: Identity, report: Report, source: str = "benchmark") -> Event:
    family_id, event_id = identity.family(source, report), identity.event(source, report.report_id)
    child_ids = identity.children(source, family_id, report)
    return Event(
        id=event_id,
        source=source,
        type="ReportSubmitted",
        subject=family(family_id),
        time=report.reported_at,
        recordedtime=UNTIL,
        correlationid=event_id,
        data=ReportSubmitted(**dict(report), family_id=family_id, child_ids=child_ids),
    )
