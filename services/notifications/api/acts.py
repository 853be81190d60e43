"""What staff do with an item: acknowledge it, and answer it with what they did."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from services.notifications.api.inbox import shown
from services.notifications.domain import Item, Risk, is_for, item_id
from shared.events import Fact, Frozen, Id, NotificationAcknowledged, Response, ResponseRecorded, Role, Utc, now
from shared.folds.folding import View, act
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn, Staff
from shared.web.bodies import documented
from shared.web.bodies import told as body
from shared.web.openapi import problems
from shared.web.problems import Problem

SEEN = "`causeCount` of the item as you saw it, so that a cause that came since stays unseen"
Causes = Annotated[int | None, Query(ge=1, description=SEEN)]
MOST_CAUSES = 1000
"""Of the latest causes. An answer covers an item with more of them too, by their number."""


class Told(Frozen):
    """What somebody did, and when; `causeIds` if it answers only some of the causes."""

    what: Response
    at: Utc | None = None
    cause_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_CAUSES)] | None = None
    causes: Annotated[int | None, Field(ge=1, description=SEEN)] = None


def router(service: Service[Item]) -> APIRouter:
    """The routes of these actions."""
    routes = APIRouter(prefix="/v1/notifications", responses=problems(400, 403, 404))

    @routes.post("/{notification_id}/acknowledge")
    async def acknowledge(notification_id: str, staff: SignedIn, causes: Causes = None) -> dict[str, Any]:
        """Acknowledge an item: you have seen it and act on it. The first to do so is on record."""
        view = await _opened(service, notification_id, staff)
        return await _done(service, view, looked(view.state, staff.id, causes))

    @routes.post("/{notification_id}/answer", openapi_extra=documented(Told))
    async def answer(notification_id: str, told: Annotated[Told, body(Told)], staff: SignedIn) -> dict[str, Any]:
        """Record what you did about an item: this answers its causes and ends their deadlines."""
        view = await _opened(service, notification_id, staff)
        changes = await service.documents.history.of([view.id])
        heard = [(event.id, event.data) for change in changes[view.id] for event in change.heard]
        known = [cause for cause, fact in heard if isinstance(fact, Risk) and is_for(view.state.role, fact)]
        if set(told.cause_ids or ()).difference(known):
            raise Problem(
                422, "Some of `causeIds` are not causes of this item. Leave out `causeIds` to answer all of it."
            )
        return await _done(service, view, answered(view.state, staff.id, told, known[-MOST_CAUSES:], now()))

    return routes


def looked(item: Item, by: str, causes: int | None = None) -> NotificationAcknowledged:
    """The acknowledgement of an item, with the number of causes it had when they looked."""
    seen = min(causes or item.count, item.count)
    return NotificationAcknowledged(
        family_id=item.family_id,
        role=item.role,
        acknowledged_by=by,
        cause_id=item.causes[-1].event_id,
        causes_seen=seen,
        shown_ids=tuple(each.event_id for each in item.causes) if seen == item.count else None,
    )


def answered(item: Item, by: str, told: Told, known: list[str], moment: datetime) -> ResponseRecorded:
    """The answer to all causes of an item, or to those it names."""
    return ResponseRecorded(
        family_id=item.family_id,
        child_ids=item.child_ids[:500],
        role=item.role,
        by=by,
        what=told.what,
        at=min(told.at or moment, moment),
        cause_ids=told.cause_ids or tuple(known),
        causes_seen=None if told.cause_ids else min(told.causes or item.count, item.count),
    )


async def _opened(service: Service[Item], notification_id: str, staff: Staff) -> View[Item]:
    """The item, if this person may act on it. Raises Problem 403, 404."""
    family_id, _, role = notification_id.rpartition(":")
    if role not in list(Role):
        raise reading.not_found("notification")
    document = item_id(family_id, Role(role))
    await reading.view(service.database, staff, document, "notification")
    view = (await service.documents.kept([document]))[document]
    if not view.state.causes:  # others did something already; nobody was notified
        raise reading.not_found("notification")
    if staff.role not in (view.state.role, Role.SUPERVISOR):
        who = view.state.role
        raise Problem(403, f"This item is for: {who.en} ({who.es}). Only they, or a supervisor, act on it.")
    return view


async def _done(service: Service[Item], view: View[Item], fact: Fact) -> dict[str, Any]:
    """The item after somebody acted on it."""
    await service.fold([(act(view, "/notifications", view.id, fact, now()), [view.id])])
    after = (await service.documents.kept([view.id]))[view.id]
    told = after.state.model_dump(mode="json", exclude_none=True)
    return shown({**told, "version": after.version})
