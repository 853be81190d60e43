"""All of it at several sizes: what so many reports cost, what they leave on disk, what the processes hold in memory."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.core import SERVICES, NotTheSame
from benchmarks.events import reports
from benchmarks.http import IN_BATCHES, WARM_UP, feed, ours
from benchmarks.meter import Stretch
from benchmarks.place import EVERY_SERVICE, REPORTS, Place, Tell
from ops.commands.audit import audit

IDLE_SECONDS = 10


@dataclass(frozen=True)
class Left:
    """What so many reports leave behind: events on all streams, rows of history, and bytes on disk of documents."""

    reports: int
    said: int
    families: int
    changes: int
    data: int
    indexes: int


@dataclass(frozen=True)
class Size:
    """So many reports through all of it: then cores used while nothing comes, bytes on disk, megabytes by process."""

    reports: int
    work: Stretch
    idle: float
    disk: int
    indexes: int
    memory: Mapping[str, float]


@dataclass(frozen=True)
class Sizes:
    """What reports leave behind, which the capacity model takes; and the runs that it is checked against."""

    left: Left
    runs: Sequence[Size]


def measure(place: Place, sizes: Sequence[int], tell: Tell) -> Sizes:
    """Each size from nothing, the smallest first, after what three times the smallest leave. Raises NotTheSame."""
    with ours(place, *SERVICES) as entrance:
        feed(entrance, given := list(reports(3 * min(sizes))), IN_BATCHES)
        left, found = _left(place, len(given)), []
    for size in sorted(sizes):
        found.append(_measured(place, size))
        work = found[-1].work
        tell(f"{size:,} reports: {work.rate:,.0f} a second, {work.cost:.2f} CPU ms each")
    return Sizes(left, found)


def _measured(place: Place, size: int) -> Size:
    given, warm_up = list(reports(size)), min(WARM_UP, size // 5)
    with ours(place, *SERVICES) as entrance:
        feed(entrance, given[:warm_up], IN_BATCHES)
        meter = place.meter(entrance.pids)
        feed(entrance, given[warm_up:], IN_BATCHES)
        work, memory = meter.stretch(size - warm_up), meter.resident()
        meter = place.meter(entrance.pids)
        time.sleep(IDLE_SECONDS)  # what is measured is that nothing happens
        idle = meter.stretch(1)
        left = _left(place, size)
    return Size(size, work, idle.cost / 1000 / idle.seconds, left.data + left.indexes, left.indexes, memory)


def _left(place: Place, reports: int) -> Left:
    """Every report kept once, all that was said in every view once. Raises NotTheSame."""
    found, kept = place.connected(audit), place.mongo[REPORTS].reports.count_documents({})
    if not found.complete or kept != reports:
        missing = {name: len(lost) for name, lost in found.missing.items()}
        raise NotTheSame(f"{kept} reports kept of {reports}, missing in views: {missing}")
    return Left(
        reports,
        said=sum(int(place.redis.xlen(service)) for service in EVERY_SERVICE),
        families=place.mongo[REPORTS].views.estimated_document_count(),
        changes=sum(place.mongo[service].history.estimated_document_count() for service in EVERY_SERVICE),
        data=place.disk("storageSize"),
        indexes=place.disk("indexSize"),
    )
