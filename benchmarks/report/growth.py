"""Tells what an event costs as cases, and events a case, become more."""

from collections.abc import Sequence
from statistics import median

from benchmarks.growth import LITTLE_MEMORY, TURNS, Grown
from benchmarks.report.curves import curves
from benchmarks.report.table import Table, number
from benchmarks.targets import MOST_TIMES

COLUMNS = (
    "there before",
    "CPU ms/event",
    "services",
    "Redis",
    "mongod",
    "times the first",
    "events/s until quiet",
    "disk MiB",
    "rounds",
)
SECTION = """## Growth

What an event costs with more and more there before. **Cases**: {events} events, half about new families, half about
those there are, drawn at random. The first thousand families are folded; the others are copies of what the services
kept of them, under other ids, written straight to MongoDB, whose cache is what it takes by itself, half of the
machine's memory. **Cases in little memory**: the same with a cache of {little} MiB, as `ayllu up` gives it, so that
most of 100,000 cases have to be read from disk, and written there to make room. **Cases of care alone**: with one
service, up to a million, which all three would take too long to make. **Events a case**: the same cases hear more and
more, in order; measured are the next {turns} events of each, in turn, so that no batch holds two of one case.

![CPU time an event as cases and events a case become more](benchmarks-growth.svg)

{table}

Medians of the rounds; what takes minutes to get to was measured once. Verified: every event of the measured part
exactly once in each of its views.
"""


def tables(grown: Sequence[Grown]) -> list[Table]:
    """Each size of each way of growing."""
    sizes = list(dict.fromkeys((each.axis, each.size) for each in grown))
    return [Table(COLUMNS, [_row(grown, axis, size) for axis, size in sorted(sizes)])]


def picture(grown: Sequence[Grown], made_by: str) -> str:
    """What an event costs at each size, times what it costs at the first."""
    axes = sorted({str(each.axis) for each in grown})
    drawn = {axis: {each.size: times(grown, axis, each.size) for each in grown if each.axis == axis} for axis in axes}
    title = "CPU time an event with so many there before, times that with the fewest: flat is best"
    return curves(title, drawn, MOST_TIMES, made_by)


def section(grown: Sequence[Grown]) -> str:
    """For the page."""
    return SECTION.format(
        table=tables(grown)[0].markdown, events=f"{grown[0].work.count:,}", turns=TURNS, little=LITTLE_MEMORY // 2**20
    )


def cost(grown: Sequence[Grown], axis: str, size: int) -> float:
    """CPU ms an event, the median of the rounds."""
    return median(each.work.cost for each in grown if (each.axis, each.size) == (axis, size))


def times(grown: Sequence[Grown], axis: str, size: int) -> float:
    """What it costs, times what it costs at the first size."""
    return cost(grown, axis, size) / cost(grown, axis, min(each.size for each in grown if each.axis == axis))


def _row(grown: Sequence[Grown], axis: str, size: int) -> list[str]:
    found = [each for each in grown if (each.axis, each.size) == (axis, size)]
    works = [each.work for each in found]
    return [
        f"{size:,} {axis}",
        number(cost(grown, axis, size), 2),
        number(median(each.services_cost for each in works), 2),
        *(number(median(each.cost_of(name) for each in works), 2) for name in ("redis", "mongod")),
        number(times(grown, axis, size), 2),
        number(median(each.rate for each in works)),
        number(median(each.disk for each in found) / 2**20),
        number(len(found)),
    ]
