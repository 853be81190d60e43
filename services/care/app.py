"""Wires care."""

from fastapi import FastAPI

from services.care import api, domain, store
from services.care.handlers import HEARS
from shared.folds.rules import Fold
from shared.service import Service
from shared.settings import Settings


def fold() -> Fold[domain.State]:
    """The rules of care."""
    return Fold(domain.STATE, domain.begin, domain.evolve, domain.decide, shape=domain.SHAPE)


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    service = Service("care", fold(), HEARS, store.INDEXES, Settings.load())
    return service.app(api.router(service), models=api.MODELS)
