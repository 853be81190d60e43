"""Which staff tokens were issued: to whom, for what, by whom, until when. The tokens themselves are not kept."""

from datetime import datetime
from typing import Any

from shared.events import now
from shared.mongo import Database, Document

ISSUED = "issued"


async def record_issued(database: Database, token: Document) -> None:
    """Write down a token before anybody has it: `_id`, staff, role, districts, by, account, at, until."""
    await database[ISSUED].insert_one({**token, "revoked": None})


async def list_issued(database: Database, *, ended: bool, limit: int) -> list[dict[str, Any]]:
    """The tokens that hold, the newest first; with `ended`, all there ever were."""
    wanted = {} if ended else {"until": {"$gt": now()}, "revoked": None}
    return await database[ISSUED].find(wanted).sort("at", -1).limit(limit).to_list(None)


async def record_revoked(database: Database, wanted: Document, at: datetime, by: str) -> int:
    """Write down that tokens issued before `at` are revoked; returns how many of them still held."""
    holding = {"at": {"$lte": at}, "until": {"$gt": at}, "revoked": None}
    done = await database[ISSUED].update_many({**wanted, **holding}, {"$set": {"revoked": {"at": at, "by": by}}})
    return done.modified_count
