"""Waiting longer each time something fails again, with jitter so that replicas do not return in step."""

import asyncio
import random


class Backoff:
    """Waits `first`, then twice as long each time, up to `most` seconds."""

    def __init__(self, first: float = 0.1, most: float = 5.0) -> None:
        self._first = first
        self._most = most
        self._next = first

    async def wait(self) -> None:
        """Wait for the next period, between half of it and the whole."""
        period, self._next = self._next, min(self._next * 2, self._most)
        await asyncio.sleep(period * random.uniform(0.5, 1))

    def reset(self) -> None:
        """It worked: the next failure waits `first` again."""
        self._next = self._first
