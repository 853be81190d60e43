"""The program of (c): Celery's worker, and the task it runs for each event and service."""

import os
from typing import Any

from celery import Celery
from pymongo import MongoClient

from benchmarks.core import concerned, upsert
from benchmarks.events import fact_of
from shared.events import Event

app = Celery("benchmark", broker=os.environ.get("AYLLU_REDIS_URL"))
app.conf.update(task_ignore_result=True, worker_hijack_root_logger=False)
_views: dict[str, Any] = {}


def hear(service: str, text: str) -> None:
    """One event into the view of one service."""
    if service not in _views:  # made here, after the worker has forked: a client cannot be shared with its parent
        _views[service] = MongoClient[dict[str, Any]](os.environ["AYLLU_MONGO_URL"])[service]["views"]
    event = Event.model_validate_json(text)
    for document_id in concerned(service, fact_of(event)):
        _views[service].update_one({"_id": document_id}, upsert(event.id, fact_of(event)), upsert=True)


task = app.task(name="hear")(hear)
