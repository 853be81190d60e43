"""The model against what really happened: runs of everything, at several sizes, that it was not made from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.capacity.model import Costs
from benchmarks.sizes import Size


@dataclass(frozen=True)
class Check:
    """What the model says of a size, and what was measured."""

    reports: int
    what: str
    said: float
    measured: float

    @property
    def off(self) -> float:
        """What the model says too much, as a part of what was measured; below zero: too little."""
        return self.said / self.measured - 1


def checks(sizes: Sequence[Size], costs: Costs) -> Iterator[Check]:
    """CPU and disk of each size; `costs` of reports that come in batches, as they do there."""
    said = sum(costs.services.values()) + costs.redis + costs.mongod
    for size in sizes:
        yield Check(size.reports, "CPU ms a report", said, size.work.cost)
    for size in sizes:
        kib = (costs.data + costs.indexes) / 1024
        yield Check(size.reports, "KiB on disk a report", kib, size.disk / size.reports / 1024)
