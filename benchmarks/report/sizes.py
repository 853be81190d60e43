"""Tells all of it at several sizes."""

from collections.abc import Sequence

from benchmarks.report.table import Table, number
from benchmarks.sizes import Size

COLUMNS = (
    "reports",
    "reports/s until quiet",
    "CPU ms/report",
    "services",
    "Redis",
    "mongod",
    "disk KiB/report",
    "of it indexes",
    "memory MB, services",
    "mongod MB",
    "Redis MB",
    "idle cores",
)
SECTION = """## All of it

Reports in over HTTP, in batches, and all four services, from nothing, until nothing is left to do. The
[capacity model](capacity.md) is checked against these runs.

{table}

**Disk**: the files of all four databases with their indexes, compressed as MongoDB compresses them, once everything is
written; MongoDB's journal and oplog and Redis' file are not in it. **Idle cores**: what all of it uses in {idle} s in
which nothing comes. Verified: every report kept once, everything said in every view it concerns, once
(`ops/commands/audit.py`).
"""


def tables(sizes: Sequence[Size]) -> list[Table]:
    """Each size."""
    return [Table(COLUMNS, [_row(each) for each in sizes])]


def section(sizes: Sequence[Size]) -> str:
    """For the page."""
    return SECTION.format(table=tables(sizes)[0].markdown, idle=f"{sizes[0].idle.seconds:.0f}")


def _row(size: Size) -> list[str]:
    work, servers = size.work, ("redis", "mongod")
    services = sum(held for name, held in size.memory.items() if name not in (*servers, "sender"))
    return [
        number(size.reports),
        number(work.rate),
        number(work.cost, 2),
        number(work.services_cost, 2),
        *(number(work.cost_of(name), 2) for name in servers),
        number(size.disk / size.reports / 1024, 1),
        number(sum(each.indexes for each in size.kept) / size.reports / 1024, 1),
        number(services),
        number(size.memory["mongod"]),
        number(size.memory["redis"]),
        number(size.idle.reading.total / size.idle.seconds, 3),
    ]
