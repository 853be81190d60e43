"""What the model takes from `benchmarks.json`: no figure of it is typed in anywhere else."""

import math
from collections.abc import Sequence
from statistics import median

from benchmarks.capacity.model import Costs
from benchmarks.entrances import OURS
from benchmarks.figures import Figures
from benchmarks.growth import IN_LITTLE_MEMORY, Grown
from benchmarks.http import BATCH_CONNECTIONS, LINES, Way
from benchmarks.meter import SERVERS, Stretch
from benchmarks.place import REPORTS
from benchmarks.race import RATES, Race
from benchmarks.views import SERVICES

SINGLY, IN_BATCHES = Way(OURS, 64), Way(OURS, BATCH_CONNECTIONS, LINES)


class NotMeasured(Exception):
    """Too little was measured for the capacity model. Run `python -m benchmarks all --out docs` first."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


def costs(figures: Figures, way: Way = SINGLY) -> Costs:
    """What a report costs, with all that follows from it, if it comes in this way. Raises NotMeasured."""
    taken = [each for each in figures.http if each.way == way]
    again = figures.again
    if not (taken and figures.race and again and figures.sizes and figures.growth):
        raise NotMeasured
    runs = [each.work for each in figures.race.runs if each.contender == "a"]
    works, events = [each.work for each in taken], median(each.said for each in taken)
    if way != IN_BATCHES:
        events *= in_small_batches(figures.race)
    return Costs(
        services={REPORTS: cost(works, REPORTS), **{each: events * cost(runs, f"a-{each}") for each in SERVICES}},
        redis=cost(works, "redis") + events * cost(runs, "redis"),
        mongod=cost(works, "mongod") + events * cost(runs, "mongod"),
        tenfold=tenfold(figures.growth),
        idle=median(each.idle.reading.total / each.idle.seconds for each in figures.sizes),
        said=again.done[0].work.count / again.reports,
        cases=next(each.views for each in again.kept if each.service == REPORTS) / again.reports,
        changes=sum(each.rows for each in again.kept) / again.reports,
        data=sum(each.data for each in again.kept) / again.reports,
        indexes=sum(each.indexes for each in again.kept) / again.reports,
        process=2**20 * max(held for name, held in figures.sizes[-1].memory.items() if name not in SERVERS),
    )


def in_small_batches(race: Race) -> float:
    """What an event costs at 200 a second, where batches are small, times what it costs at full speed."""
    slow, full = race.latency("a", RATES[0]), race.line("a")
    if slow is None or full is None or slow.cost is None:
        raise NotMeasured
    return max(1.0, slow.cost / full.total)


def cost(works: Sequence[Stretch], process: str) -> float:
    """CPU ms of one process for each, the median."""
    return median(each.cost_of(process) for each in works)


def tenfold(grown: Sequence[Grown]) -> float:
    """What mongod's cost is multiplied by when cases are ten times as many; never less than one.

    Measured in little memory: in the end most cases are not in it.
    """
    sizes = sorted({each.size for each in grown if each.axis == IN_LITTLE_MEMORY})
    if len(sizes) < 2:
        raise NotMeasured
    first, last = (
        median(each.work.cost_of("mongod") for each in grown if (each.axis, each.size) == (IN_LITTLE_MEMORY, size))
        for size in (sizes[0], sizes[-1])
    )
    return max(1.0, math.pow(last / first, 1 / math.log10(sizes[-1] / sizes[0])))
