"""Intake's collections beside the views: reports as received, sender keys, who read what, the identity key."""

import secrets
from collections.abc import Sequence
from typing import Any

from pymongo import IndexModel

from services.intake.domain.identity import Identity
from shared.events import now
from shared.folds.documents import VIEWS
from shared.mongo import Database, Document, insert_new

REPORTS, KEYS, READS, META = "reports", "keys", "reads", "meta"

INDEXES = [
    IndexModel([("state.children.childId", 1)]),
]


def about(subject: str) -> dict[str, Any]:
    """The families about a subject."""
    kind, _, name = subject.partition("/")
    return {"state.children.childId": name} if kind == "child" else {"_id": f"family/{name}"}


async def identity(database: Database) -> Identity:
    """With this database's key, made at first use; it is backed up with the families whose ids it made."""
    await insert_new(database[META], [{"_id": "identity", "key": secrets.token_bytes(32)}])
    kept = await database[META].find_one({"_id": "identity"})
    assert kept is not None  # noqa: S101 - inserted above, and never deleted
    return Identity(bytes(kept["key"]))


async def keep_reports(database: Database, reports: list[Document]) -> list[Document | None]:
    """Keep new reports; returns for each None, or the report already kept under its id."""
    known = await insert_new(database[REPORTS], reports)
    ids = [reports[at]["_id"] for at in known]
    found = await database[REPORTS].find({"_id": {"$in": ids}}).to_list(None) if ids else []
    kept = {each["_id"]: each for each in found}
    return [kept[report["_id"]] if at in known else None for at, report in enumerate(reports)]


async def kept_reports(database: Database, ids: Sequence[str]) -> set[str]:
    """Which of these reports are kept already."""
    found = await database[REPORTS].find({"_id": {"$in": list(ids)}}, {"_id": 1}).to_list(None)
    return {each["_id"] for each in found}


async def record_read(database: Database, staff: str, role: str, subjects: Sequence[str]) -> None:
    """Record who reads whose names, before they are shown."""
    await database[READS].insert_one({"staff": staff, "role": role, "subjects": list(subjects), "at": now()})


async def family_of(database: Database, child_id: str, scope: dict[str, Any]) -> str | None:
    """The document of the family, within a scope, last reported with this child."""
    wanted = {**about(f"child/{child_id}"), **scope}
    found = await database[VIEWS].find(wanted, {"_id": 1}).sort("last", -1).limit(1).to_list(None)
    return str(found[0]["_id"]) if found else None
