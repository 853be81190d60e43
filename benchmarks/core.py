"""The core of facts that every contender keeps of what it hears, and the digest that shows that all did the same work.

Who is concerned is asked of the services' own handlers, and nothing else of their rules is repeated here: family,
district, risk level and children of each document, and which events are in it. A contender that keeps no more does
less than the services, which is to its advantage.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from benchmarks.events import fact_of
from services.care import handlers as care
from services.education import handlers as education
from services.notifications import handlers as notifications
from shared.events import Event, FamilyAtRisk
from shared.folds.history import CHANGES, document_of

Document = dict[str, Any]
Mongo = MongoClient[Document]

CONCERNS = {
    "education": education.family_at_risk,
    "care": care.family_at_risk,
    "notifications": notifications.family_at_risk,
}
SERVICES = tuple(CONCERNS)


class NotTheSame(Exception):
    """What is kept is not what was given: other work was done, and its figures mean nothing."""


@dataclass(frozen=True)
class Held:
    """What the three views hold: documents, events in documents, and a digest of both and of the core."""

    documents: int
    heard: int
    digest: str


def concerned(service: str, fact: FamilyAtRisk) -> list[str]:
    """The documents of a service that a fact concerns, each once."""
    return list(dict.fromkeys(CONCERNS[service](fact)))


def empty(document_id: str) -> Document:
    """A document that has heard nothing; the core has the names that the services' indexes know."""
    return {"_id": document_id, "state": {"rank": 0, "childIds": []}, "events": []}


def add(document: Document, event_id: str, fact: FamilyAtRisk) -> None:
    """Fold one event in."""
    state = document["state"]
    state |= {"familyId": fact.family_id, "district": fact.district}
    state["rank"] = max(state["rank"], fact.risk_level.rank)
    state["childIds"] = list(dict.fromkeys([*state["childIds"], *(each.child_id for each in fact.children)]))
    document["events"].append(event_id)


def upsert(event_id: str, fact: FamilyAtRisk) -> dict[str, Any]:
    """The same as the operators of an upsert."""
    return {
        "$set": {"state.familyId": fact.family_id, "state.district": fact.district},
        "$max": {"state.rank": fact.risk_level.rank},
        "$addToSet": {"state.childIds": {"$each": [each.child_id for each in fact.children]}, "events": event_id},
    }


def expected(events: Iterable[Event]) -> Held:
    """What the views must hold."""
    in_order = [(event.id, fact_of(event)) for event in sorted(events, key=lambda event: event.place)]
    told = ((service, of, *each) for each in in_order for service in SERVICES for of in concerned(service, each[1]))
    return _held(_folded(told))


def held(mongo: Mongo) -> Held:
    """What a contender's views hold."""
    return _held((service, each) for service in SERVICES for each in mongo[service].views.find())


def held_by_ours(mongo: Mongo) -> Held:
    """What the history of our services holds; that their views are its fold is for `unlike_history` to say."""
    return _held(_folded(each for service in SERVICES for each in _heard(mongo, service)))


def _heard(mongo: Mongo, service: str) -> Iterator[tuple[str, str, str, FamilyAtRisk]]:
    for row in mongo[service].history.find(CHANGES, {"heard": 1}):
        for event in map(Event.parse, row["heard"]):
            if isinstance(event.data, FamilyAtRisk):
                yield service, document_of(row["_id"]), event.id, event.data


def _folded(told: Iterable[tuple[str, str, str, FamilyAtRisk]]) -> Iterator[tuple[str, Document]]:
    """Documents with their service, of what each was told."""
    documents: dict[tuple[str, str], Document] = {}
    for service, document_id, event_id, fact in told:
        add(documents.setdefault((service, document_id), empty(document_id)), event_id, fact)
    return ((service, document) for (service, _), document in documents.items())


def _held(documents: Iterable[tuple[str, Document]]) -> Held:
    facts = sorted((service, each["_id"], *_core(each["state"]), sorted(each["events"])) for service, each in documents)
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
    return Held(len(facts), sum(len(heard) for *_, heard in facts), digest)


def _core(state: Document) -> tuple[Any, ...]:
    return state["familyId"], state["district"], state["rank"], sorted(state["childIds"])
