"""`docs/capacity.md`: what is needed where, what breaks first, what the figures rest on, and how far they are off."""

from collections.abc import Sequence

from benchmarks.capacity import assumptions as assumed
from benchmarks.capacity.check import Check
from benchmarks.capacity.model import CACHE, CORES, DISK, GIB, PROCESS, STREAMS, Costs, Needs
from benchmarks.figures import Figures
from benchmarks.report.table import Table, number

PAGE = """# Capacity

What a district, a country, and all 130 countries of SOS Children's Villages would need. Written by

```sh
{command}
```

from what `{measured_by}` measured ([benchmarks](benchmarks.md), {machine}) and from the assumptions below. The model
is `benchmarks/capacity/model.py`, arithmetic on one page.

{needs}

- **reports/s**: mean of the year, and the busiest hour. **Events/s**: said on all streams in that hour.
- **cores**: of a machine like the one measured, at the peak, all of them busy; machines should have twice as many.
- **replicas**: processes of each service for the peak. One more of each is wise: one may be starting.
- **working set**: what MongoDB should hold in its cache: all indexes, and the documents in use.
- **disk**: one copy after {years} years. A replica set keeps {copies}. Its oplog, Redis' file and backups come on top.
- **full at**: how many times this load an ordinary machine ({machine_size}), one for everything, would bear.

## What breaks first, and what to do then

{breaks}

Replicas, backing up and restoring: [operating Ayllu](operate.md).

## What a report costs

{costs}

## Assumptions

Not measured here. Where a source is given, it is its figure; the others are marked, and easily changed in
`benchmarks/capacity/assumptions.py`.

{assumptions}

## Checked

The model is made from parts measured apart: intake alone, the three services alone, what some thousand reports leave on
disk. Here it is held against runs of everything together, at {sizes} sizes.

{checks}
"""
DO = {
    PROCESS: """one process of a service is busy at the peak, and lag grows (`ayllu status`). Start replicas of that
service (`ayllu up --replicas intake=2`, `docker compose up --scale`), with partitioned streams (`AYLLU_PARTITIONS`) if
there are several, so that they do not make each other fold again.""",
    CORES: """the cores of one machine are busy at the peak. Move MongoDB to machines of its own, then the services:
they share nothing but the two servers.""",
    CACHE: """MongoDB's cache no longer holds all indexes and the documents in use; reads come from disk, and an event
costs more. Give it memory. Then shard: no write concerns more than one document, so `views` by hashed `_id` and
`history` by hashed `document` can be sharded as they are.""",
    DISK: """the disk is full: MongoDB stops taking writes, intake answers 503, nothing that was accepted is lost.
Larger disks. Then shard, or move what is older than the law asks for to an archive.""",
    STREAMS: """Redis is full while a listener is away: publishing waits in the outboxes, and goes on by itself when the
listener is back. Bring it back. Give Redis memory for as long as a listener may be away.""",
}
NOTHING = """Nothing, for what has to be done: an ordinary machine bears {times} times the load. What breaks is the
machine itself, so put a second and third member of MongoDB's replica set, and a replica of each service, on others."""
"""Said where an ordinary machine is hardly used."""

HARDLY = 0.1
COLUMNS = (
    "",
    "families",
    "reports a year",
    "reports/s mean",
    "reports/s peak",
    "events/s peak",
    "cores",
    "replicas of each service",
    "memory GiB",
    "of it working set",
    "disk GiB",
    "shards",
    "stream partitions",
    "full at",
)


def page(command: str, figures: Figures, costs: Costs, found: Sequence[Needs], checked: Sequence[Check]) -> str:
    """The page in Markdown."""
    return PAGE.format(
        command=command,
        measured_by=figures.command,
        machine=f"{figures.machine['cores']} cores, {figures.machine['processor']}",
        machine_size=f"{assumed.CORES.value:g} cores, {assumed.MEMORY.value:g} GiB, {assumed.DISK.value:g} GiB of disk",
        needs=needs_table(found).markdown,
        years=number(assumed.YEARS.value),
        copies=number(assumed.COPIES.value),
        breaks="\n".join(_breaks(each) for each in found),
        costs=_costs(costs).markdown,
        assumptions=_assumptions().markdown,
        sizes=len({each.reports for each in checked}),
        checks=checks_table(checked).markdown,
    )


def needs_table(found: Sequence[Needs]) -> Table:
    """A row a territory."""
    return Table(COLUMNS, [_needs(each) for each in found])


def checks_table(checked: Sequence[Check]) -> Table:
    """What the model says, and what was measured."""
    rows = [
        [f"{it.what}, {it.reports:,} reports", number(it.said, 2), number(it.measured, 2), f"{it.off:+.0%}"]
        for it in checked
    ]
    return Table(("", "model", "measured", "the model is off by"), rows)


def _needs(needs: Needs) -> list[str]:
    return [
        needs.territory.name,
        number(needs.territory.families),
        number(needs.territory.reports),
        number(needs.mean, 4),
        number(needs.peak, 3),
        number(needs.said, 2),
        number(needs.cores, 2),
        ", ".join(f"{name} {count}" for name, count in needs.replicas.items()),
        number(needs.memory / GIB, 1),
        number(needs.working_set / GIB, 1),
        number(needs.disk / GIB, 1),
        number(needs.shards),
        number(needs.partitions),
        f"{1 / needs.load[needs.first]:,.2g} times",
    ]


def _breaks(needs: Needs) -> str:
    used = needs.load[needs.first]
    what = NOTHING.format(times=f"{1 / used:,.0f}") if used < HARDLY else f"{needs.first}: {DO[needs.first]}"
    return f"- **{needs.territory.name}**: {what}"


def _costs(costs: Costs) -> Table:
    rows = [[f"CPU ms of {name}", number(cost, 2)] for name, cost in costs.services.items()]
    rows += [["CPU ms of Redis", number(costs.redis, 2)], ["CPU ms of mongod", number(costs.mongod, 2)]]
    rows += [
        ["times as much for mongod, with ten times as many cases", number(costs.tenfold, 3)],
        ["events on all streams", number(costs.said, 2)],
        ["new families", number(costs.cases, 2)],
        ["KiB on disk, documents", number(costs.data / 1024, 1)],
        ["KiB on disk, indexes", number(costs.indexes / 1024, 1)],
        ["cores used by all when nothing comes", number(costs.idle, 3)],
        ["memory of a process of a service, MiB", number(costs.process / 2**20)],
    ]
    return Table(("for each report, with all that follows", "measured"), rows)


def _assumptions() -> Table:
    rows = [[each.what, f"{each.value:,g} {each.unit}".strip(), each.source] for each in assumed.ALL]
    return Table(("what", "figure", "source"), rows)
