"""The inbox: indexes and queries over the items of notifications."""

from typing import Any

from pymongo import IndexModel

from shared.events import Role

INDEXES = [
    IndexModel([("state.familyId", 1)]),
    IndexModel([("state.childIds", 1)]),
    IndexModel([("state.role", 1), ("state.respondBy", 1), ("_id", 1)]),
    IndexModel([("state.role", 1), ("state.answered.at", 1), ("_id", 1)]),
]


def about(subject: str) -> dict[str, Any]:
    """The items about a subject."""
    kind, _, name = subject.partition("/")
    return {"state.familyId": name} if kind == "family" else {"state.childIds": name}


def inbox(role: Role | None, district: str | None, acknowledged: bool | None, *, answered: bool) -> dict[str, Any]:
    """A filter on items that wait for an answer, or have one; None matches anything."""
    wanted: dict[str, Any] = {"state.answered.at" if answered else "state.respondBy": {"$exists": True}}
    if role is not None:
        wanted["state.role"] = role.value
    if district is not None:
        wanted["state.districts"] = district
    if acknowledged is not None:
        wanted["state.acknowledged"] = {"$exists": acknowledged}
    return wanted
