"""Dead letters for an operator: list, show, retry, discard."""

from typing import Any

from redis.asyncio import Redis

from shared.events import now
from shared.mongo import Database, Document
from shared.streams.dead import DEAD

SUMMARY = {"fields": 0}


async def letters(database: Database, limit: int) -> list[Document]:
    """The newest dead letters, without their content."""
    return await database[DEAD].find({}, SUMMARY).sort("at", -1).limit(limit).to_list(None)


async def letter(database: Database, letter_id: str) -> Document | None:
    """One dead letter, with its content as it came."""
    return await database[DEAD].find_one({"_id": letter_id})


async def retry(database: Database, redis: Redis, letter_id: str | None) -> int:
    """Put letters (all if no id) on their stream again, as they came, and remove them; returns how many.

    A letter too long to have been kept whole stays.
    """
    count = 0
    async for found in database[DEAD].find(_which(letter_id)):
        if sum(len(part) for pair in found["fields"] for part in pair) != found["bytes"]:
            continue
        fields: dict[Any, Any] = {bytes(name): bytes(value) for name, value in found["fields"]}
        await redis.xadd(found["stream"], fields)
        await database[DEAD].delete_one({"_id": found["_id"]})
        count += 1
    return count


async def discard(database: Database, letter_id: str | None) -> int:
    """Remove letters (all if no id); returns how many."""
    return (await database[DEAD].delete_many(_which(letter_id))).deleted_count


def _which(letter_id: str | None) -> dict[str, Any]:
    """One letter, or all at this moment: a letter that dies again during the run is not repeated."""
    return {"_id": letter_id} if letter_id else {"at": {"$lte": now()}}
