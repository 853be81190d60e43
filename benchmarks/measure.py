"""One run of one contender: how long it took, which process used how much CPU and memory, and whether all is there."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.contenders import Contender
from benchmarks.meter import SERVERS, Meter
from benchmarks.place import Place, running, wait_until
from benchmarks.views import Held, expected, found
from shared.events import Event

START_SECONDS = 60
MOST_SECONDS = 300


class NotTheSame(Exception):
    """A contender's views are not what the events lead to: it did other work, and its figures mean nothing."""


@dataclass(frozen=True)
class Run:
    """The figures of one run."""

    contender: str
    events: int
    seconds_to_views: float
    seconds: float
    cpu: Mapping[str, float]
    """CPU seconds by process: each service, redis, mongod, sender."""

    memory: Mapping[str, float]
    """Resident megabytes at the end, by process."""

    held: Held
    others: float
    """Cores that processes of somebody else used meanwhile."""

    @property
    def rate(self) -> float:
        """Events a second, until everything is in the views."""
        return self.events / self.seconds_to_views

    @property
    def settled_rate(self) -> float:
        """Events a second, until nothing is left to do."""
        return self.events / self.seconds

    @property
    def services_cost(self) -> float:
        """CPU ms an event of the consuming processes."""
        return self.cost(*(name for name in self.cpu if name not in SERVERS))

    @property
    def total_cost(self) -> float:
        """CPU ms an event of everything but the sender."""
        return self.cost(*(name for name in self.cpu if name != "sender"))

    def cost(self, *names: str) -> float:
        """CPU ms an event of some processes."""
        return 1000 * sum(self.cpu[name] for name in names) / self.events


def run(place: Place, contender: Contender, events: Sequence[Event], warm_up: int) -> Run:
    """Start the contender, warm it up with the first events, measure the others. Raises TooLate, NotTheSame."""
    first, others = events[:warm_up], events[warm_up:]
    place.clear()
    contender.prepare(place, (first, others))
    with running(place, contender.programs(place)) as pids:
        contender.send(place, first)
        wait_until(lambda: contender.settled(place), START_SECONDS, contender.title)
        meter, began = Meter(place, pids), time.perf_counter()
        contender.send(place, others)
        wait_until(lambda: contender.in_views(place), MOST_SECONDS, contender.title)
        in_views = time.perf_counter()
        wait_until(lambda: contender.settled(place), MOST_SECONDS, contender.title)
        settled, reading, memory = time.perf_counter(), meter.read(), meter.resident()
        held = _verified(place, events)
    seconds = in_views - began, settled - began
    return Run(contender.name, len(others), *seconds, reading.cpu, memory, held, reading.others)


def _verified(place: Place, events: Sequence[Event]) -> Held:
    """What the views hold, once it is what the events lead to; the last task of a worker may still be writing."""
    wanted = expected(events)
    held = found(place.mongo)
    deadline = time.monotonic() + 5
    while held != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
        held = found(place.mongo)
    if held != wanted:
        raise NotTheSame(f"{held} instead of {wanted}")
    return held
