"""Runs batches through the write path of a service with one setting after the other, and reads clock and CPU."""

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import psutil

from shared.events import Event

SIZES = (1, 10, 100)

Write = Callable[[Sequence[Event]], Awaitable[object]]
"""Writes one batch, and returns once it is as safe as the setting says."""


@dataclass(frozen=True)
class Cell:
    """One setting with one size of batch, in one round."""

    way: str
    size: int
    batches: int
    seconds: float
    """The median of its batches."""

    slow: float
    """What one batch in twenty took at the least, in seconds."""

    cpu: float
    """CPU seconds a batch: of the writer and of every server."""

    others: float
    """Cores that processes of somebody else used meanwhile."""


async def cell(
    way: str,
    size: int,
    events: Sequence[Event],
    budget: float,
    write: Write,
    settle: Callable[[], Awaitable[object]],
    pids: Sequence[int],
) -> Cell:
    """Write batches for so many seconds, or until there are no more events."""
    took: list[float] = []
    before, busy, began = _cpu(pids), _busy(), time.perf_counter()
    for batch in _batches(events, size):
        start = time.perf_counter()
        await write(batch)
        took.append(time.perf_counter() - start)
        if time.perf_counter() - began > budget:
            break
    await settle()  # what members still copy is this setting's own cost
    took.sort()
    spent = _cpu(pids) - before
    others = max(0.0, (_busy() - busy - spent) / (time.perf_counter() - began))
    return Cell(way, size, len(took), took[len(took) // 2], took[len(took) * 19 // 20], spent / len(took), others)


def _batches(events: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    return (events[at : at + size] for at in range(0, len(events) - size + 1, size))


def _cpu(pids: Sequence[int]) -> float:
    times = [psutil.Process(pid).cpu_times() for pid in (psutil.Process().pid, *pids)]
    return float(sum(each.user + each.system for each in times))


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)
