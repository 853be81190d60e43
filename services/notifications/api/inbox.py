"""The inbox of a role: items that wait for an answer, the most urgent first, and answered items."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.notifications import store
from services.notifications.domain import Item
from shared.events import Role
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn
from shared.web.reading import Cursor, DistrictQuery, Limit, Page

Answered = Annotated[bool, Query(description="true: what has been answered already, the longest ago first")]


def router(service: Service[Item]) -> APIRouter:
    """The routes that read the inbox."""
    routes = APIRouter()

    @routes.get("/v1/inbox")
    async def read_inbox(
        staff: SignedIn,
        role: Role | None = None,
        district: DistrictQuery = None,
        acknowledged: bool | None = None,
        answered: Answered = False,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """The items your role has to answer, the most urgent first. A supervisor sees all roles, or chooses one."""
        if staff.role != Role.SUPERVISOR:
            role = staff.role
        wanted = store.inbox(role, district, acknowledged, answered=answered)
        order = "state.answered.at" if answered else "state.respondBy"
        page = await reading.views(service.database, staff, wanted, cursor, limit, order=order)
        return page.model_copy(update={"items": [shown(each) for each in page.items]})

    return routes


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """An item with its own id and how many causes it has."""
    count = Item.model_validate(found).count
    return {"id": f"{found['familyId']}:{found['role']}", "causeCount": count, **found}
