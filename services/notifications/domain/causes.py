"""Causes of an item: which facts are causes, what they add, what is left once seen or answered."""

from datetime import timedelta
from typing import Protocol

from services.notifications.domain.item import RECENT_CAUSES, Acknowledged, Answered, Cause, Earlier, Item
from shared.events import (
    ChildNeedsCare,
    Concern,
    Due,
    Event,
    FamilyAtRisk,
    NotificationAcknowledged,
    ResponseRecorded,
    RiskLevel,
    RiskReassessed,
    Role,
    Utc,
    acknowledge_by,
    in_district,
    level_of,
    respond_by,
    with_due,
    without,
)

Risk = FamilyAtRisk | ChildNeedsCare | RiskReassessed


class Periods(Protocol):
    """The acknowledgement periods notifications needs, in hours."""

    @property
    def acknowledge_high_hours(self) -> float: ...
    @property
    def acknowledge_medium_hours(self) -> float: ...
    @property
    def acknowledge_low_hours(self) -> float: ...


def is_for(role: Role, risk: Risk) -> bool:
    """Whether a role has to answer it. Of a child that needs care a social worker only hears that nobody goes there."""
    return not (role == Role.SOCIAL_WORKER and isinstance(risk, ChildNeedsCare))


def cause_of(item: Item, event: Event, risk: Risk) -> Cause | None:
    """The cause in a fact. A new family level is a cause if it rose, and no cause of that report was as high."""
    told = _told(risk)
    if told is None or not is_for(item.role, risk):
        return None
    level, by, children = told
    if isinstance(risk, RiskReassessed):
        same = [cause.level for cause in item.causes if cause.correlation_id == event.correlationid]
        if level.rank <= _rank(risk.previous_level) or any(level.rank <= each.rank for each in same):
            return None
    return Cause.model_validate(
        {
            "event_id": event.id,
            "correlation_id": event.correlationid,
            "type": event.type,
            "level": level,
            "respond_by": by,
            "child_ids": children,
            "happened": event.time,
            "recorded": event.recordedtime,
        }
    )


def caused(item: Item, event: Event, risk: Risk, cause: Cause, periods: Periods) -> Item:
    """The item with one more cause: it is open again."""
    due = Due(
        cause_id=cause.event_id,
        level=cause.level,
        respond_by=cause.respond_by or event.recordedtime,
        acknowledge_by=event.recordedtime + _period(cause.level, periods),
    )
    elsewhere = [each.district for each in risk.children if each.district] if isinstance(risk, FamilyAtRisk) else []
    belongs = kept_in(in_district(item, risk.district, *elsewhere), risk.district, *elsewhere)
    opened = belongs.but(
        child_ids=tuple(dict.fromkeys((*item.child_ids, *cause.child_ids))),
        causes=(*item.causes, cause)[-RECENT_CAUSES:],
        earlier=_earlier(item),
        concerns=tuple(dict.fromkeys((*item.concerns, *_concerns(risk)))),
        acknowledged=None,
        answered=None,
    )
    return _waiting(opened, with_due(item.due, due))


def seen_all(item: Item, seen: NotificationAcknowledged, event: Event) -> bool:
    """Whether somebody saw every cause: a late report may fold before they looked, though they could not know it."""
    if seen.causes_seen is None:  # of a time when they were not counted: what was learnt of later was not seen
        return all(cause.recorded <= event.recordedtime for cause in item.causes)
    return item.count <= seen.causes_seen


def acknowledged(item: Item, by: str, at: Utc) -> Item:
    """Somebody has seen all causes; they still wait for an answer."""
    seen = tuple(each.but(acknowledge_by=None) for each in item.due)
    return _waiting(item.but(acknowledged=Acknowledged(by=by, at=at)), seen)


def partly_seen(item: Item, shown: tuple[str, ...]) -> Item:
    """Somebody looked before some of the causes came: the time to acknowledge counts from these."""
    seen = (each.but(acknowledge_by=None) if each.cause_id in shown else each for each in item.due)
    return _waiting(item, tuple(seen))


def answered(item: Item, fact: ResponseRecorded, event: Event) -> Item:
    """Somebody answered some or all causes: their levels and deadlines end."""
    if item.count <= (fact.causes_seen or 0):
        seen = item if item.acknowledged else acknowledged(item, fact.by, event.recordedtime)
        left = _waiting(seen, ())
    else:
        left = _waiting(item, without(item.due, fact.cause_ids))
    if left.due:
        return left
    stay = tuple(each for each in left.districts if each not in left.leaving)
    return left.but(answered=Answered(by=fact.by, what=fact.what, at=fact.at), districts=stay, leaving=())


def kept_in(item: Item, *districts: str) -> Item:
    """The item, once its case belongs to these districts, again perhaps: an answer does not take it from them."""
    return item.but(leaving=tuple(each for each in item.leaving if each not in districts))


def _told(risk: Risk) -> tuple[RiskLevel, Utc, tuple[str, ...]] | None:
    match risk:
        case FamilyAtRisk():
            return risk.risk_level, risk.respond_by, tuple(each.child_id for each in risk.children)
        case ChildNeedsCare():
            return risk.urgency, risk.respond_by, (risk.child_id,)
        case RiskReassessed():
            return (risk.level, risk.respond_by, ()) if risk.level and risk.respond_by else None


def _waiting(item: Item, due: tuple[Due, ...]) -> Item:
    return item.but(due=due, level=level_of(due), respond_by=respond_by(due), acknowledge_by=acknowledge_by(due))


def _earlier(item: Item) -> Earlier | None:
    """With one more cause, the first of those shown is dropped."""
    if len(item.causes) < RECENT_CAUSES:
        return item.earlier
    return Earlier(count=item.count - RECENT_CAUSES + 1)


def _concerns(risk: Risk) -> tuple[Concern, ...]:
    match risk:
        case FamilyAtRisk():
            return risk.concerns
        case ChildNeedsCare():
            return (risk.reason, *risk.concerns)
        case RiskReassessed():
            return ()


def _rank(level: RiskLevel | None) -> int:
    return level.rank if level else -1


def _period(level: RiskLevel, periods: Periods) -> timedelta:
    hours = {
        RiskLevel.HIGH: periods.acknowledge_high_hours,
        RiskLevel.MEDIUM: periods.acknowledge_medium_hours,
        RiskLevel.LOW: periods.acknowledge_low_hours,
    }
    return timedelta(hours=hours[level])
