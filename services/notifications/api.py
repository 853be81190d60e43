"""What notifications answers over HTTP: the inbox of a role, and: I have seen it, I act."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query

from services.notifications import store
from services.notifications.domain import Item, item_id
from shared.events import Event, NotificationAcknowledged, Role, now
from shared.folds.folding import View
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn, Staff
from shared.web.openapi import problems
from shared.web.problems import Problem
from shared.web.reading import Cursor, DistrictQuery, Limit, Page

SEEN = "`causeCount` of the item as you saw it, so that a cause that came since stays unseen"
Causes = Annotated[int | None, Query(ge=1, description=SEEN)]


def router(service: Service[Item]) -> APIRouter:
    """The routes of notifications."""
    routes = APIRouter(tags=["inbox"], responses=problems(401))
    database = service.database

    @routes.get("/v1/inbox")
    async def read_inbox(
        staff: SignedIn,
        role: Role | None = None,
        district: DistrictQuery = None,
        acknowledged: bool | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """The items of your role, the most pressing first; a supervisor sees, or chooses among, all roles."""
        if staff.role != Role.SUPERVISOR:
            role = staff.role
        wanted = store.inbox(role, district, acknowledged)
        page = await reading.views(database, staff, wanted, cursor, limit, order="state.respondBy")
        return page.model_copy(update={"items": [_named(each) for each in page.items]})

    @routes.post("/v1/notifications/{notification_id}/acknowledge", responses=problems(403, 404))
    async def acknowledge(notification_id: str, staff: SignedIn, causes: Causes = None) -> dict[str, Any]:
        """Say that you have seen an item and act on it; the first to say so is on record."""
        document = _document(notification_id)
        await reading.view(database, staff, document, "notification")
        view = (await service.documents.kept([document]))[document]
        if not view.state.causes:  # others did something already; nobody was notified
            raise reading.not_found("notification")
        _may_acknowledge(staff, view.state.role)
        await service.fold([(looked(view, staff.id, now(), causes), [document])])
        return _named(await reading.view(database, staff, document, "notification"))

    routes.include_router(reading.router(store.about))
    return routes


def looked(view: View[Item], by: str, moment: datetime, causes: int | None = None) -> Event:
    """Somebody has seen an item that has causes, or had so many of them when they looked.

    It happens after all that was seen, whatever the clocks say: what folds before it and is more was not seen.
    """
    item, after = view.state, datetime.fromisoformat(view.last[0]) + timedelta(microseconds=1)
    seen, latest, event_id = min(causes or item.count, item.count), item.causes[-1], str(uuid4())
    return Event(
        id=event_id,
        source="/notifications",
        type="NotificationAcknowledged",
        subject=item_id(item.family_id, item.role),
        time=max(moment, after),
        recordedtime=moment,
        correlationid=event_id,
        causationid=latest.event_id,
        data=NotificationAcknowledged(
            family_id=item.family_id,
            role=item.role,
            acknowledged_by=by,
            cause_id=latest.event_id,
            causes_seen=seen,
            shown_ids=tuple(each.event_id for each in item.causes) if seen == item.count else None,
        ),
    )


def _document(notification_id: str) -> str:
    family_id, _, role = notification_id.rpartition(":")
    if role not in list(Role):
        raise reading.not_found("notification")
    return item_id(family_id, Role(role))


def _named(found: dict[str, Any]) -> dict[str, Any]:
    count = Item.model_validate(found).count
    return {"id": f"{found['familyId']}:{found['role']}", "causeCount": count, **found}


def _may_acknowledge(staff: Staff, role: Role) -> None:
    if staff.role not in (role, Role.SUPERVISOR):
        raise Problem(403, f"This item is for: {role.en} ({role.es}). Only they, or a supervisor, acknowledge it.")
