"""One run of one contender: how long it took, which process used how much CPU and memory, and whether all is there."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.meter import Meter, Stretch
from benchmarks.place import Place, running, wait_until
from benchmarks.profiles import profiled
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
    seconds_to_views: float
    work: Stretch
    """Until nothing is left to do."""

    memory: Mapping[str, float]
    """Resident megabytes at the end, by process."""

    held: Held
    counted: Mapping[str, float]
    """What the contender's processes counted themselves meanwhile."""

    @property
    def rate(self) -> float:
        """Events a second, until everything is in the views."""
        return self.work.count / self.seconds_to_views


def run(place: Place, contender: Contender, events: Sequence[Event], warm_up: int, profiles: Path | None = None) -> Run:
    """Start the contender, warm it up with the first events, measure the others. Raises TooLate, NotTheSame."""
    first, others = events[:warm_up], events[warm_up:]
    place.clear(contender.streams)
    contender.prepare(place, (first, others))
    with running(place, contender.programs(place)) as pids:
        contender.send(place, first)
        wait_until(lambda: contender.settled(place), START_SECONDS, contender.title)
        wait_until(contender.warm, START_SECONDS, contender.title)
        with profiled(pids, profiles):
            before, meter, began = contender.counted(), Meter(place, pids), time.perf_counter()
            contender.send(place, others)
            wait_until(lambda: contender.in_views(place), MOST_SECONDS, contender.title)
            in_views = time.perf_counter() - began
            wait_until(lambda: contender.settled(place), MOST_SECONDS, contender.title)
            work, memory = meter.stretch(len(others)), meter.resident()
        counted = {name: count - before[name] for name, count in contender.counted().items()}
        held = _verified(place, events)
    return Run(contender.name, in_views, work, memory, held, counted)


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
