"""What care answers over HTTP: support plans of families, placement requests for children."""

from typing import Any

from fastapi import APIRouter

from services.care import store
from shared.events import RiskLevel
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn
from shared.web.openapi import problems
from shared.web.reading import Cursor, DistrictQuery, Limit, Page


def router(service: Service[Any]) -> APIRouter:
    """The routes of care."""
    routes = APIRouter(tags=["care"], responses=problems(401, 404))
    database = service.database

    @routes.get("/v1/families/{family_id}")
    async def read_plan(family_id: str, staff: SignedIn) -> dict[str, Any]:
        """The support plan of a family."""
        return await reading.view(database, staff, f"family/{family_id}", "support plan")

    @routes.get("/v1/children/{child_id}")
    async def read_placement(child_id: str, staff: SignedIn) -> dict[str, Any]:
        """The placement request for a child."""
        return await reading.view(database, staff, f"child/{child_id}", "placement request")

    @routes.get("/v1/families")
    async def list_plans(
        staff: SignedIn,
        district: DistrictQuery = None,
        level: RiskLevel | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Support plans, by district and risk level."""
        wanted = store.wanted("plan", district, riskLevel=level)
        return await reading.views(database, staff, wanted, cursor, limit)

    @routes.get("/v1/children")
    async def list_placements(
        staff: SignedIn,
        district: DistrictQuery = None,
        urgency: RiskLevel | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Placement requests, by district and urgency."""
        wanted = store.wanted("placement", district, urgency=urgency)
        return await reading.views(database, staff, wanted, cursor, limit)

    routes.include_router(reading.router(store.about))
    return routes
