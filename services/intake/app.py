"""Wires intake."""

from functools import partial

from fastapi import FastAPI

from services.intake import api, domain, store
from services.intake.handlers import HEARS
from services.intake.reception import Reception
from shared.rules import Fold
from shared.service import Service
from shared.settings import Periods, Settings


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    periods = Periods()
    fold = Fold(domain.STATE, domain.begin, domain.evolve, partial(domain.decide, periods=periods))
    service = Service("intake", fold, HEARS, store.INDEXES, Settings.load())
    reception = Reception(service, periods)
    service.listen("reports", reception.receive, forget=True)
    return service.app(api.router(service, reception))
