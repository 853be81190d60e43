"""The program of (d): for ever 500 entries, one find, a fold in dicts, one bulk write, one XACK."""

import json
import os
import sys
from typing import Any

from pymongo import InsertOne, MongoClient, ReplaceOne
from redis import Redis

from benchmarks.core import Document, add, concerned, empty
from shared.events import FamilyAtRisk

BATCH = 500


def loop(service: str) -> None:
    """Take events into the view of a service, for ever."""
    redis: Any = Redis.from_url(os.environ["AYLLU_REDIS_URL"])
    views = MongoClient[Document](os.environ["AYLLU_MONGO_URL"], retryWrites=False)[service]["views"]
    while True:
        for _, entries in redis.xreadgroup(service, "1", {"intake": ">"}, count=BATCH, block=1000) or ():
            take(service, views, [json.loads(fields[b"event"]) for _, fields in entries])
            redis.xack("intake", service, *(entry_id for entry_id, _ in entries))


def take(service: str, views: Any, events: list[Document]) -> None:
    """Fold a batch into the view."""
    told = [(event["id"], FamilyAtRisk.model_validate(event["data"])) for event in events]
    heard = [(document_id, *each) for each in told for document_id in concerned(service, each[1])]
    ids = list({document_id for document_id, *_ in heard})
    known: dict[str, Document] = {each["_id"]: each for each in views.find({"_id": {"$in": ids}})}
    changed: dict[str, Document] = {}
    for document_id, event_id, fact in heard:
        document = changed.get(document_id) or known.get(document_id) or empty(document_id)
        if event_id not in document["events"]:
            add(document, event_id, fact)
            changed[document_id] = document
    writes = [ReplaceOne({"_id": at}, each) if at in known else InsertOne(each) for at, each in changed.items()]
    if writes:
        views.bulk_write(writes, ordered=False)


if __name__ == "__main__":
    loop(sys.argv[1])
