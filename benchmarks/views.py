"""The three views: what each must hold after the events, by the services' own rules, and what a contender's hold.

Compared is what every contender keeps: the facts that do not depend on the order of arrival, and which events are in.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import IndexModel, MongoClient

from benchmarks.fact import fact_of
from services.care import app as care
from services.care import handlers as care_handlers
from services.care import store as care_store
from services.education import app as education
from services.education import handlers as education_handlers
from services.education import store as education_store
from services.notifications import app as notifications
from services.notifications import handlers as notifications_handlers
from services.notifications import store as notifications_store
from shared.events import Event, FamilyAtRisk, RiskLevel
from shared.folds.history import CHANGES
from shared.folds.rules import Fold

Document = dict[str, Any]
Mongo = MongoClient[Document]


@dataclass(frozen=True)
class Rules:
    """What a service does about a family at risk, and what of its view is compared."""

    fold: Fold[Any]
    concerns: Callable[[FamilyAtRisk], Sequence[str]]
    indexes: Sequence[IndexModel]
    compared: tuple[str, ...]


RULES = {
    "education": Rules(
        education.fold(),
        education_handlers.family_at_risk,
        education_store.INDEXES,
        ("familyId", "district", "sex", "inSchool", "working", "concerns"),
    ),
    "care": Rules(
        care.fold(),
        care_handlers.family_at_risk,
        care_store.INDEXES,
        ("familyId", "district", "level", "respondBy", "concerns", "goals", "services", "children"),
    ),
    "notifications": Rules(
        notifications.fold(),
        notifications_handlers.family_at_risk,
        notifications_store.INDEXES,
        ("familyId", "role", "district", "level", "respondBy", "concerns", "causes"),
    ),
}
SERVICES = tuple(RULES)


@dataclass(frozen=True)
class Held:
    """What the three views hold: documents, events in documents, and a digest of both and of the facts."""

    documents: int
    heard: int
    digest: str


def documents_of(service: str, event: Event) -> list[str]:
    """The documents an event concerns, each once."""
    return list(dict.fromkeys(RULES[service].concerns(fact_of(event))))


def expected(events: Iterable[Event]) -> Held:
    """What the views must hold, by the services' rules."""
    in_order = sorted(events, key=lambda event: event.place)
    return _held(facts for service in SERVICES for facts in _folded(service, in_order))


def found(mongo: Mongo) -> Held:
    """What a contender's views hold; ours keep the events in `history`, the others in the document."""
    return _held(_facts(service, *each) for service in SERVICES for each in _stored(mongo, service))


def _folded(service: str, events: Sequence[Event]) -> Iterable[Document]:
    rules = RULES[service]
    states: dict[str, Any] = {}
    heard: dict[str, list[str]] = {}
    for event in events:
        for document in documents_of(service, event):
            states[document] = rules.fold.evolve(states.get(document) or rules.fold.begin(document), event)
            heard.setdefault(document, []).append(event.id)
    for document, state in states.items():
        told = rules.fold.state.dump_python(state, mode="json", exclude_none=True)
        yield _facts(service, document, told, heard[document])


def _stored(mongo: Mongo, service: str) -> Iterable[tuple[str, Document, list[str]]]:
    heard: dict[str, list[str]] = {}
    for row in mongo[service].history.find(CHANGES, {"heard": 1}):
        told = [event["id"] for event in map(json.loads, row["heard"]) if event["type"] == "FamilyAtRisk"]
        heard.setdefault(row["_id"].rpartition(" ")[0], []).extend(told)
    for view in mongo[service].views.find():
        events = view.get("events") or heard.get(view["_id"])
        if events:  # progress alone makes an item that nobody is shown
            yield view["_id"], view["state"], events


def _facts(service: str, document: str, state: Document, heard: Sequence[str]) -> Document:
    told = {name: _unordered(state.get(name)) for name in RULES[service].compared}
    if "level" in told:
        told["level"] = state["rank"] if "rank" in state else RiskLevel(state["level"]).rank
    return {"document": f"{service} {document}", "heard": sorted(heard), **told}


def _unordered(value: Any) -> Any:
    return sorted(value, key=lambda each: json.dumps(each, sort_keys=True)) if isinstance(value, list) else value


def _held(views: Iterable[Document]) -> Held:
    facts = sorted(views, key=lambda each: str(each["document"]))
    text = json.dumps(facts, sort_keys=True)
    return Held(len(facts), sum(len(each["heard"]) for each in facts), hashlib.sha256(text.encode()).hexdigest()[:16])
