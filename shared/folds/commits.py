"""Group commit: single requests are done many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from shared.mongo import DRIVER_ERRORS

Asked = TypeVar("Asked")
Done = TypeVar("Done")
Group = Sequence[tuple[Asked, asyncio.Future[Done]]]


class GroupCommit(Generic[Asked, Done]):
    """Requests that come while a group is being done form the next group: no timer, one commit for many."""

    def __init__(
        self,
        do: Callable[[Sequence[Asked]], Awaitable[Sequence[Done]]],
        most: int,
        size: Callable[[Asked], int] = lambda _: 1,
    ) -> None:
        """`do` does a group, of at most `most` by `size` (one alone may be larger), and returns a result for each.

        If it raises, each is done alone, so that one cannot fail the others; unless MongoDB is the cause.
        """
        self._do = do
        self._most = most
        self._size = size
        self._waiting: list[tuple[Asked, asyncio.Future[Done]]] = []
        self._committing: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Done:
        """Do it with the next group; raises what `do` raises."""
        answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, answer))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        return await answer

    async def _commit(self) -> None:
        while self._waiting:
            await self._settle(self._next())

    def _next(self) -> "Group[Asked, Done]":
        count, size = 0, 0
        for asked, _ in self._waiting:
            size += self._size(asked)
            if count and size > self._most:
                break
            count += 1
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group

    async def _settle(self, group: "Group[Asked, Done]") -> None:
        try:
            done = await self._do([asked for asked, _ in group])
        except Exception as error:  # noqa: BLE001 - whatever a rule raises is handed to the caller
            if len(group) == 1 or isinstance(error, DRIVER_ERRORS):
                _refuse(group, error)
                return
            for each in group:
                await self._settle([each])
        except BaseException as error:
            _refuse(group, error)
            raise
        else:
            _answer(group, done)


def _answer(group: "Group[Asked, Done]", done: Sequence[Done]) -> None:
    for (_, answer), result in zip(group, done, strict=True):
        if not answer.done():  # cancelled by a caller that gave up
            answer.set_result(result)


def _refuse(group: "Group[Asked, Done]", error: BaseException) -> None:
    for _, answer in group:
        if not answer.done():
            answer.set_exception(error)
