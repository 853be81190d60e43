"""The three views folded in plain dicts, from plain JSON: the rules of (d) and (e), nothing validated."""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import InsertOne, ReplaceOne

from services.care.domain.catalogue import goals_for, services_for
from shared.events import Concern

Document = dict[str, Any]
Documents = dict[str, Document]
Write = InsertOne[Document] | ReplaceOne[Document]
RANKS = {"low": 0, "medium": 1, "high": 2}
SCHOOL_CONCERNS = {"school_absence", "school_dropout"}
TOLD = ("birthMonth", "sex", "inSchool", "working")


def concerned(service: str, event: Document) -> list[str]:
    """The ids of the documents an event concerns."""
    data = event["data"]
    if service == "education":
        return [f"child/{each['childId']}" for each in data["children"]]
    if service == "care":
        return [f"family/{data['familyId']}"]
    roles = ["social_worker", "education_officer"] if _of_school_age(data) else ["social_worker"]
    return [f"family/{data['familyId']}/{role}" for role in roles]


def fold(service: str, known: Documents, events: Iterable[Document]) -> Documents:
    """The documents that change."""
    evolve = {"education": _education, "care": _care, "notifications": _notifications}[service]
    changed: Documents = {}
    for event in events:
        for document_id in concerned(service, event):
            document = changed.get(document_id) or known.get(document_id)
            document = document or {"_id": document_id, "state": {}, "events": []}
            if event["id"] not in document["events"]:
                document["events"].append(event["id"])
                evolve(document, event, event["data"])
                changed[document_id] = document
    return changed


def writes(known: Documents, changed: Documents) -> Sequence[Write]:
    """An insert for each new document, a replacement for each known one."""
    return [
        ReplaceOne({"_id": document_id}, document) if document_id in known else InsertOne(document)
        for document_id, document in changed.items()
    ]


def _education(document: Document, event: Document, data: Document) -> None:
    state = document["state"]
    told = next(each for each in data["children"] if document["_id"] == f"child/{each['childId']}")
    state |= {"childId": told["childId"], "familyId": data["familyId"], "district": data["district"]}
    state |= {name: told[name] for name in TOLD if told.get(name) is not None}
    _add(state, "concerns", [each for each in data["concerns"] if each in SCHOOL_CONCERNS])


def _care(document: Document, event: Document, data: Document) -> None:
    state = document["state"]
    state |= {"familyId": data["familyId"], "district": data["district"]}
    _add(state, "concerns", data["concerns"])
    _add(state, "children", [each["childId"] for each in data["children"]])
    concerns = [Concern(each) for each in state["concerns"]]
    state |= {"goals": list(goals_for(concerns)), "services": list(services_for(concerns))}
    _hasten(state, data)


def _notifications(document: Document, event: Document, data: Document) -> None:
    state = document["state"]
    state |= {"familyId": data["familyId"], "district": data["district"], "role": document["_id"].rpartition("/")[2]}
    cause = {
        "eventId": event["id"],
        "type": event["type"],
        "level": data["riskLevel"],
        "childIds": [each["childId"] for each in data["children"]],
        "happened": event["time"],
        "recorded": event["recordedtime"],
    }
    _add(state, "concerns", data["concerns"])
    _add(state, "causes", [cause])
    _hasten(state, data)


def _hasten(state: Document, data: Document) -> None:
    state["respondBy"] = min(state.get("respondBy", data["respondBy"]), data["respondBy"])
    state["rank"] = max(state.get("rank", 0), RANKS[data["riskLevel"]])


def _add(state: Document, name: str, values: Iterable[Any]) -> None:
    kept = state.setdefault(name, [])
    kept += [value for value in values if value not in kept]


def _of_school_age(data: Document) -> bool:
    year, month = int(data["respondBy"][:4]), int(data["respondBy"][5:7])
    births = [each.get("birthMonth") for each in data["children"]]
    return any(born is None or year - int(born[:4]) - (month < int(born[5:7])) >= 3 for born in births)
