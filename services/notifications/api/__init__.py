"""Notifications over HTTP: the inbox of a role, acknowledging an item, answering it."""

from typing import Any

from fastapi import APIRouter

from services.notifications import store
from services.notifications.api import acts, inbox
from services.notifications.api.acts import answered, looked
from shared.service import Service
from shared.web import reading
from shared.web.openapi import problems

MODELS = (acts.Told,)
"""Bodies we parse ourselves, for the OpenAPI document."""

__all__ = ["MODELS", "answered", "looked", "router"]


def router(service: Service[Any]) -> APIRouter:
    """The routes of notifications."""
    routes = APIRouter(tags=["inbox"], responses=problems(401))
    for each in (inbox.router(service), acts.router(service), reading.router(store.about)):
        routes.include_router(each)
    return routes
