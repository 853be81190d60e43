"""Revoked staff tokens: one by its id, or all that a person was given so far. Each service keeps them for itself."""

import asyncio
import time
from datetime import datetime, timedelta

from shared.mongo import Database
from shared.web.tokens import MOST_HOURS, Claims

REVOKED = "revoked"
LOOK_SECONDS = 2
"""How long a service may still accept what has been revoked."""

KEPT = timedelta(hours=MOST_HOURS + 1)
"""What was revoked so long ago has ended by itself."""


def of_person(staff: str) -> str:
    """The name of a revocation of all that a person was given."""
    return f"staff/{staff}"


def of_token(jti: str) -> str:
    """The name of a revocation of one token."""
    return f"token/{jti}"


async def revoke(database: Database, what: str, at: datetime, by: str) -> None:
    """Revoke `what` in the service of this database: a token, or what a person was given up to then. Repeatable."""
    revoked = database[REVOKED]
    await revoked.create_index([("until", 1)], expireAfterSeconds=0)
    told = {"$max": {"before": at, "until": at + KEPT}, "$set": {"by": by}}
    await revoked.update_one({"_id": what}, told, upsert=True)


class Revoked:
    """What is revoked in one service, as it was at most two seconds ago."""

    def __init__(self, database: Database) -> None:
        self._revoked = database[REVOKED]
        self._before: dict[str, datetime] = {}
        self._looked = -float("inf")
        self._looking: asyncio.Task[None] | None = None

    async def has(self, claims: Claims) -> bool:
        """Whether this token is revoked, by itself or with its person. Raises what the driver raises."""
        if time.monotonic() - self._looked >= LOOK_SECONDS:
            await self._look()
        before = self._before.get(of_person(claims.sub))
        return of_token(claims.jti) in self._before or (before is not None and claims.iat <= before.timestamp())

    async def _look(self) -> None:
        """One query for all who ask meanwhile, also if one of them goes away, or if it fails for all of them."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._read())
            self._looking.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._looking)

    async def _read(self) -> None:
        moment = time.monotonic()
        found = await self._revoked.find({}, {"before": 1}).to_list(None)
        self._before = {each["_id"]: each["before"] for each in found}
        self._looked = moment
