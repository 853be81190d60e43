"""Tells what an event costs as cases, and events a case, become more."""

from collections.abc import Sequence
from statistics import median

from benchmarks.growth import TURNS, Grown
from benchmarks.report.curves import curves
from benchmarks.report.table import Table, number

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
kept of them, under other ids, written straight to MongoDB. **Cases of care alone**: the same with one service, up to a
million, which all three would take too long to make. **Events a case**: the same cases hear more and more, in order;
measured are the next {turns} events of each, in turn, so that no batch holds two of one case.

![CPU milliseconds an event as cases and events a case become more](benchmarks-growth.svg)

{table}

Medians of the rounds; what takes minutes to get to was measured once. Verified: every event of the measured part
exactly once in each of its views.
"""


def table(grown: Sequence[Grown]) -> Table:
    """Each size of each way of growing."""
    sizes = list(dict.fromkeys((each.axis, each.size) for each in grown))
    return Table(COLUMNS, [_row(grown, axis, size) for axis, size in sorted(sizes)])


def picture(grown: Sequence[Grown], made_by: str) -> str:
    """What an event costs at each size."""
    drawn = {
        axis: {each.size: cost(grown, axis, each.size) for each in grown if each.axis == axis}
        for axis in sorted({str(each.axis) for each in grown})
    }
    return curves("CPU time an event, with so many there before: flat is best", drawn, "ms", made_by)


def section(grown: Sequence[Grown]) -> str:
    """For the page."""
    return SECTION.format(table=table(grown).markdown, events=f"{grown[0].work.count:,}", turns=TURNS)


def cost(grown: Sequence[Grown], axis: str, size: int) -> float:
    """CPU ms an event, the median of the rounds."""
    return median(each.work.cost for each in grown if (each.axis, each.size) == (axis, size))


def _row(grown: Sequence[Grown], axis: str, size: int) -> list[str]:
    found = [each for each in grown if (each.axis, each.size) == (axis, size)]
    works = [each.work for each in found]
    first = min(each.size for each in grown if each.axis == axis)
    return [
        f"{size:,} {axis}",
        number(cost(grown, axis, size), 2),
        number(median(each.services_cost for each in works), 2),
        *(number(median(each.cost_of(name) for each in works), 2) for name in ("redis", "mongod")),
        number(cost(grown, axis, size) / cost(grown, axis, first), 2),
        number(median(each.rate for each in works)),
        number(median(each.disk for each in found) / 2**20),
        number(len(found)),
    ]
