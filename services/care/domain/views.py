"""A support plan for each family at risk, a placement request for each child who needs care."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field, TypeAdapter

from services.care.domain.catalogue import Goal, Service, goals_for, services_for
from shared.events import (
    ChildNeedsCare,
    Concern,
    Event,
    Fact,
    FamilyAtRisk,
    Frozen,
    PlacementRequested,
    RiskLevel,
    SupportPlanOpened,
    Utc,
    child,
    family,
)

Value = TypeVar("Value")


class Plan(Frozen):
    """The support plan of a family, so that its children can stay. Later reports only widen and hasten it."""

    kind: Literal["plan"] = "plan"
    family_id: str
    district: str | None = None
    opened: Utc | None = None
    level: RiskLevel | None = None
    respond_by: Utc | None = None
    concerns: tuple[Concern, ...] = ()
    goals: tuple[Goal, ...] = ()
    services: tuple[Service, ...] = ()
    children: tuple[str, ...] = ()


class Placement(Frozen):
    """The search for a home for a child, with the siblings to keep together (`keep_together` names the child too)."""

    kind: Literal["placement"] = "placement"
    child_id: str
    family_id: str | None = None
    district: str | None = None
    requested: Utc | None = None
    urgency: RiskLevel | None = None
    respond_by: Utc | None = None
    reasons: tuple[Concern, ...] = ()
    keep_together: tuple[str, ...] = ()
    birth_month: str | None = None
    sex: str | None = None
    in_school: bool | None = None
    working: bool | None = None


State = Plan | Placement
STATE: TypeAdapter[State] = TypeAdapter(Annotated[State, Field(discriminator="kind")])


def begin(document_id: str) -> State:
    """The empty plan of `family/<id>`, or the empty placement of `child/<id>`."""
    kind, _, subject_id = document_id.partition("/")
    if kind == "family":
        return Plan(family_id=subject_id)
    return Placement(child_id=subject_id, keep_together=(subject_id,))


def evolve(state: State, event: Event) -> State:
    """The plan after its family was found at risk, the placement after its child was found to need care."""
    match state, event.data:
        case Plan(), FamilyAtRisk() as fact:
            return _widened(state, event, fact)
        case Placement(), ChildNeedsCare() as fact:
            return _needed(state, event, fact)
        case _:
            return state


def decide(state: State, event: Event) -> list[tuple[str, Fact]]:
    """The first cause opens a plan or requests a placement, and care says so; again if an earlier one comes late."""
    match state, event.data:
        case Plan(opened=None), FamilyAtRisk() as fact:
            return [(family(fact.family_id), _plan_opened(fact))]
        case Placement(requested=None), ChildNeedsCare() as fact:
            return [(child(fact.child_id), _placement_requested(fact))]
        case _:
            return []


def _widened(plan: Plan, event: Event, fact: FamilyAtRisk) -> Plan:
    concerns = _once(*plan.concerns, *fact.concerns)
    return plan.but(
        district=fact.district,
        opened=plan.opened or event.time,
        level=fact.risk_level.or_higher(plan.level),
        respond_by=min(plan.respond_by or fact.respond_by, fact.respond_by),
        concerns=concerns,
        goals=goals_for(concerns),
        services=services_for(concerns),
        children=_once(*plan.children, *(each.child_id for each in fact.children)),
    )


def _needed(placement: Placement, event: Event, fact: ChildNeedsCare) -> Placement:
    told = {name: getattr(fact, name) for name in ("birth_month", "sex", "in_school", "working")}
    return placement.but(
        family_id=fact.family_id,
        district=fact.district,
        requested=placement.requested or event.time,
        urgency=fact.urgency.or_higher(placement.urgency),
        respond_by=min(placement.respond_by or fact.respond_by, fact.respond_by),
        reasons=_once(*placement.reasons, fact.reason),
        keep_together=tuple(sorted({*placement.keep_together, *fact.siblings})),
        **{name: value for name, value in told.items() if value is not None},
    )


def _plan_opened(fact: FamilyAtRisk) -> SupportPlanOpened:
    return SupportPlanOpened(
        family_id=fact.family_id,
        goals=goals_for(fact.concerns),
        services=services_for(fact.concerns),
        district=fact.district,
    )


def _placement_requested(fact: ChildNeedsCare) -> PlacementRequested:
    return PlacementRequested(
        child_id=fact.child_id,
        family_id=fact.family_id,
        siblings=fact.siblings,
        urgency=fact.urgency,
        district=fact.district,
        respond_by=fact.respond_by,
    )


def _once(*values: Value) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))
