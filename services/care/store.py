"""Care's indexes and queries over its views: support plans and care assessments."""

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
"""Excludes views with nothing to act on: of a case with only districts or good news."""

ON_HOLD_OR_OPENED: dict[str, Any] = {"$or": [ASKED["plan"], {"state.onHold": True}]}
"""Plans, and families on hold that have none: no child is reported to live there."""


def about(subject: str) -> dict[str, Any]:
    """The views about a subject: for a family its plan and the assessments of its children."""
    kind, _, name = subject.partition("/")
    return {"state.familyId": name} if kind == "family" else {"_id": subject}


def wanted(kind: str, district: str | None, **equal: str | None) -> dict[str, Any]:
    """A filter on the views of one kind with something to act on; None matches anything."""
    fields = {"kind": kind, "districts": district, **equal}
    return ASKED[kind] | {f"state.{name}": value for name, value in fields.items() if value is not None}


async def assessments_on_hold(database: Database, family_id: str) -> list[str]:
    """The assessments of a family that are on hold, in whichever district."""
    found = database[VIEWS].find({"state.familyId": family_id, "state.kind": "assessment", "state.onHold": True})
    return [str(each["_id"]) async for each in found]
