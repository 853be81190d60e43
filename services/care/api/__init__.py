"""Care over HTTP: support plans of families, care assessments of children, and decisions by people."""

from typing import Any

from fastapi import APIRouter

from services.care import store
from services.care.api import acts, views
from shared.service import Service
from shared.web import reading
from shared.web.openapi import problems

MODELS = (acts.Agreement,)
"""Bodies we parse ourselves, for the OpenAPI document."""

__all__ = ["MODELS", "router"]


def router(service: Service[Any]) -> APIRouter:
    """The routes of care."""
    routes = APIRouter(tags=["care"], responses=problems(401, 404))
    for each in (views.router(service), acts.router(service), reading.router(store.about)):
        routes.include_router(each)
    return routes
