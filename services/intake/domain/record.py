"""The record of a family: what every report told, folded; what intake says is the assessment of each report."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, TypeVar

from pydantic import TypeAdapter

from services.intake.domain.assessment import Periods, assess, care_reason
from services.intake.domain.scoring import Score, birth_month, highest, minors, score
from shared.events import (
    Caregiver,
    Concern,
    Consent,
    Event,
    Fact,
    Frozen,
    LivesWith,
    ReportedChild,
    Reporter,
    ReportSubmitted,
    RiskLevel,
    SupportPlanOpened,
    Utc,
)

Model = TypeVar("Model", bound=Frozen)
RECENT_REPORTS = 20
"""So many of the latest reports the record shows; all of them are in its timeline. Narratives are long."""

Value = TypeVar("Value")


class SourceFamily(Frozen):
    """A sending system that reported the family, and the id the family has there."""

    source: str
    family_id: str | None = None


class ChildRecord(Frozen):
    """A child of the family: the latest that was told of each thing."""

    child_id: str
    name: str | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    birth_month: str | None = None
    sex: Literal["female", "male", "other"] | None = None
    lives_with: LivesWith | None = None
    in_school: bool | None = None
    working: bool | None = None
    work_hours: float | None = None
    malnutrition: Literal["none", "chronic", "acute"] | None = None


class ReportRecord(Frozen):
    """A report as it came, with what it was found to mean."""

    event_id: str
    report_id: str
    source: str
    reported_at: Utc
    recorded_at: Utc
    reporter: Reporter
    concerns: tuple[Concern, ...]
    urgency: RiskLevel | None = None
    narrative: str | None = None
    consent: Consent
    risk_level: RiskLevel | None = None
    reasons: tuple[str, ...]


class FamilyRecord(Frozen):
    """A family. `risk_level` is the highest any report found: only a person's reassessment may lower it."""

    family_id: str
    district: str | None = None
    sources: tuple[SourceFamily, ...] = ()
    caregivers: tuple[Caregiver, ...] = ()
    address: str | None = None
    monthly_income: float | None = None
    household_size: int | None = None
    children: tuple[ChildRecord, ...] = ()
    reports: tuple[ReportRecord, ...] = ()
    concerns: tuple[Concern, ...] = ()
    risk_level: RiskLevel | None = None
    needs_care: tuple[str, ...] = ()
    support_plan_opened: Utc | None = None


STATE: TypeAdapter[FamilyRecord] = TypeAdapter(FamilyRecord)


def begin(document_id: str) -> FamilyRecord:
    """The empty record of `family/<id>`."""
    return FamilyRecord(family_id=document_id.partition("/")[2])


def evolve(state: FamilyRecord, event: Event) -> FamilyRecord:
    """The record after a report, or after care opened a support plan: the first opening counts."""
    match event.data:
        case ReportSubmitted() as report:
            return _reported(state, event, report)
        case SupportPlanOpened() if state.support_plan_opened is None:
            return state.but(support_plan_opened=event.time)
        case _:
            return state


def decide(state: FamilyRecord, event: Event, periods: Periods) -> list[tuple[str, Fact]]:
    """What a report says, whatever the state: exactly its assessment."""
    match event.data:
        case ReportSubmitted() as report:
            return assess(report, event.recordedtime, periods).facts
        case _:
            return []


def _reported(state: FamilyRecord, event: Event, report: ReportSubmitted) -> FamilyRecord:
    found = score(report)
    need = (minor.child_id for minor in minors(report) if care_reason(minor, report.concerns))
    return state.but(
        district=report.district,
        sources=_once((*state.sources, SourceFamily(source=event.source, family_id=report.family.id))),
        caregivers=_caregivers(state.caregivers, report.family.caregivers),
        address=_latest(report.family.address, state.address),
        monthly_income=_latest(report.family.monthly_income, state.monthly_income),
        household_size=_latest(report.family.household_size, state.household_size),
        children=_children(state.children, report),
        reports=(*state.reports, _record(event, report, found))[-RECENT_REPORTS:],
        concerns=_once((*state.concerns, *report.concerns)),
        risk_level=highest(state.risk_level, found.level),
        needs_care=_once((*state.needs_care, *need)),
    )


def _record(event: Event, report: ReportSubmitted, found: Score) -> ReportRecord:
    return ReportRecord(
        event_id=event.id,
        report_id=report.report_id,
        source=event.source,
        reported_at=event.time,
        recorded_at=event.recordedtime,
        reporter=report.reporter,
        concerns=report.concerns,
        urgency=report.urgency,
        narrative=report.narrative,
        consent=report.consent,
        risk_level=found.level,
        reasons=found.reasons,
    )


def _children(before: tuple[ChildRecord, ...], report: ReportSubmitted) -> tuple[ChildRecord, ...]:
    children = {child.child_id: child for child in before}
    for child_id, told in zip(report.child_ids, report.children, strict=True):
        known = children.get(child_id, ChildRecord(child_id=child_id))
        children[child_id] = _born(_updated(known, told), told, report.reported_at.date())
    return tuple(children.values())


def _born(child: ChildRecord, told: ReportedChild, day: date) -> ChildRecord:
    """A known date beats a year, a year beats an age, whichever came later."""
    exact = told.but(birth_date=child.birth_date, birth_year=child.birth_year)
    return child.but(birth_month=birth_month(exact, day) or child.birth_month)


def _caregivers(before: tuple[Caregiver, ...], told: tuple[Caregiver, ...]) -> tuple[Caregiver, ...]:
    """The same document number, or the same name without another number, is the same person."""
    known = list(before)
    for caregiver in told:
        place = next((i for i, other in enumerate(known) if _same_person(other, caregiver)), None)
        if place is None:
            known.append(caregiver)
        else:
            known[place] = _updated(known[place], caregiver)
    return tuple(known)


def _same_person(one: Caregiver, other: Caregiver) -> bool:
    if one.document_number and other.document_number:
        return one.document_number == other.document_number
    return one.name.casefold() == other.name.casefold()


def _updated(known: Model, told: Frozen) -> Model:
    """What is known, overridden by what is told; what is not told stays."""
    fields = type(known).model_fields
    return known.but(**{name: value for name, value in told if value is not None and name in fields})


def _latest(told: Value | None, known: Value | None) -> Value | None:
    return known if told is None else told


def _once(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
