"""Wires intake."""

from functools import partial

from fastapi import FastAPI

from services.intake import api, domain, store
from services.intake.api.reception import Reception
from services.intake.handlers import HEARS
from shared.folds.rules import Fold
from shared.service import Service
from shared.settings import Periods, Settings


def fold() -> Fold[domain.FamilyRecord]:
    """The rules of intake, with the periods of the environment."""
    decide = partial(domain.decide, periods=Periods())
    return Fold(domain.STATE, domain.begin, domain.evolve, decide)


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    service = Service("intake", fold(), HEARS, store.INDEXES, Settings.load())
    reception = Reception(service, Periods())
    service.listener.listen("reports", reception.receive, forget=True)
    return service.app(api.router(service, reception), models=api.MODELS)
