"""Education's indexes and queries over its views: a child and what to check about its schooling."""

from typing import Any

from pymongo import IndexModel

INDEXES = [
    IndexModel([("state.familyId", 1)]),
    IndexModel([("state.districts", 1), ("state.priority", 1), ("_id", 1)]),
]


def about(subject: str) -> dict[str, Any]:
    """The views about a subject."""
    kind, _, name = subject.partition("/")
    return {"state.familyId": name} if kind == "family" else {"_id": subject}


def wanted(district: str | None, **equal: str | int | None) -> dict[str, Any]:
    """A filter on children with something to check; None matches anything."""
    return {"state.priority": {"$gte": 1}, **({"state.districts": district} if district else {})} | {
        f"state.{name}": value for name, value in equal.items() if value is not None
    }
