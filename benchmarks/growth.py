"""What an event costs when there are many cases already, and when its case has heard many events already."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Literal

from benchmarks.cases import Cases, told_again
from benchmarks.contenders.ayllu import Ayllu
from benchmarks.events import UNTIL, families_at_risk
from benchmarks.measure import MOST_SECONDS
from benchmarks.meter import Meter, Stretch
from benchmarks.once import verify_once
from benchmarks.place import Place, running, wait_until
from benchmarks.rounds import Tell
from benchmarks.views import SERVICES
from shared.events import Event

FIRST_CASES = 1000
WARM_UP = 200
TURNS = 5
"""How many further events of each case are measured."""

MOST_CASES_EVERY_ROUND = 100_000
MOST_EVENTS_EVERY_ROUND = 100
"""What is larger is measured in the last round only: it takes minutes to get there."""


@dataclass(frozen=True)
class Grown:
    """What an event costs at a size."""

    axis: Literal["cases", "events a case"]
    size: int
    """Cases there were before, or events that each case had heard before."""

    work: Stretch
    disk: int
    """Bytes of the three databases before, indexes included."""

    made_in: float
    """Seconds it took to get there."""


def measure(
    place: Place, cases: Sequence[int], events_a_case: Sequence[int], events: int, rounds: int, tell: Tell
) -> list[Grown]:
    """Both ways of growing, round after round; what takes long only in the last."""
    found = []
    for number in range(rounds):
        last = number == rounds - 1

        def told(grown: Grown, number: int = number) -> None:
            tell(
                f"round {number + 1}, {grown.size:,} {grown.axis}: {grown.work.cost:.2f} CPU ms an event "
                f"({grown.made_in:.0f} s to get there, {grown.disk / 2**20:,.0f} MiB)"
            )
            found.append(grown)

        by_cases(place, [each for each in cases if last or each <= MOST_CASES_EVERY_ROUND], events, told)
        by_events(place, [each for each in events_a_case if last or each <= MOST_EVENTS_EVERY_ROUND], events, told)
    return found


def by_cases(place: Place, sizes: Sequence[int], count: int, told: Callable[[Grown], object]) -> None:
    """With so many cases there before: half of the events about new families, half about those, drawn at random."""
    place.clear()
    known = one_each(families_at_risk(2 * FIRST_CASES), FIRST_CASES)
    with _services(place) as (ours, _):
        _fold(place, ours, [known])
    cases, copies = Cases(place, known), 1
    for number, size in enumerate(sorted(sizes)):
        began = time.perf_counter()
        cases.copy(range(copies, size // FIRST_CASES))
        copies = max(copies, size // FIRST_CASES)
        disk = settle_disk(place)
        made_in = time.perf_counter() - began
        given = _mixed(known, copies, count + WARM_UP, seed=number + 2)
        with _services(place) as (ours, pids):
            _fold(place, ours, [given[:WARM_UP]])
            work = _measured(place, ours, pids, given[WARM_UP:])
        told(Grown("cases", size, work, disk, made_in))


def by_events(place: Place, sizes: Sequence[int], count: int, told: Callable[[Grown], object]) -> None:
    """The same cases hear more and more, in order; then each a few more, in turn, so that no batch has two of one."""
    place.clear()
    known, heard = one_each(families_at_risk(count), count // TURNS), 0
    with _services(place, {"AYLLU_BATCH_SIZE": str(len(known))}) as (ours, pids):
        for size in sorted(sizes):
            began = time.perf_counter()
            _fold(place, ours, (_turns([each], heard, size) for each in known))
            disk = settle_disk(place)
            made_in = time.perf_counter() - began
            work = _measured(place, ours, pids, _turns(known, size, size + TURNS))
            told(Grown("events a case", size, work, disk, made_in))
            heard = size + TURNS


def one_each(events: Iterable[Event], families: int) -> list[Event]:
    """The first event of each of the first so many families."""
    first: dict[str, Event] = {}
    for event in events:
        first.setdefault(event.subject, event)
    return list(first.values())[:families]


def settle_disk(place: Place) -> int:
    """Have everything written, so that nothing of it is left to do later; bytes on disk, indexes included."""
    place.mongo.admin.command("fsync")
    sizes = (place.mongo[service].command("dbStats") for service in SERVICES)
    return int(sum(each["storageSize"] + each["indexSize"] for each in sizes))


def _mixed(known: Sequence[Event], copies: int, count: int, seed: int) -> list[Event]:
    rng = Random(seed)
    new = families_at_risk(count // 2, seed=seed)
    others = [
        told_again(rng.choice(known), rng.randrange(copies), UNTIL + timedelta(days=seed, seconds=number))
        for number in range(count - len(new))
    ]
    mixed = [*new, *others]
    rng.shuffle(mixed)
    return mixed


def _turns(known: Sequence[Event], heard: int, until: int) -> list[Event]:
    return [told_again(each, 0, UNTIL + timedelta(minutes=turn)) for turn in range(heard, until) for each in known]


@contextmanager
def _services(place: Place, told: Mapping[str, str] | None = None) -> Iterator[tuple[Ayllu, dict[str, int]]]:
    ours = Ayllu(environment=told)
    with running(place, ours.programs(place)) as pids:
        yield ours, pids


def _fold(place: Place, ours: Ayllu, parts: Iterable[Sequence[Event]]) -> None:
    for part in parts:
        ours.send(place, part)
    wait_until(lambda: ours.settled(place), MOST_SECONDS, ours.title)


def _measured(place: Place, ours: Ayllu, pids: dict[str, int], events: Sequence[Event]) -> Stretch:
    meter = Meter(place, pids)
    _fold(place, ours, [events])
    work = meter.stretch(len(events))
    verify_once(place, events)
    return work
