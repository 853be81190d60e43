"""Sender keys: who may send reports, and how many. A key is shown once and kept as a digest."""

import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from services.intake.store.collections import KEYS
from shared.events import now
from shared.mongo import Database
from shared.web.problems import Problem

CACHE_SECONDS = 5
"""How long a revoked key may still be let in by a process that has just used it."""


@dataclass(frozen=True)
class Sender:
    """A sending system, with reports a second it may send (None: the setting)."""

    source: str
    rate: float | None


async def add_key(database: Database, source: str, rate: float | None = None) -> str:
    """Make a key for a sending system and return it; it cannot be read again."""
    key = f"ayllu_{secrets.token_urlsafe(32)}"
    await database[KEYS].insert_one(
        {"_id": _digest(key), "source": source, "rate": rate, "created": now(), "revoked": None}
    )
    return key


async def list_keys(database: Database) -> list[dict[str, Any]]:
    """The keys by source: created, revoked, rate, and `_id`, the digest."""
    return await database[KEYS].find().sort([("source", 1), ("created", 1)]).to_list(None)


async def revoke_keys(database: Database, source: str) -> int:
    """Revoke every key of a sending system; returns how many were valid."""
    revoked = await database[KEYS].update_many({"source": source, "revoked": None}, {"$set": {"revoked": now()}})
    return revoked.modified_count


class Senders:
    """Lets sending systems in, at their rate. Each replica counts for itself."""

    def __init__(self, database: Database, rate: float, burst: int) -> None:
        self._database = database
        self._rate = rate
        self._burst = burst
        self._known: dict[str, tuple[float, Sender | None]] = {}
        self._left: dict[str, tuple[float, float]] = {}

    async def who(self, key: str) -> Sender:
        """The system a key belongs to. Raises Problem 401."""
        digest = _digest(key)
        until, sender = self._known.get(digest, (0.0, None))
        if until < time.monotonic():
            found = await self._database[KEYS].find_one({"_id": digest, "revoked": None})
            sender = Sender(found["source"], found["rate"]) if found else None
            if len(self._known) > 10_000:  # wrong keys must not fill the memory
                self._known.clear()
            self._known[digest] = (time.monotonic() + CACHE_SECONDS, sender)
        if sender is None:
            raise unknown_sender()
        return sender

    def spend(self, sender: Sender, reports: int) -> None:
        """Count reports against a sender's rate. Raises Problem 429 that says when to come back."""
        rate, moment = sender.rate or self._rate, time.monotonic()
        left, since = self._left.get(sender.source, (float(self._burst), moment))
        left = min(self._burst, left + (moment - since) * rate)
        if left < min(reports, self._burst):
            self._left[sender.source] = (left, moment)
            wait = max(1, round((reports - left) / rate + 0.5))
            raise Problem(429, f"More than {rate:g} reports a second. Wait {wait} s.", {"Retry-After": str(wait)})
        self._left[sender.source] = (left - reports, moment)  # below zero for a batch larger than the burst


def unknown_sender() -> Problem:
    """No key, or one that is not (or no longer) valid."""
    detail = "Send the key of your system: Authorization: Bearer <key>. An operator makes one: ayllu keys add SOURCE."
    return Problem(401, detail, {"WWW-Authenticate": "Bearer"})


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
