"""Education over HTTP: children and what to check about their schooling."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from services.education import store
from shared.events import SchoolLevel
from shared.service import Service
from shared.web import reading
from shared.web.access import SignedIn
from shared.web.openapi import problems
from shared.web.reading import Cursor, DistrictQuery, Limit, Page


def router(service: Service[Any]) -> APIRouter:
    """The routes of education."""
    routes = APIRouter(tags=["education"], responses=problems(401, 404))
    for each in (_one(service), _lists(service), reading.router(store.about)):
        routes.include_router(each)
    return routes


def _one(service: Service[Any]) -> APIRouter:
    routes = APIRouter()
    database = service.database

    @routes.get("/v1/children/{child_id}")
    async def read_child(child_id: str, staff: SignedIn) -> dict[str, Any]:
        """What to check about a child's schooling."""
        return await reading.view(database, staff, f"child/{child_id}", "child")

    @routes.get("/v1/families/{family_id}")
    async def read_family(family_id: str, staff: SignedIn) -> dict[str, Any]:
        """The children of a family that education knows."""
        page = await reading.views(database, staff, store.about(f"family/{family_id}"), limit=500)
        if not page.items:
            raise reading.not_found("family")
        return {"familyId": family_id, "children": page.items}

    return routes


def _lists(service: Service[Any]) -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/children")
    async def list_children(
        staff: SignedIn,
        district: DistrictQuery = None,
        level: SchoolLevel | None = None,
        priority: Annotated[int | None, Query(ge=1, le=4, description="1 is first")] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Page:
        """Children with something to check, by district, school level and priority; the most urgent first."""
        wanted = store.wanted(district=district, level=level, priority=priority)
        return await reading.views(service.database, staff, wanted, cursor, limit, order="state.priority")

    return routes
