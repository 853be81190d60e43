"""The program of (d): for ever 500 entries, one find, a fold in dicts, one bulk write, one XACK."""

import json
import os
import sys
from typing import Any

from pymongo import MongoClient
from redis import Redis

from benchmarks.programs.dicts import Document, Documents, concerned, fold, writes

BATCH = 500


def loop(service: str) -> None:
    """Take events into the view of a service, for ever."""
    redis: Any = Redis.from_url(os.environ["AYLLU_REDIS_URL"])
    views = MongoClient[Document](os.environ["AYLLU_MONGO_URL"], retryWrites=False)[service]["views"]
    while True:
        for _, entries in redis.xreadgroup(service, "1", {"intake": ">"}, count=BATCH, block=1000) or ():
            events = [json.loads(fields[b"event"]) for _, fields in entries]
            take(service, views, events)
            redis.xack("intake", service, *(entry_id for entry_id, _ in entries))


def take(service: str, views: Any, events: list[Document]) -> None:
    """Fold a batch into the view."""
    ids = {document for event in events for document in concerned(service, event)}
    known: Documents = {each["_id"]: each for each in views.find({"_id": {"$in": list(ids)}})}
    if changes := writes(known, fold(service, known, events)):
        views.bulk_write(changes, ordered=False)


if __name__ == "__main__":
    loop(sys.argv[1])
