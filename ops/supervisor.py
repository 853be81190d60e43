"""Keeps named child processes running: starts them, waits until they are ready, starts them again when they die."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops.processes import open_log, tied

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
HEALTHY_SECONDS = 30
GRACE_SECONDS = 20
ASK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True)
class Child:
    """A process to keep running; `missing` says what keeps it from working, None if it works."""

    name: str
    command: Sequence[str]
    log: Path
    missing: Callable[[], Awaitable[str | None]]
    environment: Mapping[str, str] | None = None
    last: signal.Signals = signal.SIGKILL
    """What Linux sends it should we be killed and unable to say anything."""


class NotReady(Exception):
    """Children that did not become ready in time; the message names each, what it lacks and which log to read."""


class Supervisor:
    """Children in the order they were started; `on_change` is told whatever happens to them afterwards."""

    def __init__(self, on_change: Callable[[str], None], grace_seconds: float = GRACE_SECONDS) -> None:
        self._on_change = on_change
        self._grace_seconds = grace_seconds
        self._layers: list[list[_Kept]] = []

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by name."""
        return {each.child.name: each.pid for layer in self._layers for each in layer if each.pid is not None}

    async def start(self, *children: Child, within: float = 60) -> None:
        """Start children side by side and wait until all are ready. Raises NotReady."""
        layer = [_Kept(child, self._on_change) for child in children]
        self._layers.append(layer)
        for each in layer:
            await each.begin()
        await asyncio.wait([asyncio.ensure_future(each.ready.wait()) for each in layer], timeout=within)
        late = [each for each in layer if not each.ready.is_set()]
        if late:
            raise NotReady("\n".join(f"{each.child.name} is not ready: {each.lacks}" for each in late))

    async def stop(self) -> None:
        """End all, the last started first, by force after the grace period. Stopping twice is harmless."""
        while self._layers:
            await asyncio.gather(*(each.end(self._grace_seconds) for each in self._layers[-1]))
            self._layers.pop()


class _Kept:
    """One child and the task that keeps it running."""

    def __init__(self, child: Child, on_change: Callable[[str], None]) -> None:
        self.child = child
        self.pid: int | None = None
        self.ready = asyncio.Event()
        self._on_change = on_change
        self._answer: str | None = "not asked yet"
        self._stopping = False
