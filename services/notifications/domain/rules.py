"""How each event changes an item, and when staff are notified."""

from services.notifications.domain.causes import (
    Periods,
    Risk,
    acknowledged,
    answered,
    cause_of,
    caused,
    kept_in,
    partly_seen,
    seen_all,
)
from services.notifications.domain.item import Cause, Item, Step, item_id
from shared.events import (
    ApproachAgreed,
    CareAssessmentRequested,
    CaseInDistricts,
    CaseTransferred,
    ChildNeedsCare,
    EnrolmentCheckOpened,
    Event,
    Fact,
    FamilyAtRisk,
    NotificationAcknowledged,
    PlacementRequested,
    ResponseRecorded,
    RiskReassessed,
    StaffNotified,
    SupportPlanOpened,
    approached,
    held,
    in_districts,
    transferred,
)

Progress = SupportPlanOpened | CareAssessmentRequested | PlacementRequested | EnrolmentCheckOpened | ApproachAgreed


def evolve(state: Item, event: Event, periods: Periods) -> Item:
    """The item after a cause, an action of staff, a step of another service, or a transfer."""
    match event.data:
        case FamilyAtRisk() | ChildNeedsCare() | RiskReassessed() as risk:
            cause = cause_of(state, event, risk)
            known = _known(state, event, risk)
            return caused(known, event, risk, cause, periods) if cause else known
        case NotificationAcknowledged() as seen:
            return _acknowledged(state, event, seen)
        case ResponseRecorded() as response:
            return answered(state, response, event)
        case CaseInDistricts() as scope:
            return kept_in(in_districts(state, scope), *scope.districts)
        case CaseTransferred() as moved:
            return _moved(state, moved)
        case fact if isinstance(fact, Progress):
            return _progressed(state, event)
        case _:
            return state


def decide(state: Item, event: Event) -> list[tuple[str, Fact]]:
    """Notify staff of every report, of worse causes in it, and of causes after they looked; publish what they do.

    The subject is the item, not the family: one cause notifies several roles, and each needs an event of its own.
    """
    subject = item_id(state.family_id, state.role)
    match event.data:
        case FamilyAtRisk() | ChildNeedsCare() | RiskReassessed() as risk:
            cause = cause_of(state, event, risk)
            return [(subject, _notified(state, risk, cause))] if cause and _is_news(state, cause) else []
        case NotificationAcknowledged() as seen if state.acknowledged is None and seen_all(state, seen, event):
            return [(subject, seen)]
        case ResponseRecorded() as response:
            return [(subject, response)]
        case _:
            return []


def _known(item: Item, event: Event, risk: Risk) -> Item:
    """What a fact says of the family, be it a cause of this item or not."""
    if isinstance(risk, RiskReassessed):
        return item.but(risk_level=risk.level)
    return held(item, event) if risk.on_hold else item


def _notified(item: Item, risk: Risk, cause: Cause) -> StaffNotified:
    """The cause's own level and deadline: staff already know of those that wait."""
    return StaffNotified(
        family_id=item.family_id,
        role=item.role,
        cause_id=cause.event_id,
        level=cause.level,
        district=risk.district,
        respond_by=cause.respond_by or cause.recorded,
    )


def _is_news(item: Item, cause: Cause) -> bool:
    """Of the causes in one report (one a child), the first and worse ones are news; after they looked, all are."""
    told = [each.level for each in item.causes if each.correlation_id == cause.correlation_id]
    return item.acknowledged is not None or all(cause.level.rank > level.rank for level in told)


def _acknowledged(item: Item, event: Event, seen: NotificationAcknowledged) -> Item:
    if item.acknowledged is not None:
        return item
    if seen_all(item, seen, event):
        return acknowledged(item, seen.acknowledged_by, event.recordedtime)
    return partly_seen(item, seen.shown_ids or ())


def _progressed(item: Item, event: Event) -> Item:
    child_id = getattr(event.data, "child_id", None)
    known = approached(item, event) if isinstance(event.data, ApproachAgreed) else item
    if any((step.type, step.child_id) == (event.type, child_id) for step in item.progress):
        return known
    step = Step.model_validate({"type": event.type, "child_id": child_id, "at": event.time})
    return known.but(progress=(*known.progress, step))


def _moved(item: Item, moved: CaseTransferred) -> Item:
    """The old district keeps an item that waits, until it is answered."""
    after = kept_in(transferred(item, moved), moved.to_district)
    if not item.due or moved.from_district not in item.districts or moved.from_district in after.districts:
        return after
    keeps = (*after.districts, moved.from_district)
    return after.but(districts=keeps, leaving=(*after.leaving, moved.from_district))
