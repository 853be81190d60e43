"""A process that dies at a chosen I/O step: every message to MongoDB and every command to Redis is a step.

The steps are found where the drivers send and receive, so a step somebody adds to the code is a step here too.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pytest
from pymongo.asynchronous.pool import AsyncConnection
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline


class Died(BaseException):
    """The process is gone: nothing in it may catch this."""


@dataclass
class Process:
    """One process. It dies at step `dies_at`: before it, or after it was done and before the reply is seen.

    With `paused` set it stops at that step instead, until the test lets it die.
    """

    dies_at: int | None = None
    after: bool = False
    pauses: bool = False
    steps: list[str] = field(default_factory=list)
    paused: asyncio.Event = field(default_factory=asyncio.Event)

    async def step(self, name: str, do: Callable[[], Awaitable[Any]]) -> Any:
        """Do a step, or die there."""
        self.steps.append(name)
        here = len(self.steps) == self.dies_at
        if here and not self.after:
            await self.die()
        answer = await do()
        if here:
            await self.die()
        return answer

    async def die(self) -> None:
        if self.pauses:
            self.paused.set()
            await asyncio.Event().wait()  # for ever: the test cancels it
        raise Died


current: ContextVar[Process | None] = ContextVar("process", default=None)


@asynccontextmanager
async def within(process: Process) -> AsyncIterator[None]:
    """What is awaited inside belongs to this process."""
    token = current.set(process)
    try:
        yield
    finally:
        current.reset(token)


def interpose(patch: pytest.MonkeyPatch) -> None:
    """Make every I/O of the drivers a step of the process it belongs to."""
    _interpose_mongo(patch)
    for kind, method in ((Redis, "execute_command"), (Pipeline, "execute")):
        _interpose_redis(patch, kind, method)


def _interpose_mongo(patch: pytest.MonkeyPatch) -> None:
    receive, send = AsyncConnection.receive_message, AsyncConnection.send_message

    def at_work(connection: AsyncConnection) -> Process | None:
        """Whose step it is; none for handshakes and heartbeats."""
        return None if connection.is_sdam or not connection.ready else current.get()

    async def sent(self: AsyncConnection, message: bytes, size: int) -> None:
        process = at_work(self)
        if process and process.dies_at == len(process.steps) + 1 and not process.after:
            process.steps.append("mongo")
            await process.die()
        await send(self, message, size)

    async def received(self: AsyncConnection, request_id: int | None) -> Any:
        process = at_work(self)
        if process is None:
            return await receive(self, request_id)
        return await process.step("mongo", lambda: receive(self, request_id))

    patch.setattr(AsyncConnection, "send_message", sent)
    patch.setattr(AsyncConnection, "receive_message", received)


def _interpose_redis(patch: pytest.MonkeyPatch, kind: type[Any], method: str) -> None:
    execute = getattr(kind, method)

    async def executed(self: Any, *arguments: Any, **options: Any) -> Any:
        process = current.get()
        if process is None:
            return await execute(self, *arguments, **options)
        name = f"redis {arguments[0] if arguments else method}"
        return await process.step(name, lambda: execute(self, *arguments, **options))

    patch.setattr(kind, method, executed)
