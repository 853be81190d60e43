"""Keeps named child processes running: starts them, waits until they are ready, starts them again when they end."""

import asyncio
import os
import signal
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ops.servers.processes import DidNotStart, open_log, tied

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
HEALTHY_SECONDS = 30
GRACE_SECONDS = 20
ASK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True)
class Child:
    """A process to keep running; `missing` returns why it does not work yet, None if it does."""

    name: str
    command: Sequence[str]
    log: Path
    missing: Callable[[], Awaitable[str | None]]
    environment: Mapping[str, str] | None = None
    last: signal.Signals = signal.SIGKILL
    """The signal Linux sends it if we are killed and cannot stop it."""


class Supervisor:
    """Children in the order of their start; `on_change` is called with what happens to them after the start."""

    def __init__(self, on_change: Callable[[str], object], grace_seconds: float = GRACE_SECONDS) -> None:
        self._on_change = on_change
        self._grace_seconds = grace_seconds
        self._layers: list[list[_Kept]] = []

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by name."""
        return {each.child.name: each.pid for layer in self._layers for each in layer if each.pid is not None}

    async def start(self, *children: Child, within: float = 60) -> None:
        """Start children side by side and wait until each was ready. Raises DidNotStart."""
        layer = [_Kept(child, self._on_change, self._grace_seconds) for child in children]
        self._layers.append(layer)
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                for each in layer:
                    await each.ready.wait()
        late = [each for each in layer if not each.ready.is_set()]
        if late:
            raise DidNotStart("\n".join(f"{each.child.name}: {each.lacks}. Read {each.child.log}" for each in late))

    async def stop(self) -> None:
        """End all, the last started first, by force after the grace period. Stopping twice is harmless."""
        failed: list[BaseException] = []
        while self._layers:
            ends = await asyncio.gather(*(each.stop() for each in self._layers[-1]), return_exceptions=True)
            failed += [end for end in ends if isinstance(end, BaseException)]
            self._layers.pop()
        if failed:
            raise failed[0]


class _Kept:
    """One child and the task that keeps it running."""

    def __init__(self, child: Child, on_change: Callable[[str], object], grace_seconds: float) -> None:
        self.child = child
        self.pid: int | None = None
        self.ready = asyncio.Event()
        self.lacks: str | None = "was not asked yet"
        self._on_change = on_change
        self._grace_seconds = grace_seconds
        self._stopping = asyncio.Event()
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """End the child, and keep it no longer."""
        self._stopping.set()
        await self._task

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        process = await self._spawn()
        while True:
            began = time.monotonic()
            await self._run(process)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > HEALTHY_SECONDS:
                pause = FIRST_PAUSE
            self._on_change(f"{self.child.name} {_ended(process)}; starting it again in {pause:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
                return
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                process = await self._spawn()
            except OSError as error:  # no process, no memory, no disk: the ended one is waited for again at once
                self._on_change(f"{self.child.name} cannot be started: {error.strerror}")
                continue
            self._on_change(f"{self.child.name} is running again, pid {process.pid}")

    async def _spawn(self) -> Process:
        log = open_log(self.child.log)
        try:
            process = await asyncio.create_subprocess_exec(
                *tied(self.child.command, self.child.last),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                env=self.child.environment,
                start_new_session=True,  # Ctrl-C in the terminal is for us; we stop the children in order
            )
        finally:
            os.close(log)
        self.pid = process.pid
        return process

    async def _run(self, process: Process) -> None:
        """Until the process has ended, by itself or because it is time to stop."""
        ending, stopping = asyncio.create_task(process.wait()), asyncio.create_task(self._stopping.wait())
        asking = asyncio.create_task(self._ask())
        await asyncio.wait((ending, stopping), return_when=asyncio.FIRST_COMPLETED)
        asking.cancel()
        if not ending.done():
            await self._end(process, ending)
        stopping.cancel()
        await asyncio.gather(asking, stopping, return_exceptions=True)
        self.pid = None

    async def _ask(self) -> None:
        while (lacks := await self.child.missing()) is not None:
            self.lacks = lacks
            await asyncio.sleep(ASK_AGAIN_SECONDS)
        self.lacks = None
        if self.ready.is_set():
            self._on_change(f"{self.child.name} is ready again")
        self.ready.set()

    async def _end(self, process: Process, ending: "asyncio.Task[int]") -> None:
        with suppress(ProcessLookupError):
            process.terminate()
        await asyncio.wait((ending,), timeout=self._grace_seconds)
        if not ending.done():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            self._on_change(f"{self.child.name} did not end within {self._grace_seconds:g} s and was killed")
        await ending


def _ended(process: Process) -> str:
    code = process.returncode or 0
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
