"""The program of (c): Celery's worker, and the task it runs for each event and service."""

import os
from typing import Any

from celery import Celery
from pymongo import MongoClient

from benchmarks.programs.upserts import upserts
from shared.events import Event

app = Celery("benchmark", broker=os.environ.get("AYLLU_REDIS_URL"))
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
_views: dict[str, Any] = {}


def hear(service: str, event: str) -> None:
    """One event into the view of one service."""
    if service not in _views:  # made here, after the worker has forked: a client cannot be shared with its parent
        _views[service] = MongoClient[dict[str, Any]](os.environ["AYLLU_MONGO_URL"])[service]["views"]
    for document, update in upserts(service, Event.model_validate_json(event)):
        _views[service].update_one({"_id": document}, update, upsert=True)


task = app.task(name="hear")(hear)
