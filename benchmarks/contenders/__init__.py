"""Who takes part, one module each: which processes it runs, how events reach them, how to tell that all is done."""

from benchmarks.contenders.ayllu import Ayllu
from benchmarks.contenders.by_hand import ByHand
from benchmarks.contenders.celery_tasks import CeleryTasks
from benchmarks.contenders.contender import Contender
from benchmarks.contenders.mongo_alone import MongoAlone
from benchmarks.contenders.one_by_one import OneByOne
from benchmarks.contenders.tutorial import Tutorial

EACH = (Ayllu(), Tutorial(), CeleryTasks(), ByHand(), MongoAlone(), OneByOne())
CONTENDERS: dict[str, Contender] = {each.name: each for each in EACH}

__all__ = ["CONTENDERS", "Contender"]
