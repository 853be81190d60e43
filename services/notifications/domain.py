"""One inbox item for a family and a responsible role: why it is there, by when to act, who has seen it."""

from datetime import timedelta
from typing import Literal, Protocol

from pydantic import TypeAdapter

from shared.events import (
    ChildNeedsCare,
    Concern,
    EnrolmentCheckOpened,
    Event,
    Fact,
    FamilyAtRisk,
    Frozen,
    NotificationAcknowledged,
    PlacementRequested,
    RiskLevel,
    Role,
    StaffNotified,
    SupportPlanOpened,
    Utc,
    family,
)

RECENT_CAUSES = 5
"""So many of the latest causes an item shows; all of them are in its timeline."""


class Periods(Protocol):
    """The acknowledgement periods notifications needs, in hours."""

    @property
    def acknowledge_high_hours(self) -> float: ...
    @property
    def acknowledge_medium_hours(self) -> float: ...
    @property
    def acknowledge_low_hours(self) -> float: ...


class Cause(Frozen):
    """A fact of intake that somebody in the role has to answer."""

    event_id: str
    correlation_id: str | None = None
    type: Literal["FamilyAtRisk", "ChildNeedsCare"]
    level: RiskLevel
    child_ids: tuple[str, ...]
    happened: Utc
    recorded: Utc


class Earlier(Frozen):
    """The causes before those an item shows."""

    count: int


class Acknowledged(Frozen):
    """Who has seen the item, and when."""

    by: str
    at: Utc


class Step(Frozen):
    """Something another service did about it: its first time."""

    type: Literal["SupportPlanOpened", "PlacementRequested", "EnrolmentCheckOpened"]
    child_id: str | None = None
    at: Utc


class Item(Frozen):
    """An item of the inbox; without causes, only progress was heard yet, and there is nothing to show."""

    family_id: str
    role: Role
    district: str | None = None
    level: RiskLevel | None = None
    respond_by: Utc | None = None
    acknowledge_by: Utc | None = None
    child_ids: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()
    earlier: Earlier | None = None
    concerns: tuple[Concern, ...] = ()
    acknowledged: Acknowledged | None = None
    progress: tuple[Step, ...] = ()

    @property
    def count(self) -> int:
        """How many causes it has, shown or not."""
        return (self.earlier.count if self.earlier else 0) + len(self.causes)


Risk = FamilyAtRisk | ChildNeedsCare
STATE: TypeAdapter[Item] = TypeAdapter(Item)


def item_id(family_id: str, role: Role) -> str:
    """The id of the item about a family for a role."""
    return f"{family(family_id)}/{role}"


def begin(document_id: str) -> Item:
    """The empty item of `family/<id>/<role>`."""
    family_id, _, role = document_id.partition("/")[2].rpartition("/")
    return Item(family_id=family_id, role=Role(role))


def evolve(state: Item, event: Event, periods: Periods) -> Item:
    """The item after another cause, a step of another service, or an acknowledgement."""
    match event.data:
        case FamilyAtRisk() | ChildNeedsCare() as risk:
            return _caused(state, event, risk, periods)
        case SupportPlanOpened() | PlacementRequested() | EnrolmentCheckOpened() as done:
            return _progressed(state, event, done)
        case NotificationAcknowledged() as seen if _is_first_to_see_all(state, event, seen):
            return state.but(acknowledged=Acknowledged(by=seen.acknowledged_by, at=event.recordedtime))
        case NotificationAcknowledged() as seen if state.acknowledged is None:
            return _still_open(state, seen, periods)
        case _:
            return state


def decide(state: Item, event: Event) -> list[tuple[str, Fact]]:
    """Staff are notified of every report, of what is worse in it, and of what came after they looked; that is said on.

    The subject is the item, not the family: one cause notifies several roles, and each needs an event of its own.
    """
    subject = item_id(state.family_id, state.role)
    match event.data:
        case FamilyAtRisk() | ChildNeedsCare() as risk if _is_news(state, event, risk):
            return [(subject, _notified(state, event, risk))]
        case NotificationAcknowledged() as seen if _is_first_to_see_all(state, event, seen):
            return [(subject, seen)]
        case _:
            return []


