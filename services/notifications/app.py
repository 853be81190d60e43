"""Wires notifications."""

from functools import partial

from fastapi import FastAPI

from services.notifications import api, domain, store
from services.notifications.handlers import HEARS
from shared.folds.rules import Fold
from shared.service import Service
from shared.settings import Periods, Settings


def fold() -> Fold[domain.Item]:
    """The rules of notifications, with the periods of the environment."""
    evolve = partial(domain.evolve, periods=Periods())
    return Fold(domain.STATE, domain.begin, evolve, domain.decide, shape=domain.SHAPE)


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    service = Service("notifications", fold(), HEARS, store.INDEXES, Settings.load())
    return service.app(api.router(service), models=api.MODELS)
