"""Wires education."""

from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from services.education import api, domain, store
from services.education.handlers import HEARS
from shared.folds.rules import Fold
from shared.service import Service
from shared.settings import Norms, Settings


def fold() -> Fold[domain.ChildView]:
    """The rules of education, with the norms of the environment."""
    norms = Norms()
    month, day = map(int, norms.school_age_day.split("-"))
    school = domain.SchoolYear(month, day, ZoneInfo(norms.timezone))
    evolve, decide = partial(domain.evolve, school=school), partial(domain.decide, school=school)
    return Fold(domain.STATE, domain.begin, evolve, decide, shape=domain.SHAPE)


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting."""
    service = Service("education", fold(), HEARS, store.INDEXES, Settings.load())
    return service.app(api.router(service))
