"""The record of a family: all its reports, folded. Intake publishes the assessment of each report."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from pydantic import TypeAdapter

from services.intake.domain.assessment import assess, judged
from services.intake.domain.family import ChildRecord, ToldConcern, family_level, told_children, told_concerns
from services.intake.domain.people import caregivers
from services.intake.domain.programme import Programme
from services.intake.domain.rulebook import Reason
from services.intake.domain.triage import highest
from shared.events import (
    Caregiver,
    CaseInDistricts,
    CaseTransferred,
    Concern,
    Consent,
    Event,
    Fact,
    Frozen,
    Reporter,
    ReportSubmitted,
    RiskLevel,
    RiskReassessed,
    SupportPlanOpened,
    Utc,
    family,
)
from shared.events.vocabulary import MOST

RECENT_REPORTS = 20
"""So many of the latest reports the record shows; all of them are in its timeline. Narratives are long."""

Value = TypeVar("Value")


class SourceFamily(Frozen):
    """A sending system that reported the family, and the id the family has there."""

    source: str
    family_id: str | None = None


class ReportRecord(Frozen):
    """A report as it came, with what it was found to mean."""

    event_id: str
    report_id: str
    source: str
    reported_at: Utc
    recorded_at: Utc
    reporter: Reporter
    district: str
    concerns: tuple[Concern, ...]
    urgency: RiskLevel | None = None
    narrative: str | None = None
    consent: Consent
    risk_level: RiskLevel | None = None
    reasons: tuple[Reason, ...] = ()


class FamilyRecord(Frozen):
    """A family. `risk_level` is what all that is known of it comes to, `reasons` say why.

    `district` is where the case was opened or transferred to; `districts` are all it belongs to: each that reported
    it, and each where one of its children lives, until a person confirms a transfer; `left` are those that it was
    transferred from.
    """

    family_id: str
    district: str | None = None
    districts: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    opened: Utc | None = None
    sources: tuple[SourceFamily, ...] = ()
    caregivers: tuple[Caregiver, ...] = ()
    address: str | None = None
    monthly_income: float | None = None
    household_size: int | None = None
    children: tuple[ChildRecord, ...] = ()
    reports: tuple[ReportRecord, ...] = ()
    told: tuple[ToldConcern, ...] = ()
    concerns: tuple[Concern, ...] = ()
    risk_level: RiskLevel | None = None
    reasons: tuple[Reason, ...] = ()
    respond_by: Utc | None = None
    needs_care: tuple[str, ...] = ()
    support_plan_opened: Utc | None = None


STATE: TypeAdapter[FamilyRecord] = TypeAdapter(FamilyRecord)
SHAPE = 2
"""The shape of stored states; version 0.1 had 1."""


def begin(document_id: str) -> FamilyRecord:
    """The empty record of `family/<id>`."""
    return FamilyRecord(family_id=document_id.partition("/")[2])


def evolve(state: FamilyRecord, event: Event, programme: Programme) -> FamilyRecord:
    """The record after a report, a transfer, or after care opened a support plan: the first opening counts."""
    match event.data:
        case ReportSubmitted() as report:
            return _reported(state, event, report, programme)
        case CaseTransferred() as moved:
            return _transferred(state, moved)
        case SupportPlanOpened() if state.support_plan_opened is None:
            return state.but(support_plan_opened=event.time)
        case _:
            return state


def decide(state: FamilyRecord, event: Event, programme: Programme) -> list[tuple[str, Fact]]:
    """Publish the assessment of a report, whatever the state; publish a transfer."""
    match event.data:
        case ReportSubmitted() as report:
            return assess(report, event.recordedtime, programme).facts
        case CaseTransferred() as moved:
            return [(family(state.family_id), moved)]
        case _:
            return []


def conclude(before: FamilyRecord, after: FamilyRecord, latest: Event) -> list[tuple[str, Fact]]:
    """Publish a changed level or changed districts of the whole family."""
    said: list[tuple[str, Fact]] = []
    previous = before.risk_level if before.reports else highest(*(each.risk_level for each in after.reports))
    if previous != after.risk_level:
        said.append((family(after.family_id), _reassessed(previous, after)))
    if scope := _scope(before, after):
        said.append((family(after.family_id), scope))
    return said


def _scope(before: FamilyRecord, after: FamilyRecord) -> CaseInDistricts | None:
    """Where the case belongs, if what a report said by itself does not tell it.

    It does not of a child whom a report of before a transfer told of first, and which came after it: the transfer did
    not name it.
    """
    known, ids = ({child.child_id for child in each.children} for each in (before, after))
    several = len(after.districts) > 1 and before.districts != after.districts
    unheard = known != ids and (len(after.districts) > 1 or after.left)
    if not (several or unheard):
        return None
    children = tuple(sorted(ids))[:500]
    return CaseInDistricts(family_id=after.family_id, child_ids=children, districts=after.districts[:MOST])


def _reassessed(previous: RiskLevel | None, after: FamilyRecord) -> RiskReassessed:
    return RiskReassessed(
        family_id=after.family_id,
        level=after.risk_level,
        previous_level=previous,
        reasons=tuple(f"{each.rule} {each.en}" for each in after.reasons)[:50],
        district=after.district or after.districts[0],
        respond_by=after.respond_by if after.risk_level else None,
    )


def _reported(state: FamilyRecord, event: Event, report: ReportSubmitted, programme: Programme) -> FamilyRecord:
    found, opens = judged(report, programme), state.opened is None
    children = told_children(state.children, report, programme)
    told = told_concerns(state.told, report, event.time, children, programme)
    level, reasons = family_level(children, told, event.time, report, programme)
    districts = [report.district, *(child.district for child in report.children if child.district)]
    return state.but(
        district=report.district if opens else state.district,
        districts=_once((*state.districts, *districts)),
        opened=event.time if opens and found.level else state.opened,
        sources=_once((*state.sources, SourceFamily(source=event.source, family_id=report.family.id))),
        caregivers=caregivers(state.caregivers, report.family.caregivers),
        address=_latest(report.family.address, state.address),
        monthly_income=_latest(report.family.monthly_income, state.monthly_income),
        household_size=_latest(report.family.household_size, state.household_size),
        children=children,
        reports=(*state.reports, _record(event, report, found.level, found.reasons))[-RECENT_REPORTS:],
        told=told,
        concerns=_once((*state.concerns, *found.concerns)),
        risk_level=level,
        reasons=reasons,
        respond_by=_respond_by(state, event, level, programme),
        needs_care=_once((*state.needs_care, *found.assess)),
    )


def _respond_by(state: FamilyRecord, event: Event, level: RiskLevel | None, programme: Programme) -> datetime | None:
    """Counted from when the last of the reports was learnt of: that one may tell of earlier than others do."""
    learnt = max((event.recordedtime, *(each.recorded_at for each in state.reports)))
    return learnt + programme.period(level) if level else None


def _transferred(state: FamilyRecord, moved: CaseTransferred) -> FamilyRecord:
    left = [each for each in state.districts if each != moved.from_district]
    home = moved.to_district if state.district == moved.from_district else state.district
    away = _once((*state.left, moved.from_district))
    return state.but(district=home, districts=_once((*left, moved.to_district)), left=away)


def _record(
    event: Event, report: ReportSubmitted, level: RiskLevel | None, reasons: tuple[Reason, ...]
) -> ReportRecord:
    return ReportRecord(
        event_id=event.id,
        report_id=report.report_id,
        source=event.source,
        reported_at=event.time,
        recorded_at=event.recordedtime,
        reporter=report.reporter,
        district=report.district,
        concerns=report.concerns,
        urgency=report.urgency,
        narrative=report.narrative,
        consent=report.consent,
        risk_level=level,
        reasons=reasons,
    )


def _latest(told: Value | None, known: Value | None) -> Value | None:
    return known if told is None else told


def _once(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
