"""The care assessment of a child: can it stay where it is? Only a person asks for a placement."""

from typing import Literal

from services.care.domain.catalogue import Question, once, questions_for
from shared.events import (
    ApproachAgreed,
    CareAssessmentRequested,
    CaseInDistricts,
    CaseTransferred,
    ChildNeedsCare,
    ChildUpdated,
    Concern,
    Due,
    Event,
    Fact,
    Frozen,
    LivesWith,
    PlacementRequested,
    ResponseRecorded,
    RiskLevel,
    Role,
    Utc,
    approached,
    child,
    held,
    in_district,
    in_districts,
    level_of,
    respond_by,
    transferred,
    with_due,
    without,
)


class Asked(Frozen):
    """Who requested a placement, and when."""

    by: str
    at: Utc


class Assessment(Frozen):
    """The assessment of a child, with the siblings to keep together (`keepTogether` names the child too).

    `urgency` and `respondBy` come from the unanswered causes. `questions` are what the assessment has to find out.
    """

    kind: Literal["assessment"] = "assessment"
    child_id: str
    family_id: str | None = None
    district: str | None = None
    districts: tuple[str, ...] = ()
    requested: Utc | None = None
    due: tuple[Due, ...] = ()
    urgency: RiskLevel | None = None
    respond_by: Utc | None = None
    reasons: tuple[Concern, ...] = ()
    concerns: tuple[Concern, ...] = ()
    questions: tuple[Question, ...] = ()
    keep_together: tuple[str, ...] = ()
    birth_month: str | None = None
    sex: str | None = None
    lives_with: LivesWith | None = None
    in_school: bool | None = None
    working: bool | None = None
    on_hold: bool = False
    held_at: Utc | None = None
    placement: Asked | None = None


def evolve_assessment(state: Assessment, event: Event) -> Assessment:
    """The assessment after something happened to its child."""
    match event.data:
        case ChildNeedsCare() as fact:
            return _needed(state, event, fact)
        case ChildUpdated() as fact:
            return in_district(state, fact.district).but(family_id=fact.family_id, **_told(fact))
        case ResponseRecorded() as fact if fact.role != Role.EDUCATION_OFFICER:  # who answers for school alone
            return _due(state, without(state.due, fact.cause_ids))
        case PlacementRequested() as fact if fact.by and state.placement is None:
            return state.but(placement=Asked(by=fact.by, at=event.time))
        case ApproachAgreed():
            return approached(state, event)
        case CaseInDistricts() as fact:
            return in_districts(state, fact)
        case CaseTransferred() as fact:
            return transferred(state, fact)
        case _:
            return state


def decide_assessment(state: Assessment, event: Event) -> list[tuple[str, Fact]]:
    """Publish the request for an assessment on the first cause, and again if an earlier cause comes late."""
    match event.data:
        case ChildNeedsCare() as fact if state.requested is None:
            return [(child(fact.child_id), _requested(fact))]
        case PlacementRequested() as fact if fact.by and state.placement is None:
            return [(child(fact.child_id), fact)]
        case _:
            return []


def _needed(state: Assessment, event: Event, fact: ChildNeedsCare) -> Assessment:
    reasons = once(*state.reasons, fact.reason)
    lives_with = fact.lives_with or state.lives_with
    due = Due(cause_id=event.id, level=fact.urgency, respond_by=fact.respond_by)
    needed = in_district(state, fact.district).but(
        family_id=fact.family_id,
        requested=state.requested or event.time,
        reasons=reasons,
        concerns=once(*state.concerns, *fact.concerns, fact.reason),
        questions=questions_for(reasons, lives_with),
        keep_together=tuple(sorted({*state.keep_together, state.child_id, *fact.siblings})),
        lives_with=lives_with,
        **_told(fact),
    )
    return _due(held(needed, event) if fact.on_hold else needed, with_due(state.due, due))


def _told(fact: ChildNeedsCare | ChildUpdated) -> dict[str, object]:
    told = {name: getattr(fact, name) for name in ("birth_month", "sex", "in_school", "working")}
    return {name: value for name, value in told.items() if value is not None}


def _due(state: Assessment, due: tuple[Due, ...]) -> Assessment:
    return state.but(due=due, urgency=level_of(due), respond_by=respond_by(due))


def _requested(fact: ChildNeedsCare) -> CareAssessmentRequested:
    return CareAssessmentRequested(
        child_id=fact.child_id,
        family_id=fact.family_id,
        siblings=fact.siblings,
        reasons=once(fact.reason, *fact.concerns),
        urgency=fact.urgency,
        district=fact.district,
        respond_by=fact.respond_by,
    )
