"""Errors of servers, longer and longer waits, and reasons of a failure that quote nothing."""

import asyncio
import random

from pydantic import ValidationError
from redis.exceptions import RedisError

from shared.mongo import DRIVER_ERRORS
from shared.refusals import refused

TROUBLE = (RedisError, OSError, *DRIVER_ERRORS)
"""A server is down, or refuses: loops wait and try again."""


MOST_TOLD = 5
"""The most wrong fields that a reason names."""


class Backoff:
    """Waits `first`, then twice as long each time, up to `most` seconds; with jitter, so that replicas spread out."""

    def __init__(self, first: float = 0.1, most: float = 5.0) -> None:
        self._first = first
        self._most = most
        self._next = first

    async def wait(self) -> None:
        """Wait for the next period, between half of it and the whole."""
        period, self._next = self._next, min(self._next * 2, self._most)
        await asyncio.sleep(period * random.uniform(0.5, 1))

    def reset(self) -> None:
        """Start again with `first`, after a success."""
        self._next = self._first


def explain(error: Exception) -> str:
    """Why something was refused, field by field, without any value of it: a value may be a name."""
    if isinstance(error, ValidationError):
        found = error.errors(include_url=False)
        told = [f"{field}: {accepted}" for field, accepted in refused(found[:MOST_TOLD], "event")]
        return "; ".join([*told, *([f"and {len(found) - MOST_TOLD} more"] if len(found) > MOST_TOLD else [])])
    return type(error).__name__
