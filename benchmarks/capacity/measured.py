"""What the model takes from `benchmarks.json`: no figure of it is typed in anywhere else."""

import math
from statistics import StatisticsError, median

from benchmarks.capacity.model import Costs
from benchmarks.core import SERVICES
from benchmarks.figures import Figures, chosen, mid
from benchmarks.growth import IN_LITTLE_MEMORY
from benchmarks.http import IN_BATCHES, SINGLY, Way
from benchmarks.meter import SERVERS
from benchmarks.place import REPORTS


class NotMeasured(Exception):
    """Too little was measured for the capacity model. Run `python -m benchmarks all --out docs` first."""


def costs(figures: Figures, way: Way = SINGLY) -> Costs:
    """What a report costs, with all that follows from it, if it comes in this way. Raises NotMeasured."""
    try:
        return _costs(figures, way)
    except (StatisticsError, AttributeError, ValueError):
        raise NotMeasured(NotMeasured.__doc__) from None


def _costs(figures: Figures, way: Way) -> Costs:
    sizes = figures.sizes
    if sizes is None:
        raise NotMeasured
    runs, taken, left = chosen(figures.race.runs, contender="a"), chosen(figures.http, way=way), sizes.left
    events = mid(taken, "said") * (1 if way == IN_BATCHES else in_small_batches(figures))
    heard = {name: events * median(each.work.cost_of(name) for each in runs) for name in SERVICES}
    return Costs(
        services={REPORTS: mid(taken, "work.services"), **heard},
        redis=mid(taken, "work.redis") + events * mid(runs, "work.redis"),
        mongod=mid(taken, "work.mongod") + events * mid(runs, "work.mongod"),
        tenfold=tenfold(figures),
        idle=mid(sizes.runs, "idle"),
        said=left.said / left.reports,
        cases=left.families / left.reports,
        changes=left.changes / left.reports,
        data=left.data / left.reports,
        indexes=left.indexes / left.reports,
        process=2**20 * max(held for name, held in sizes.runs[-1].memory.items() if name not in SERVERS),
    )


def in_small_batches(figures: Figures) -> float:
    """What an event costs at 200 a second, where batches are small, times what it costs at full speed."""
    full = mid(figures.race.runs, "work.cost", contender="a")
    return max(1.0, mid(figures.race.latencies, "cost", contender="a") / full)


def tenfold(figures: Figures) -> float:
    """What mongod's cost is multiplied by when cases are ten times as many; never less than one.

    Measured in little memory: in the end most cases are not in it.
    """
    grown = chosen(figures.growth, axis=IN_LITTLE_MEMORY)
    first, last = (most(each.size for each in grown) for most in (min, max))
    times = mid(grown, "work.mongod", size=last) / mid(grown, "work.mongod", size=first)
    return max(1.0, math.pow(times, 1 / math.log10(last / first)))
