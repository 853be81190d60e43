"""What an event costs when there are many cases already, and when its case has heard many events already."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

MOST_IN_TURN = 200
"""Cases that hear a thousand events each."""

MOST_CASES, MOST_EVENTS = 100_000, 100
"""What is larger is measured in the last round only: it takes minutes to get there."""

LITTLE_MEMORY = 512 * 1024 * 1024
"""A cache of MongoDB of which 100,000 cases need several times as much."""

Axis = Literal["cases", "cases in little memory", "cases of care alone", "events a case"]
CASES: Axis = "cases"
IN_LITTLE_MEMORY: Axis = "cases in little memory"
CARE: Axis = "cases of care alone"
EVENTS: Axis = "events a case"
RUNNING = {CASES: SERVICES, IN_LITTLE_MEMORY: SERVICES, CARE: ("care",), EVENTS: SERVICES}
"""A million cases of all three services take too long to make: the last step is care's alone."""


@dataclass(frozen=True)
class Grown:
    """What an event costs at a size."""

    axis: Axis
    size: int
    """Cases there were before, or events that each case had heard before."""

    work: Stretch
    disk: int
    """Bytes of the databases before, indexes included."""

    made_in: float
    """Seconds it took to get there."""


def measure(place: Place, sizes: Mapping[Axis, Sequence[int]], events: int, rounds: int, tell: Tell) -> list[Grown]:
    """Every way of growing, round after round; what takes long only in the last."""
    found = []
    for number in range(rounds):
        for axis, wanted in sizes.items():
            most = max(wanted) if number == rounds - 1 else MOST_EVENTS if axis == EVENTS else MOST_CASES
            grow = by_events if axis == EVENTS else by_cases
            with place.cache(LITTLE_MEMORY if axis == IN_LITTLE_MEMORY else None):
                for grown in grow(place, axis, [size for size in sorted(wanted) if size <= most], events):
                    found.append(grown)
                    tell(
                        f"round {number + 1}, {grown.size:,} {axis}: {grown.work.cost:.2f} CPU ms an event "
                        f"({grown.made_in:.0f} s to get there, {grown.disk / 2**20:,.0f} MiB)"
                    )
    return found


def by_cases(place: Place, axis: Axis, sizes: Sequence[int], count: int) -> Iterator[Grown]:
    """With so many cases there before: half of the events about new families, half about those, drawn at random."""
    place.clear()
    known, services = one_each(families_at_risk(2 * FIRST_CASES), FIRST_CASES), RUNNING[axis]
    with _running(place, services) as (ours, _):
        _fold(place, ours, [known])
    cases, copies = Cases(place.mongo, known, services), 1
    for number, size in enumerate(sizes):
        began = time.perf_counter()
        cases.copy(range(copies, size // FIRST_CASES))
        copies = max(copies, size // FIRST_CASES)
        disk, made_in = settle_disk(place), time.perf_counter() - began
        given = _mixed(known, copies, count + WARM_UP, seed=number + 2)
        with _running(place, services) as (ours, pids):
            _fold(place, ours, [given[:WARM_UP]])
            work = _measured(place, ours, pids, given[WARM_UP:], services)
        yield Grown(axis, size, work, disk, made_in)


def by_events(place: Place, axis: Axis, sizes: Sequence[int], count: int) -> Iterator[Grown]:
    """The same cases hear more and more, in order; then each a few more, in turn, so that no batch has two of one."""
    place.clear()
    families = min(MOST_IN_TURN, count // TURNS)
    known, heard = one_each(families_at_risk(2 * families), families), 0
    with _running(place, RUNNING[axis], {"AYLLU_BATCH_SIZE": str(len(known))}) as (ours, pids):
        for size in sizes:
            began = time.perf_counter()
            _fold(place, ours, (_turns([each], heard, size) for each in known))
            disk, made_in = settle_disk(place), time.perf_counter() - began
            work = _measured(place, ours, pids, _turns(known, size, size + TURNS), RUNNING[axis])
            yield Grown(axis, size, work, disk, made_in)
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
def _running(
    place: Place, services: Sequence[str], told: Mapping[str, str] | None = None
) -> Iterator[tuple[Ayllu, dict[str, int]]]:
    ours = Ayllu(environment=told, services=services)
    with running(place, ours.programs(place)) as pids:
        yield ours, pids


def _fold(place: Place, ours: Ayllu, parts: Iterable[Sequence[Event]]) -> None:
    for part in parts:
        ours.send(place, part)
    wait_until(lambda: ours.settled(place), MOST_SECONDS, ours.title)


def _measured(
    place: Place, ours: Ayllu, pids: Mapping[str, int], events: Sequence[Event], services: Sequence[str]
) -> Stretch:
    meter = Meter(place, pids)
    _fold(place, ours, [events])
    work = meter.stretch(len(events))
    verify_once(place, events, services)
    return work
