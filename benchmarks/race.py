"""The race: every contender puts the same events into the same three views, in turn, round after round."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import latency
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.core import Held, NotTheSame, expected
from benchmarks.events import families_at_risk
from benchmarks.latency import Latency
from benchmarks.meter import SERVERS, Stretch
from benchmarks.place import Place, Tell, TooLate, in_turn, wait_until
from shared.events import Event

START_SECONDS, MOST_SECONDS, LAST_WRITE_SECONDS = 60, 300, 5
WARM_UP = 200


@dataclass(frozen=True)
class Run:
    """One run of one contender: until everything is in the views, and the work until nothing is left to do.

    `memory` are resident megabytes of its own processes together, at the end.
    """

    contender: str
    seconds_to_views: float
    work: Stretch
    memory: float
    held: Held

    @property
    def rate(self) -> float:
        """Events a second, until everything is in the views."""
        return self.work.count / self.seconds_to_views


@dataclass(frozen=True)
class Race:
    """Every round, and the latencies."""

    runs: Sequence[Run] = ()
    latencies: Sequence[Latency] = ()


def measure(place: Place, events: int, rounds: int, tell: Tell, only: str = "abcd", latency_seconds: int = 10) -> Race:
    """All rounds, then the latencies of (a) and (b). Raises NotTheSame, TooLate."""
    warm_up = min(WARM_UP, events // 5)
    given, runs = families_at_risk(events + warm_up), []
    for number in range(rounds):
        for name in in_turn(only, number):
            runs.append(run(place, name, CONTENDERS[name], given, warm_up))
            told = runs[-1]
            tell(f"round {number + 1}, ({name}): {told.rate:,.0f} events/s, {told.work.cost:.2f} CPU ms an event")
    latencies = []
    for name in sorted(set("ab").intersection(only)) if latency_seconds else ():
        latencies.append(latency.measure(place, name, CONTENDERS[name], latency_seconds))
        tell(f"({name}) at {latency.RATE} events/s: {latencies[-1].missing} not in the views")
    return Race(runs, latencies)


def run(place: Place, name: str, contender: Contender, events: Sequence[Event], warm_up: int) -> Run:
    """Start the contender, warm it up with the first events, measure the others. Raises TooLate, NotTheSame."""
    first, others = events[:warm_up], events[warm_up:]
    place.clear(contender.streams)
    with place.running(contender.programs(place)) as pids:
        contender.send(place, first)
        wait_until(lambda: contender.settled(place) and contender.ready(), START_SECONDS, contender.title)
        meter, began = place.meter(pids), time.perf_counter()
        contender.send(place, others)
        wait_until(lambda: contender.in_views(place), MOST_SECONDS, contender.title)
        in_views = time.perf_counter() - began
        wait_until(lambda: contender.settled(place), MOST_SECONDS, contender.title)
        work, resident = meter.stretch(len(others)), meter.resident()
        memory = sum(size for process, size in resident.items() if process not in SERVERS)
        return Run(name, in_views, work, memory, _verified(place, contender, events))


def _verified(place: Place, contender: Contender, events: Sequence[Event]) -> Held:
    """What the views hold, once it is what the events lead to; the last task of a worker may still be writing."""
    wanted = expected(events)
    try:
        wait_until(lambda: contender.held(place) == wanted, LAST_WRITE_SECONDS, contender.title)
    except TooLate:
        raise NotTheSame(f"{contender.title}: {contender.held(place)} instead of {wanted}") from None
    return wanted
