"""Wires notifications."""

from functools import partial

from fastapi import FastAPI

from services.notifications import api, domain, store
from services.notifications.handlers import HEARS
from shared.rules import Fold
from shared.service import Service
from shared.settings import Periods, Settings


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    evolve = partial(domain.evolve, periods=Periods())
    fold = Fold(domain.STATE, domain.begin, evolve, domain.decide)
    service = Service("notifications", fold, HEARS, store.INDEXES, Settings.load())
    return service.app(api.router(service))
