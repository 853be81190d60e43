"""What notifications answers over HTTP: the inbox of a role, and: I have seen it, I act."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter

from services.notifications import store
from services.notifications.handlers import item, notification_acknowledged
from shared import reading
from shared.access import SignedIn, Staff
from shared.events import Event, NotificationAcknowledged, Role, now
from shared.openapi import problems
from shared.problems import Problem
from shared.reading import Cursor, Limit, Page
from shared.service import Service


def router(service: Service[Any]) -> APIRouter:
    """The routes of notifications."""
    routes = APIRouter(tags=["inbox"], responses=problems(401))
    database = service.database

    @routes.get("/v1/inbox")
    async def read_inbox(
        staff: SignedIn,
        role: Role | None = None,
        district: str | None = None,
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
    async def acknowledge(notification_id: str, staff: SignedIn) -> dict[str, Any]:
        """Say that you have seen an item and act on it; the first to say so is on record."""
        document = _document(notification_id)
        found = await reading.view(database, staff, document, "notification")
        if not found["causes"]:  # others did something already; nobody was notified
            raise reading.not_found("notification")
        seen = _seen(found, staff)
        event = _event(document, seen)
        await service.fold([(event, notification_acknowledged(seen))])
        return _named(await reading.view(database, staff, document, "notification"))

    routes.include_router(reading.router(store.about))
    return routes


def _document(notification_id: str) -> str:
    family_id, _, role = notification_id.rpartition(":")
    if role not in list(Role):
        raise reading.not_found("notification")
    return item(family_id, Role(role))


def _named(found: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"{found['familyId']}:{found['role']}", **found}


def _seen(found: dict[str, Any], staff: Staff) -> NotificationAcknowledged:
    role = Role(found["role"])
    if staff.role not in (role, Role.SUPERVISOR):
        raise Problem(403, f"This item is for: {role.en} ({role.es}). Only they, or a supervisor, acknowledge it.")
    cause = found["causes"][-1]["eventId"]
    return NotificationAcknowledged(family_id=found["familyId"], role=role, acknowledged_by=staff.id, cause_id=cause)


def _event(document: str, seen: NotificationAcknowledged) -> Event:
    moment, event_id = now(), str(uuid4())
    return Event(
        id=event_id,
        source="/notifications",
        type="NotificationAcknowledged",
        subject=document,
        time=moment,
        recordedtime=moment,
        correlationid=event_id,
        causationid=seen.cause_id,
        data=seen,
    )
