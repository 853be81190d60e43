"""Tells what more replicas change."""

from collections.abc import Sequence
from statistics import median

from benchmarks.replicas import PARTITIONS, REPLICAS, Shared
from benchmarks.report.table import Table, number

COLUMNS = (
    "replicas of each service",
    "events/s",
    "CPU ms/event",
    "services",
    "mongod",
    "times one",
    "conflicts in 1,000 events",
)
SECTION = """## Replicas

The events of the race, with more replicas of each service: on one stream that all replicas of a service share, and on
{partitions} streams partitioned by family (`AYLLU_PARTITIONS={partitions}`), each read by one replica at a time. Two
cores serve everything here, so more replicas cannot be quicker; what counts is what an event costs.

{table}

**Conflicts**: views that another replica had written first, so that they were folded again; any number is harmless, and
costs. Medians of {rounds} rounds of {events} events, each run verified as in the race.
"""


def tables(shared: Sequence[Shared]) -> list[Table]:
    """Each number of replicas on each kind of streams."""
    ways = [(replicas, partitioned) for partitioned in (False, True) for replicas in REPLICAS]
    return [Table(COLUMNS, [_row(shared, *way) for way in ways if _found(shared, *way)])]


def section(shared: Sequence[Shared]) -> str:
    """For the page."""
    first = shared[0]
    rounds = len(_found(shared, first.replicas, first.partitioned))
    return SECTION.format(
        table=tables(shared)[0].markdown, partitions=PARTITIONS, rounds=rounds, events=f"{first.run.work.count:,}"
    )


def _found(shared: Sequence[Shared], replicas: int, partitioned: bool) -> list[Shared]:
    return [each for each in shared if (each.replicas, each.partitioned) == (replicas, partitioned)]


def _row(shared: Sequence[Shared], replicas: int, partitioned: bool) -> list[str]:
    found = _found(shared, replicas, partitioned)
    works = [each.run.work for each in found]
    one = [each.run.work.cost for each in _found(shared, 1, partitioned)]
    cost = median(each.cost for each in works)
    return [
        f"{replicas}, {'partitioned' if partitioned else 'shared'}",
        number(median(each.run.rate for each in found)),
        number(cost, 2),
        number(median(each.services_cost for each in works), 2),
        number(median(each.cost_of("mongod") for each in works), 2),
        number(cost / median(one), 2) if one else "",
        number(median(each.conflicts for each in found), 1),
    ]
