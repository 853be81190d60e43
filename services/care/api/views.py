"""Support plans and care assessments, one by one and as lists."""

from typing import Any

from fastapi import APIRouter

from services.care import store
from shared.events import RiskLevel
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn
from shared.web.reading import Cursor, DistrictQuery, Limit, Page


def router(service: Service[Any]) -> APIRouter:
    """The routes that read."""
    routes = APIRouter()
    database = service.database

    @routes.get("/v1/families/{family_id}")
    async def read_plan(family_id: str, staff: SignedIn) -> dict[str, Any]:
        """The support plan of a family."""
        return await reading.view(database, staff, f"family/{family_id}", "support plan", store.ASKED["plan"])

    @routes.get("/v1/children/{child_id}")
    async def read_assessment(child_id: str, staff: SignedIn) -> dict[str, Any]:
        """The care assessment of a child."""
        return await reading.view(database, staff, f"child/{child_id}", "care assessment", store.ASKED["assessment"])

    @routes.get("/v1/families")
    async def list_plans(
        staff: SignedIn,
        district: DistrictQuery = None,
        level: RiskLevel | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Support plans, by district and by the level of the whole family."""
        wanted = store.wanted("plan", district, riskLevel=level)
        return await reading.views(database, staff, wanted, cursor, limit)

    @routes.get("/v1/children")
    async def list_assessments(
        staff: SignedIn,
        district: DistrictQuery = None,
        urgency: RiskLevel | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Care assessments, by district and by the urgency of the unanswered causes."""
        wanted = store.wanted("assessment", district, urgency=urgency)
        return await reading.views(database, staff, wanted, cursor, limit)

    return routes