def _caused(item: Item, event: Event, risk: Risk, periods: Periods) -> Item:
    reopened = item.acknowledged is not None
    due = event.recordedtime + _period(_level(risk), periods)
    cause = _cause(event, risk)
    return item.but(
        district=risk.district,
        level=_level(risk).or_higher(item.level),
        respond_by=min(item.respond_by or risk.respond_by, risk.respond_by),
        acknowledge_by=due if reopened else min(item.acknowledge_by or due, due),
        child_ids=tuple(dict.fromkeys((*item.child_ids, *cause.child_ids))),
        causes=(*item.causes, cause)[-RECENT_CAUSES:],
        earlier=_earlier(item),
        concerns=tuple(dict.fromkeys((*item.concerns, *_concerns(risk)))),
        acknowledged=None if reopened else item.acknowledged,
    )


def _earlier(item: Item) -> Earlier | None:
    """With one more cause, the first of those shown is no longer."""
    if len(item.causes) < RECENT_CAUSES:
        return item.earlier
    return Earlier(count=item.count - RECENT_CAUSES + 1)


def _still_open(item: Item, seen: NotificationAcknowledged, periods: Periods) -> Item:
    """Somebody looked before some of the causes came: the time to acknowledge counts from those."""
    unseen = [cause for cause in item.causes if cause.event_id not in (seen.shown_ids or ())]
    if not seen.shown_ids or len(unseen) < item.count - (seen.causes_seen or 0):
        return item  # which they are is not known, or not shown any more, and the shortest time may be theirs
    due = min(cause.recorded + _period(cause.level, periods) for cause in unseen)
    return item.but(acknowledge_by=due)


def _progressed(item: Item, event: Event, done: SupportPlanOpened | PlacementRequested | EnrolmentCheckOpened) -> Item:
    child_id = getattr(done, "child_id", None)
    if any((known.type, known.child_id) == (event.type, child_id) for known in item.progress):
        return item
    step = Step.model_validate({"type": event.type, "child_id": child_id, "at": event.time})
    return item.but(progress=(*item.progress, step))


def _cause(event: Event, risk: Risk) -> Cause:
    at_risk = isinstance(risk, FamilyAtRisk)
    return Cause(
        event_id=event.id,
        correlation_id=event.correlationid,
        type="FamilyAtRisk" if at_risk else "ChildNeedsCare",
        level=_level(risk),
        child_ids=tuple(each.child_id for each in risk.children)
        if isinstance(risk, FamilyAtRisk)
        else (risk.child_id,),
        happened=event.time,
        recorded=event.recordedtime,
    )


def _notified(item: Item, event: Event, risk: Risk) -> StaffNotified:
    return StaffNotified(
        family_id=item.family_id,
        role=item.role,
        cause_id=event.id,
        level=_level(risk).or_higher(item.level),
        district=risk.district,
        respond_by=min(item.respond_by or risk.respond_by, risk.respond_by),
    )


def _is_news(item: Item, event: Event, risk: Risk) -> bool:
    """A report about five children is five causes, and told of once. Whether others came before it does not matter."""
    told = [cause.level for cause in item.causes if cause.correlation_id == event.correlationid]
    return item.acknowledged is not None or all(_level(risk).or_higher(level) != level for level in told)


def _is_first_to_see_all(item: Item, event: Event, seen: NotificationAcknowledged) -> bool:
    """A late report may fold before an acknowledgement whose author could not know of it."""
    if seen.causes_seen is None:  # of a time when they were not counted: what was learnt of later was not seen
        return item.acknowledged is None and all(cause.recorded <= event.recordedtime for cause in item.causes)
    return item.acknowledged is None and item.count <= seen.causes_seen


def _period(level: RiskLevel, periods: Periods) -> timedelta:
    hours = {
        RiskLevel.HIGH: periods.acknowledge_high_hours,
        RiskLevel.MEDIUM: periods.acknowledge_medium_hours,
        RiskLevel.LOW: periods.acknowledge_low_hours,
    }
    return timedelta(hours=hours[level])


def _level(risk: Risk) -> RiskLevel:
    return risk.risk_level if isinstance(risk, FamilyAtRisk) else risk.urgency


def _concerns(risk: Risk) -> tuple[Concern, ...]:
    return risk.concerns if isinstance(risk, FamilyAtRisk) else (risk.reason,)
