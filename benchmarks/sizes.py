"""All of it at several sizes: what so many reports cost, what they leave on disk, what the processes hold in memory."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.events import reports
from benchmarks.http import WARM_UP
from benchmarks.meter import Meter, Stretch
from benchmarks.place import Place
from benchmarks.rounds import Tell
from benchmarks.whole import Kept, feed, kept, verify_whole, whole

IDLE_SECONDS = 10


@dataclass(frozen=True)
class Size:
    """So many reports through all of it."""

    reports: int
    events: int
    """(View, event) of the services: how often something that was said went into a view."""

    work: Stretch
    idle: Stretch
    """Seconds afterwards in which nothing came."""

    kept: Sequence[Kept]
    memory: Mapping[str, float]
    """Resident megabytes by process."""

    @property
    def disk(self) -> int:
        """Bytes of all databases, indexes included."""
        return sum(each.data + each.indexes for each in self.kept)


def measure(place: Place, sizes: Sequence[int], tell: Tell) -> list[Size]:
    """Each size from nothing, the smallest first. Raises NotTheSame."""
    found = []
    for size in sorted(sizes):
        found.append(_measured(place, size))
        work, disk = found[-1].work, found[-1].disk
        tell(f"{size:,} reports: {work.rate:,.0f} a second, {work.cost:.2f} CPU ms each, {disk / 2**20:,.0f} MiB")
    return found


def _measured(place: Place, size: int) -> Size:
    given, warm_up = list(reports(size)), min(WARM_UP, size // 5)
    with whole(place) as entrance:
        feed(place, entrance, given[:warm_up])
        meter = Meter(place, entrance.pids)
        feed(place, entrance, given[warm_up:])
        work, memory = meter.stretch(size - warm_up), meter.resident()
        meter = Meter(place, entrance.pids)
        time.sleep(IDLE_SECONDS)  # what is measured is that nothing happens
        idle = meter.stretch(1)
        events = verify_whole(place, len(given))
    return Size(len(given), events, work, idle, kept(place), memory)
