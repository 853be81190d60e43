"""The support plan of a family, so that its children can stay. Reports widen it, answers end its deadlines."""

from typing import Literal

from services.care.domain.catalogue import Goal, Service, goals_for, once, services_for
from shared.events import (
    ApproachAgreed,
    Authority,
    CaseInDistricts,
    CaseTransferred,
    ChildNeedsCare,
    Concern,
    Due,
    Event,
    Fact,
    FamilyAtRisk,
    Frozen,
    ResponseRecorded,
    RiskLevel,
    RiskReassessed,
    Role,
    SupportPlanOpened,
    Utc,
    approached,
    family,
    held,
    in_district,
    in_districts,
    level_of,
    respond_by,
    transferred,
    with_due,
    without,
)

HELD = (Service.AUTHORITY_FIRST,)
"""While a family is on hold, nobody of the programme goes there."""


class Agreed(Frozen):
    """The authority's agreement that the programme approaches the family."""

    authority: Authority
    reference: str
    by: str
    at: Utc


class Plan(Frozen):
    """The support plan of a family.

    `level` and `respondBy` come from the unanswered causes; `riskLevel` is judged from everything known of the family.
    `onHold`: nobody approaches the family until an authority agrees.
    """

    kind: Literal["plan"] = "plan"
    family_id: str
    district: str | None = None
    districts: tuple[str, ...] = ()
    opened: Utc | None = None
    risk_level: RiskLevel | None = None
    due: tuple[Due, ...] = ()
    level: RiskLevel | None = None
    respond_by: Utc | None = None
    concerns: tuple[Concern, ...] = ()
    goals: tuple[Goal, ...] = ()
    services: tuple[Service, ...] = ()
    children: tuple[str, ...] = ()
    on_hold: bool = False
    held_at: Utc | None = None
    agreed: Agreed | None = None


def evolve_plan(plan: Plan, event: Event) -> Plan:
    """The plan after an event of its family's case."""
    match event.data:
        case FamilyAtRisk() as fact:
            return _widened(plan, event, fact)
        case ChildNeedsCare() as fact if fact.on_hold:
            return held(in_district(plan, fact.district), event).but(services=HELD, agreed=None)
        case RiskReassessed() as fact:
            return _reassessed(plan, event, fact)
        case ResponseRecorded() as fact if fact.role != Role.EDUCATION_OFFICER:  # who answers for school alone
            return _due(plan, without(plan.due, fact.cause_ids))
        case ApproachAgreed() as fact:
            return _agreed(plan, event, fact)
        case CaseInDistricts() as fact:
            return in_districts(plan, fact)
        case CaseTransferred() as fact:
            return transferred(plan, fact)
        case _:
            return plan


def decide_plan(plan: Plan, event: Event) -> list[tuple[str, Fact]]:
    """Publish a new plan on the first cause, and again if an earlier one comes late; publish what people decide."""
    match event.data:
        case FamilyAtRisk() as fact if plan.opened is None:
            return [(family(fact.family_id), _opened(fact))]
        case ApproachAgreed() as fact:
            return [(family(fact.family_id), fact)]
        case _:
            return []


def _widened(plan: Plan, event: Event, fact: FamilyAtRisk) -> Plan:
    concerns = once(*plan.concerns, *fact.concerns)
    known = held(plan, event).but(agreed=None) if fact.on_hold else plan
    due = Due(cause_id=event.id, level=fact.risk_level, respond_by=fact.respond_by)
    elsewhere = [child.district for child in fact.children if child.district]
    widened = in_district(known, fact.district, *elsewhere).but(
        opened=plan.opened or event.time,
        risk_level=fact.risk_level.or_higher(plan.risk_level),
        concerns=concerns,
        goals=goals_for(concerns),
        services=HELD if known.on_hold else services_for(concerns),
        children=once(*plan.children, *(each.child_id for each in fact.children)),
    )
    return _due(widened, with_due(plan.due, due))


def _reassessed(plan: Plan, event: Event, fact: RiskReassessed) -> Plan:
    """A family that rises to a level that nothing which waits has is to be answered by then, as in the inbox."""
    known = plan.but(risk_level=fact.level)
    waits = [plan.level, fact.previous_level]
    if fact.level is None or fact.respond_by is None or any(each and each.rank >= fact.level.rank for each in waits):
        return known
    return _due(known, with_due(plan.due, Due(cause_id=event.id, level=fact.level, respond_by=fact.respond_by)))


def _agreed(plan: Plan, event: Event, fact: ApproachAgreed) -> Plan:
    known = approached(plan, event)
    if known.on_hold:
        return known
    agreed = Agreed(authority=fact.authority, reference=fact.reference, by=fact.by, at=event.time)
    return known.but(agreed=agreed, services=services_for(plan.concerns))


def _due(plan: Plan, due: tuple[Due, ...]) -> Plan:
    return plan.but(due=due, level=level_of(due), respond_by=respond_by(due))


def _opened(fact: FamilyAtRisk) -> SupportPlanOpened:
    return SupportPlanOpened(
        family_id=fact.family_id,
        goals=goals_for(fact.concerns),
        services=HELD if fact.on_hold else services_for(fact.concerns),
        district=fact.district,
    )
