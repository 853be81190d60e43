"""What one message changes in the documents of a view, as the operators of one upsert each: for (b) and (c).

They do less than the services: no history, no order, nothing said, and no rule that needs the view as it was.
"""

from collections.abc import Sequence
from typing import Any

from benchmarks.fact import fact_of
from services.care.domain.catalogue import goals_for, services_for
from services.notifications.domain import Cause
from services.notifications.handlers import family_at_risk as items_of
from shared.events import Event, FamilyAtRisk, child, family
from shared.events.envelope import as_text

Upsert = tuple[str, dict[str, Any]]
SCHOOL_CONCERNS = {"school_absence", "school_dropout"}


def upserts(service: str, event: Event) -> list[Upsert]:
    """The upserts of one message in the view of one service: document id and update."""
    of = {"education": _education, "care": _care, "notifications": _notifications}
    return of[service](event, fact_of(event))


def _education(event: Event, fact: FamilyAtRisk) -> list[Upsert]:
    concerns = [each for each in fact.concerns if each in SCHOOL_CONCERNS]
    children = {each.child_id: each.model_dump(mode="json", exclude_none=True) for each in reversed(fact.children)}
    return [(child(child_id), _update(event, fact, told, concerns=concerns)) for child_id, told in children.items()]


def _care(event: Event, fact: FamilyAtRisk) -> list[Upsert]:
    update = _update(
        event,
        fact,
        {},
        concerns=fact.concerns,
        goals=goals_for(fact.concerns),
        services=services_for(fact.concerns),
        children=[each.child_id for each in fact.children],
    )
    return [(family(fact.family_id), update | _by_when(fact))]


def _notifications(event: Event, fact: FamilyAtRisk) -> list[Upsert]:
    cause = Cause(
        event_id=event.id,
        type="FamilyAtRisk",
        level=fact.risk_level,
        child_ids=tuple(each.child_id for each in fact.children),
        happened=event.time,
        recorded=event.recordedtime,
    ).model_dump(mode="json")
    return [
        (item, _update(event, fact, {"role": item.rpartition("/")[2]}, concerns=fact.concerns, causes=[cause]) | hurry)
        for hurry in [_by_when(fact)]
        for item in items_of(fact)
    ]


def _update(event: Event, fact: FamilyAtRisk, told: dict[str, Any], **lists: Sequence[Any]) -> dict[str, Any]:
    known = {"familyId": fact.family_id, "district": fact.district, **told}
    added = {f"state.{name}": {"$each": list(values)} for name, values in lists.items()}
    return {
        "$set": {f"state.{name}": value for name, value in known.items()},
        "$addToSet": {**added, "events": event.id},
    }


def _by_when(fact: FamilyAtRisk) -> dict[str, Any]:
    return {"$min": {"state.respondBy": as_text(fact.respond_by)}, "$max": {"state.rank": fact.risk_level.rank}}
