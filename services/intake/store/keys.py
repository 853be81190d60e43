"""Sender keys: who may send reports, and at what rate. A key is shown once and kept as a digest."""

import math
import re
import secrets
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from services.intake.store.collections import KEYS
from shared.events import now
from shared.mongo import Database
from shared.web.problems import Problem

CACHE_SECONDS = 5
"""How long a revoked key may still be let in by a process that has just used it."""

MOST_CACHED = 10_000
"""Wrong keys, and names that anybody may write on the stream, must not fill the memory."""

SOURCE = re.compile(r"[\x21-\x7e]{1,200}")
ChildIds = Literal["unique", "family"]


@dataclass(frozen=True)
class Sender:
    """A sending system, and how many reports a second it may send (None: as the setting says)."""

    source: str
    rate: float | None


class NoSource(ValueError):
    """A source is 1 to 200 printable ASCII characters without spaces, such as municipality."""

    def __str__(self) -> str:
        return self.__doc__ or ""


class OtherChildIds(ValueError):
    """All keys of a source must agree on whether its child ids are unique."""

    def __init__(self, source: str, kept: str) -> None:
        super().__init__(f"The first key of {source} says that its child ids are {kept}; so must all others.")


class UnknownSource(LookupError):
    """There was never a key of this source."""

    def __init__(self, source: str) -> None:
        super().__init__(f"There is no key of {source!r}. To list the keys: ayllu keys list")


async def add_key(database: Database, source: str, rate: float | None = None, child_ids: ChildIds | None = None) -> str:
    """Make a key for a sending system and return it; it cannot be read again. Raises NoSource, OtherChildIds.

    `child_ids` says whether a child's id means the same child in every family of the system; if nothing is said, what
    its first key says, otherwise "family".
    """
    if not SOURCE.fullmatch(source):
        raise NoSource
    earlier = await database[KEYS].find_one({"source": source, "childIds": {"$exists": True}}, sort=[("created", 1)])
    kept = earlier["childIds"] if earlier else child_ids or "family"  # keys from before 0.2 have no such field
    if child_ids not in (None, kept):
        raise OtherChildIds(source, kept)
    key = f"ayllu_{secrets.token_urlsafe(32)}"
    await database[KEYS].insert_one(
        {"_id": _digest(key), "source": source, "rate": rate, "childIds": kept, "created": now(), "revoked": None}
    )
    return key


async def list_keys(database: Database) -> list[dict[str, Any]]:
    """The keys by source: created, revoked, rate, childIds, and `_id`, the digest."""
    found = await database[KEYS].find().sort([("source", 1), ("created", 1)]).to_list(None)
    return [{"childIds": "family", **each} for each in found]


async def revoke_keys(database: Database, source: str) -> int:
    """Revoke every key of a sending system; returns how many were valid. Raises UnknownSource."""
    revoked = await database[KEYS].update_many({"source": source, "revoked": None}, {"$set": {"revoked": now()}})
    if not revoked.matched_count and not await database[KEYS].find_one({"source": source}):
        raise UnknownSource(source)
    return revoked.modified_count


class Senders:
    """Lets sending systems in, at their rate, and knows what their ids mean. Each replica counts for itself."""

    def __init__(self, database: Database, rate: float = math.inf, burst: int = 0) -> None:
        """`rate` and `burst` are the defaults for `spend`."""
        self._database = database
        self._rate = rate
        self._burst = burst
        self._known: dict[str, tuple[float, Sender | None]] = {}
        self._left: dict[str, tuple[float, float]] = {}
        self._unique: dict[str, tuple[float, bool]] = {}

    async def who(self, key: str) -> Sender:
        """The system a key belongs to. Raises Problem 401."""
        digest = _digest(key)
        until, sender = self._known.get(digest, (0.0, None))
        if until < time.monotonic():
            found = await self._database[KEYS].find_one({"_id": digest, "revoked": None})
            sender = Sender(found["source"], found["rate"]) if found else None
            if len(self._known) > MOST_CACHED:
                self._known.clear()
            self._known[digest] = (time.monotonic() + CACHE_SECONDS, sender)
        if sender is None:
            raise unknown_sender()
        return sender

    async def unique_child_ids(self, source: str) -> bool:
        """Whether a child's id means the same child in every family of this system: one of its keys says so.

        A revoked key counts too: ids that were derived stay what they are.
        """
        until, unique = self._unique.get(source, (0.0, False))
        if until < time.monotonic():
            unique = await self._database[KEYS].find_one({"source": source, "childIds": "unique"}) is not None
            if len(self._unique) > MOST_CACHED:
                self._unique.clear()
            self._unique[source] = (time.monotonic() + CACHE_SECONDS, unique)
        return unique

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
