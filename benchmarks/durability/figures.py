"""Medians over the rounds, and ratios against what `ayllu up` and docker compose use."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.durability.measure import Cell

TRIES = 200
PAGE = b"x" * 4096


@dataclass(frozen=True)
class Cost:
    """What a batch costs with one setting, in milliseconds and as ratios; times are medians, CPU is of all rounds."""

    milliseconds: float
    slow: float
    cpu: float
    latency_ratio: float
    cpu_ratio: float


@dataclass(frozen=True)
class Figures:
    """Everything one `python -m benchmarks.durability` found out."""

    command: str
    machine: Mapping[str, str]
    fsync: float
    cells: Sequence[Cell]

    def cost(self, way: str, size: int, first: str) -> Cost:
        """What a batch of a size costs, and how many times what it costs `first`, in each round's turn."""
        ours, theirs = self._of(way, size), self._of(first, size)
        return Cost(
            1000 * median(each.seconds for each in ours),
            1000 * median(each.slow for each in ours),
            1000 * _spent(ours),
            median(one.seconds / other.seconds for one, other in zip(ours, theirs, strict=True)),
            _spent(ours) / _spent(theirs),
        )

    @property
    def others(self) -> float:
        """Cores that somebody else used: the median of all turns."""
        return median(each.others for each in self.cells)

    def as_json(self) -> dict[str, Any]:
        """Everything, with every round."""
        return asdict(self)

    def _of(self, way: str, size: int) -> list[Cell]:
        return [each for each in self.cells if (each.way, each.size) == (way, size)]


def _spent(cells: Sequence[Cell]) -> float:
    """CPU seconds a batch over all rounds: the clock of a process ticks too coarsely for one."""
    return sum(each.cpu * each.batches for each in cells) / sum(each.batches for each in cells)


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
