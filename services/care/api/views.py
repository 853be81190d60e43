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
    routes.include_router(_plans(service))
    routes.include_router(_assessments(service))
    return routes


def _plans(service: Service[Any]) -> APIRouter:
    routes = APIRouter(prefix="/v1/families")

    @routes.get("/{family_id}")
    async def read_plan(family_id: str, staff: SignedIn) -> dict[str, Any]:
        """The support plan of a family."""
        return await reading.view(service.database, staff, f"family/{family_id}", "support plan", store.ASKED["plan"])

    @routes.get("")
    async def list_plans(
        staff: SignedIn,
        district: DistrictQuery = None,
        level: RiskLevel | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Support plans, by district and by the level of the whole family."""
        wanted = store.wanted("plan", district, riskLevel=level)
        return await reading.views(service.database, staff, wanted, cursor, limit)

    return routes


def _assessments(service: Service[Any]) -> APIRouter:
    routes = APIRouter(prefix="/v1/children")

    @routes.get("/{child_id}")
    async def read_assessment(child_id: str, staff: SignedIn) -> dict[str, Any]:
        """The care assessment of a child."""
        asked = store.ASKED["assessment"]
        return await reading.view(service.database, staff, f"child/{child_id}", "care assessment", asked)

    @routes.get("")
    async def list_assessments(
        staff: SignedIn,
        district: DistrictQuery = None,
        urgency: RiskLevel | None = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Care assessments, by district and by the urgency of the unanswered causes."""
        wanted = store.wanted("assessment", district, urgency=urgency)
        return await reading.views(service.database, staff, wanted, cursor, limit)

    return routes
