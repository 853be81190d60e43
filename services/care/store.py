"""Care's indexes and queries over its views: support plans and placement requests."""

from typing import Any

from pymongo import IndexModel

from shared.folds.documents import VIEWS
from shared.mongo import Database

INDEXES = [
    IndexModel([("state.familyId", 1)]),
    IndexModel([("state.kind", 1), ("state.districts", 1), ("_id", 1)]),
]


ASKED: dict[str, dict[str, Any]] = {
    "plan": {"state.opened": {"$exists": True}},
    "assessment": {"state.requested": {"$exists": True}},
}
"""Views of a case that only belongs somewhere, or had good news, are nothing to act on."""

ON_HOLD_OR_OPENED: dict[str, Any] = {"$or": [ASKED["plan"], {"state.onHold": True}]}
"""Plans, and families on hold that have none: no child is reported to live there."""


def about(subject: str) -> dict[str, Any]:
    """The views a subject is about: for a family its plan and the requests for its children."""
    kind, _, name = subject.partition("/")
    return {"state.familyId": name} if kind == "family" else {"_id": subject}


def wanted(kind: str, district: str | None, **equal: str | None) -> dict[str, Any]:
    """A filter on the views of one kind that something was asked of; what is None does not matter."""
    fields = {"kind": kind, "districts": district, **equal}
    return ASKED[kind] | {f"state.{name}": value for name, value in fields.items() if value is not None}


async def assessments_on_hold(database: Database, family_id: str) -> list[str]:
    """The assessments of a family that are on hold, in whichever district."""
    found = database[VIEWS].find({"state.familyId": family_id, "state.kind": "assessment", "state.onHold": True})
    return [str(each["_id"]) async for each in found]
