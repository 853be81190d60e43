"""Waiting for a condition instead of sleeping."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(condition: Callable[[], Awaitable[T]], within: float = 10, every: float = 0.02) -> T: ...


@overload
async def eventually(condition: Callable[[], T], within: float = 10, every: float = 0.02) -> T: ...


async def eventually(condition: Callable[[], Any], within: float = 10, every: float = 0.02) -> Any:
    """Ask until the answer is true, and return it; fail with the question and the last answer or error."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        try:
            answer = condition()
            last = await answer if inspect.isawaitable(answer) else answer
            if last:
                return last
        except Exception as error:  # noqa: BLE001 - what is not there yet may well raise; the last one is told
            last = error
        if loop.time() > deadline:
            raise AssertionError(f"not within {within} s: {_question(condition)}; last answer: {last!r}")
        await asyncio.sleep(every)


def _question(condition: Callable[[], object]) -> str:
    try:
        return " ".join(inspect.getsource(condition).split())
    except (OSError, TypeError):
        return repr(condition)
