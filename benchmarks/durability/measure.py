"""Batches through the write path of a service with one setting after the other: what each costs by clock and CPU."""

import math
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.durability.servers import Servers
from benchmarks.durability.ways import Way
from benchmarks.meter import Meter
from shared.events import Event

SIZES = (1, 10, 100)
TRIES, PAGE = 200, b"x" * 4096


@dataclass(frozen=True)
class Cell:
    """One setting with one size of batch, in one round: the median seconds of its batches, and CPU seconds a batch, of
    the writer and of every server. `others` are cores that somebody else used meanwhile."""

    way: str
    size: int
    batches: int
    seconds: float
    cpu: float
    others: float


@dataclass(frozen=True)
class Figures:
    """Everything one `python -m benchmarks.durability` found out."""

    command: str
    machine: Mapping[str, str]
    fsync: float
    cells: Sequence[Cell]

    @property
    def others(self) -> float:
        return median(each.others for each in self.cells)

    def of(self, way: str, size: int) -> list[Cell]:
        """A setting with a size of batch, in every round."""
        return [each for each in self.cells if (each.way, each.size) == (way, size)]

    def latency(self, way: str, size: int, first: str) -> float:
        """Of a batch, the median: in ms of the first setting, of the others how many times that."""
        ours, theirs = self.of(way, size), self.of(first, size)
        if way == first:
            return 1000 * median(each.seconds for each in ours)
        return median(one.seconds / other.seconds for one, other in zip(ours, theirs, strict=True))

    def cpu(self, way: str, size: int, first: str) -> float:
        """The same of CPU, over all rounds together: the clock of a process ticks too coarsely for one."""
        ours, theirs = (
            sum(each.cpu * each.batches for each in cells) / sum(each.batches for each in cells)
            for cells in (self.of(way, size), self.of(first, size))
        )
        return 1000 * ours if way == first else ours / (theirs or math.nan)


async def cell(servers: Servers, way: Way, size: int, events: Sequence[Event], budget: float) -> Cell:
    """Write batches on empty servers for so many seconds, or until there are no more events."""
    took: list[float] = []
    async with servers.prepared(way) as (write, settle, pids):
        meter, began = Meter({"writer": os.getpid(), **pids}), time.perf_counter()
        for at in range(0, len(events) - size + 1, size):
            start = time.perf_counter()
            await write(events[at : at + size])
            took.append(time.perf_counter() - start)
            if time.perf_counter() - began > budget:
                break
        await settle()  # what members still copy is this setting's own cost
        work = meter.stretch(len(took))
    return Cell(way.title, size, len(took), median(took), work.cost / 1000, work.others)


def fsync_seconds(folder: Path) -> float:
    """How long this disk takes to confirm four kilobytes: the median of some tries."""
    took = []
    with open(folder / "fsync", "wb", buffering=0) as file:
        for _ in range(TRIES):
            began = time.perf_counter()
            file.write(PAGE)
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took)
