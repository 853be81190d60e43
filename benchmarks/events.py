"""What is given: sample reports to intake, and to every contender what intake says of those about families at risk."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice

from ops.samples.reports import sample_reports
from services.intake.domain.assessment import assess
from services.intake.domain.identity import Identity
from shared.events import Event, FamilyAtRisk, Report, ReportSubmitted, family
from shared.settings import Periods

UNTIL = datetime(2026, 3, 2, 8, tzinfo=UTC)
REPORTS_FOR_AN_EVENT = 2
"""More than enough: some reports are plain questions, and some children need care instead."""


def reports(count: int, seed: int = 1) -> Iterator[str]:
    """Sample reports as a sending system writes them, in JSON."""
    return (each.model_dump_json(exclude_none=True) for each in sample_reports(count, seed=seed, until=UNTIL))


def families_at_risk(count: int, seed: int = 1) -> list[Event]:
    """The first `count` FamilyAtRisk events of the sample reports; one in eight is about a family known already."""
    identity, periods = Identity(b"benchmark"), Periods()
    drawn = sample_reports(count * REPORTS_FOR_AN_EVENT + 20, seed=seed, until=UNTIL)
    said = (event for report in drawn for event in _said(identity, report, periods))
    return list(islice(said, count))


def _said(identity: Identity, report: Report, periods: Periods) -> Iterator[Event]:
    cause = _received(identity, report)
    assert isinstance(cause.data, ReportSubmitted)  # noqa: S101 - made by _received
    for subject, fact in assess(cause.data, UNTIL, periods).facts:
        if isinstance(fact, FamilyAtRisk):
            yield cause.reaction("/intake", subject, fact)


def _received(identity: Identity, report: Report, source: str = "benchmark") -> Event:
    family_id = identity.family(source, report)
    event_id = identity.event(source, report.report_id)
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
