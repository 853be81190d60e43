"""Wires intake."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI

from services.intake import api, domain, store
from services.intake.api.reception import Reception
from services.intake.domain.mistakes import WrongRules
from services.intake.domain.programme import Programme
from services.intake.domain.rulebook import Rulebook
from services.intake.domain.rulefile import read_rules
from services.intake.handlers import HEARS
from shared.folds.rules import Fold
from shared.service import Service
from shared.settings import Norms, Periods, Settings

log = structlog.get_logger(__name__)

RULES = Path(domain.__file__).with_name("triage.toml")


def programme(file: Path | None = None) -> Programme:
    """The programme of the environment, by these rules if given. Raises WrongRules for a file that cannot be used."""
    norms = Norms()
    rules = rules_of(file or norms.triage_file or RULES)
    return Programme(Periods(), rules, ZoneInfo(norms.timezone), timedelta(days=norms.hardship_days))


def rules_of(file: Path) -> Rulebook:
    """The rules of a file. Raises WrongRules, for one that cannot be read too."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WrongRules(f"{file}, the file of rules, cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WrongRules(f"{file}, line {error.object[: error.start].count(10) + 1}: save it as UTF-8") from error
    return read_rules(text, str(file))


def fold(of: Programme | None = None) -> Fold[domain.FamilyRecord]:
    """The rules of intake, for the programme of the environment unless another is given."""
    of = of or programme()
    evolve, decide = partial(domain.evolve, programme=of), partial(domain.decide, programme=of)
    return Fold(domain.STATE, domain.begin, evolve, decide, domain.conclude, shape=domain.SHAPE)


def create() -> FastAPI:
    """The application uvicorn serves; raises ValidationError for a wrong setting, WrongRules for a wrong rule."""
    try:
        of = programme()
    except WrongRules as error:  # said before the traceback: whoever reads the log changed the file a moment ago
        for mistake in str(error).splitlines():
            log.critical(mistake)
        raise
    service = Service("intake", fold(of), HEARS, store.INDEXES, Settings.load())
    reception = Reception(service, of)
    service.listener.listen("reports", reception.receive, forget=True)
    return service.app(api.router(service, reception), models=api.MODELS)
