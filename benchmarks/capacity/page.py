"""`docs/capacity.md`: what is needed where, what breaks first, what the figures rest on, and how far they are off."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from benchmarks.capacity import assumptions as assumed
from benchmarks.capacity.check import Check
from benchmarks.capacity.model import CORES, DISK, GIB, PROCESS, READS, STREAMS, Costs, Needs
from benchmarks.figures import Figures
from benchmarks.report.table import Table, number

PAGE = """# Capacity

What a district, a country, and all 130 countries of SOS Children's Villages would need. Written by

```sh
{command}
```

from what `{measured_by}` measured ([benchmarks](benchmarks.md); {machine}) and from the assumptions below. The
model is `benchmarks/capacity/model.py`, arithmetic on one page.

{needs}

- **Cores**: busy at the peak, of a machine like the one measured; machines should have twice as many. At these rates
  batches are small, and an event costs what it costs at 200 a second, not what it costs at full speed.
- **Replicas**: processes of each service for the peak. One more of each is wise: one may be starting.
- **Working set**: all indexes, and the documents in use. What of it is not in MongoDB's cache is read from disk.
- **Disk**: one copy after {years} years. A replica set keeps {copies}. Its oplog, Redis' file and backups come on top.
- **An ordinary machine** ({machine_size}), one for everything, is full at so many times the load.

Countries need not share an installation: one for each is Peru's column 130 times, and keeps names in the country.

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
    PROCESS: """One process of a service is busy at the peak, and lag grows (`ayllu status`). Start replicas of it
        (`ayllu up --replicas intake=2`, `docker compose up --scale`), with partitioned streams (`AYLLU_PARTITIONS`),
        so that they do not make each other fold again.""",
    CORES: """The cores of one machine are busy at the peak. Move MongoDB to machines of its own, then the services:
        they share nothing but the two servers.""",
    READS: """What is used no longer fits into MongoDB's cache, and the disk is busy reading. Give it memory. Then shard
        `views` and `history` by ranges of `_id`: no write concerns more than one document.""",
    DISK: """The disk gets full: MongoDB stops taking writes, intake answers 503, nothing that was accepted is lost.
        Larger disks. Then shard by `_id` (no write concerns more than one document), or move what is older than the law
        asks for to an archive.""",
    STREAMS: """Redis fills while a listener is away: publishing waits in the outboxes, and goes on by itself when the
        listener is back. Bring it back. Give Redis memory for as long as a listener may be away.""",
}
NOTHING = """nothing, for what has to be done: an ordinary machine bears {times} times the load. What breaks is the
    machine itself, so put two more members of MongoDB's replica set, and a replica of each service, on others."""
"""Said where an ordinary machine is hardly used."""

HARDLY = 0.1
WIDTH = 120


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
    """A column a territory."""
    rows = zip(ROWS, *map(_needs, found), strict=True)
    return Table(["", *(each.territory.name for each in found)], [list(row) for row in rows])


def checks_table(checked: Sequence[Check]) -> Table:
    """What the model says, and what was measured."""
    rows = [
        [f"{it.what}, {it.reports:,} reports", number(it.said, 2), number(it.measured, 2), f"{it.off:+.0%}"]
        for it in checked
    ]
    return Table(("", "model", "measured", "the model is off by"), rows)


ROWS = (
    "families",
    "reports a year",
    "reports a day",
    "reports in the busiest hour",
    "events a second then",
    "cores busy then",
    "replicas of intake / education / care / notifications",
    "partitions of each stream",
    "cases in the end",
    "disk in the end, GiB",
    "working set in the end, GiB",
    "memory of everything, GiB",
    "shards of MongoDB",
    "an ordinary machine is full at",
)


def _needs(needs: Needs) -> Iterator[str]:
    yield from (number(each) for each in (needs.territory.families, needs.territory.reports))
    yield from (number(each, 1) for each in (needs.mean * 24 * 3600, needs.peak * 3600))
    yield from (f"{each:,.2g}" if each < 100 else number(each) for each in (needs.said, needs.cores))
    yield " / ".join(map(str, needs.replicas.values()))
    yield from (number(each) for each in (needs.partitions, needs.cases))
    yield from (number(each / GIB, 1) for each in (needs.disk, needs.working_set, needs.memory))
    yield number(needs.shards)
    yield f"{_times(needs)} times that"


def _times(needs: Needs) -> str:
    times = 1 / needs.load[needs.first]
    return f"{times:,.0f}" if times >= 10 else f"{times:.2g}"


def _breaks(needs: Needs) -> str:
    used = needs.load[needs.first]
    part = f"{used:.0%}" if used < 2 else f"{used:,.0f} times what there is"
    told = f"{needs.first}, {part} of an ordinary machine's. {DO[needs.first]}"
    what = NOTHING.format(times=_times(needs)) if used < HARDLY else told.replace("times what there is of", "times")
    text = " ".join(f"- **{needs.territory.name}**: {what}".split())
    return fill(text, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _costs(costs: Costs) -> Table:
    rows = [[f"CPU ms of {name}", number(cost, 2)] for name, cost in costs.services.items()]
    rows += [["CPU ms of Redis", number(costs.redis, 2)], ["CPU ms of mongod", number(costs.mongod, 2)]]
    rows += [
        ["times as much for mongod, with ten times as many cases", number(costs.tenfold, 3)],
        ["events on all streams", number(costs.said, 2)],
        ["changes of documents", number(costs.changes, 2)],
        ["new families", number(costs.cases, 2)],
        ["KiB on disk, documents", number(costs.data / 1024, 1)],
        ["KiB on disk, indexes", number(costs.indexes / 1024, 1)],
        ["cores used by all when nothing comes", number(costs.idle, 3)],
        ["memory of a process of a service, MiB", number(costs.process / 2**20)],
    ]
    return Table(("for each report, with all that follows", "measured"), rows)


def _assumptions() -> Table:
    rows = [[each.what, f"{each.value:,.10g} {each.unit}".strip(), each.source] for each in assumed.ALL]
    return Table(("what", "figure", "source"), rows)
