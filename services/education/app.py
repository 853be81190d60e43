"""Wires education."""

from fastapi import FastAPI

from services.education import api, domain, store
from services.education.handlers import HEARS
from shared.folds.rules import Fold
from shared.service import Service
from shared.settings import Settings


def fold() -> Fold[domain.ChildView]:
    """The rules of education."""
    return Fold(domain.STATE, domain.begin, domain.evolve, domain.decide)


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    service = Service("education", fold(), HEARS, store.INDEXES, Settings.load())
    return service.app(api.router(service))
