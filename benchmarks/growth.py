"""What an event costs when there are many cases already, and when its case has heard many events already."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from random import Random

from benchmarks.contenders import Ayllu
from benchmarks.core import SERVICES, NotTheSame, concerned
from benchmarks.events import UNTIL, fact_of, families_at_risk, one_each, told_again
from benchmarks.meter import Stretch
from benchmarks.place import STREAM, Place, Tell, wait_until
from shared.events import Event
from shared.folds.folding import mark, marks

WARM_UP, CHUNK, MOST_SECONDS = 200, 10_000, 300
TURNS = 5
"""How many further events of each case are measured."""

MOST_IN_TURN, MOST_EVENTS = 200, 100
"""Cases that hear more and more; more events than that only in the last round: it takes minutes to get there."""

LITTLE_MEMORY = 512 * 1024 * 1024
"""A cache of MongoDB of which 100,000 cases need several times as much."""

CASES, IN_LITTLE_MEMORY, EVENTS = "cases", "cases in little memory", "events a case"
Step = tuple[int, Stretch, int]
"""A size, what was measured there, and bytes on disk before."""

Fold = Callable[[Iterable[Event]], None]
"""Has the services take events in, until nothing is left to do."""


@dataclass(frozen=True)
class Grown:
    """What an event costs with so many cases there before, or so many events that each case had heard before."""

    axis: str
    size: int
    work: Stretch
    disk: int


def measure(
    place: Place, events: int, rounds: int, tell: Tell, cases: Sequence[int], events_a_case: Sequence[int]
) -> list[Grown]:
    """Every way of growing, round after round. Raises NotTheSame, TooLate."""
    found: list[Grown] = []
    for number in range(rounds):
        few = [size for size in events_a_case if size <= MOST_EVENTS or number == rounds - 1]
        for axis, sizes, cache in ((CASES, cases, None), (IN_LITTLE_MEMORY, cases, LITTLE_MEMORY), (EVENTS, few, None)):
            grow = by_events if axis == EVENTS else by_cases
            with place.cache(cache):
                for size, work, disk in grow(place, sizes, events):
                    found.append(Grown(axis, size, work, disk))
                    tell(f"round {number + 1}, {size:,} {axis}: {work.cost:.2f} CPU ms an event")
    return found


def by_cases(place: Place, sizes: Sequence[int], count: int) -> Iterator[Step]:
    """With so many cases there before: half of the events about new families, half about those, drawn at random."""
    known, there = one_each(max(sizes)), 0
    with _running(place, Ayllu()) as (fold, pids):
        for number, size in enumerate(sizes):
            fold(known[there:size])
            disk, given = place.disk(), _mixed(known[:size], WARM_UP + count, seed=number + 2)
            fold(given[:WARM_UP])
            yield size, _measured(place, fold, pids, given[WARM_UP:]), disk
            there = size


def by_events(place: Place, sizes: Sequence[int], count: int) -> Iterator[Step]:
    """The same cases hear more and more, in order; then each a few more, in turn, so that no batch has two of one."""
    known, heard = one_each(min(MOST_IN_TURN, count // TURNS)), 0
    with _running(place, Ayllu(AYLLU_BATCH_SIZE=str(len(known)))) as (fold, pids):
        for size in sizes:
            fold(event for each in known for event in _turns([each], heard, size))
            disk = place.disk()
            yield size, _measured(place, fold, pids, _turns(known, size, size + TURNS)), disk
            heard = size + TURNS


def verify_once(place: Place, events: Sequence[Event]) -> None:
    """Whether each event is in each view that it concerns once, by the marks that views keep. Raises NotTheSame."""
    for service in SERVICES:
        wanted = {(document, mark(event)) for event in events for document in concerned(service, fact_of(event))}
        documents = list({document for document, _ in wanted})
        found = place.mongo[service].views.find({"_id": {"$in": documents}}, {"folded": 1})
        held = Counter((view["_id"], each) for view in found for each in marks(bytes(view["folded"])))
        if wrong := [each for each in wanted if held[each] != 1]:
            raise NotTheSame(f"{len(wrong)} of {len(wanted)} events are not in the views of {service}, or twice")


def _mixed(known: Sequence[Event], count: int, seed: int) -> list[Event]:
    rng, new = Random(seed), families_at_risk(count // 2, seed=seed)
    moments = (UNTIL + timedelta(days=seed, seconds=number) for number in range(count - len(new)))
    mixed = [*new, *(told_again(rng.choice(known), moment) for moment in moments)]
    rng.shuffle(mixed)
    return mixed


def _turns(known: Sequence[Event], heard: int, until: int) -> list[Event]:
    return [told_again(each, UNTIL + timedelta(minutes=turn)) for turn in range(heard, until) for each in known]


@contextmanager
def _running(place: Place, ours: Ayllu) -> Iterator[tuple[Fold, dict[str, int]]]:
    def fold(events: Iterable[Event]) -> None:
        left = iter(events)
        while chunk := list(islice(left, CHUNK)):
            ours.send(place, chunk)
            wait_until(lambda: ours.settled(place), MOST_SECONDS, ours.title)
            place.redis.xtrim(STREAM, maxlen=0, approximate=False)

    place.clear()
    with place.running(ours.programs(place)) as pids:
        yield fold, pids


def _measured(place: Place, fold: Fold, pids: dict[str, int], events: Sequence[Event]) -> Stretch:
    meter = place.meter(pids)
    fold(events)
    work = meter.stretch(len(events))
    verify_once(place, events)
    return work
