"""Care's indexes and queries over its views: support plans and placement requests."""

from typing import Any

from pymongo import IndexModel

INDEXES = [
    IndexModel([("state.familyId", 1)]),
    IndexModel([("state.kind", 1), ("state.district", 1), ("_id", 1)]),
]


def about(subject: str) -> dict[str, Any]:
    """The views a subject is about: for a family its plan and the requests for its children."""
    kind, _, name = subject.partition("/")
    return {"state.familyId": name} if kind == "family" else {"_id": subject}


def wanted(kind: str, district: str | None, **equal: str | None) -> dict[str, Any]:
    """A filter on views of one kind; what is None does not matter."""
    fields = {"kind": kind, "district": district, **equal}
    return {f"state.{name}": value for name, value in fields.items() if value is not None}
