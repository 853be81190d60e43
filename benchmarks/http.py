"""Intake over HTTP: reports one by one over many connections, and many in a body; against one insert a request."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchmarks.contenders import Ayllu, listening, served
from benchmarks.core import NotTheSame
from benchmarks.events import reports
from benchmarks.load import load
from benchmarks.meter import SENDER, Stretch
from benchmarks.place import REPORTS, STREAM, Place, Program, Tell, in_turn, wait_until
from ops.servers.processes import free_port
from services.intake.store.keys import add_key
from shared.folds.folding import MARK_SIZE

OURS, THEIRS = "Ayllu", "one insert a request"
LINES, BATCH_CONNECTIONS = 500, 2
WARM_UP, START_SECONDS, MOST_SECONDS = 500, 60, 900


@dataclass(frozen=True)
class Way:
    """Who takes reports in, over how many connections, and how many reports a request carries."""

    who: str
    connections: int
    lines: int = 1


@dataclass(frozen=True)
class Taken:
    """Reports taken in one way: seconds until the last was answered, CPU until nothing was left to do.

    p50 and p99 are ms from a request to its answer; `said` are events that intake said of each report.
    """

    way: Way
    work: Stretch
    p50: float
    p99: float
    said: float

    @property
    def sender_cores(self) -> float:
        return self.work.cpu[SENDER] / self.work.seconds


class Entrance(NamedTuple):
    """A running process that takes reports in; `quiet` tells whether nothing is left to do."""

    port: int
    key: str
    pids: dict[str, int]
    quiet: Callable[[], bool]


SINGLY = Way(OURS, 64)
IN_BATCHES = Way(OURS, BATCH_CONNECTIONS, LINES)
WAYS = (*(Way(who, connections) for connections in (8, SINGLY.connections, 256) for who in (OURS, THEIRS)), IN_BATCHES)


def measure(place: Place, count: int, rounds: int, tell: Tell) -> list[Taken]:
    """Every way, in turn, round after round. Raises NotAccepted, NotTheSame, TooLate."""
    given, found = list(reports(count + min(WARM_UP, count))), []
    for number in range(rounds):
        for way in in_turn(WAYS, number):
            found.append(_take(place, way, given[:-count], given[-count:]))
            work, p99 = found[-1].work, found[-1].p99
            tell(
                f"round {number + 1}, {way.who}, {way.connections} connections, {way.lines} a request: "
                f"{work.rate:,.0f} reports/s, {work.cost:.2f} CPU ms a report, p99 {p99:,.0f} ms"
            )
    return found


@contextmanager
def ours(place: Place, *others: str) -> Iterator[Entrance]:
    """Our intake, and other services of ours if they are named, over nothing."""
    place.clear()
    services = Ayllu((REPORTS, *others), AYLLU_SENDER_RATE="1000000", AYLLU_SENDER_BURST="10000000")
    with place.running(services.programs(place)) as pids:
        wait_until(lambda: all(map(listening, services.ports.values())), START_SECONDS, OURS)
        key = place.connected(lambda client: add_key(client[REPORTS], source="benchmark"))
        yield Entrance(services.ports[REPORTS], key, pids, lambda: services.settled(place))


def feed(entrance: Entrance, given: Sequence[str], way: Way) -> tuple[float, list[float]]:
    """Send reports, and wait until nothing is left to do; seconds until the last was answered, and waits."""
    path, bodies = "/v1/reports", given
    if way.lines > 1:
        parts = (given[at : at + way.lines] for at in range(0, len(given), way.lines))
        path, bodies = "/v1/reports:batch", ["".join(f"{each}\n" for each in part) for part in parts]
    answered = load(entrance.port, path, entrance.key, bodies, way.connections)
    wait_until(entrance.quiet, MOST_SECONDS, "taking reports in")
    return answered


def _take(place: Place, way: Way, first: Sequence[str], others: Sequence[str]) -> Taken:
    """Start whoever takes them in, warm it up with the first reports, measure the others."""
    with ours(place) if way.who == OURS else _theirs(place) as entrance:
        feed(entrance, first, way)
        meter = place.meter(entrance.pids)
        seconds, waits = feed(entrance, others, way)
        work = meter.stretch(len(others), seconds)
        said = _verified(place, way.who, len(first) + len(others)) / (len(first) + len(others))
    p50, p99 = (1000 * waits[max(0, round(part * len(waits)) - 1)] for part in (0.5, 0.99))
    return Taken(way, work, p50, p99, said)


@contextmanager
def _theirs(place: Place) -> Iterator[Entrance]:
    place.clear()
    port = free_port()
    with place.running([Program("one-insert", served("benchmarks.programs.one_insert:app", port))]) as pids:
        wait_until(lambda: listening(port), START_SECONDS, THEIRS)
        yield Entrance(port, "", pids, lambda: True)


def _verified(place: Place, who: str, reports: int) -> int:
    """Every report kept once, and what is to be said of it said once; returns how many events. Raises NotTheSame."""
    kept, said = place.mongo[REPORTS].reports.count_documents({}), place.redis.xlen(STREAM)
    found, wanted = [kept, said], [reports, reports]
    if who == OURS:
        decided = _sum(place, "history", {"$size": {"$ifNull": ["$said", []]}})
        folded = _sum(place, "views", {"$divide": [{"$binarySize": "$folded"}, MARK_SIZE]})
        found, wanted = [kept, folded, said], [reports, reports, decided]
    if found != wanted:
        raise NotTheSame(f"{who}: {found} instead of {wanted}")
    return int(said)


def _sum(place: Place, collection: str, of_each: dict[str, Any]) -> int:
    found = place.mongo[REPORTS][collection].aggregate([{"$group": {"_id": None, "sum": {"$sum": of_each}}}])
    return int(next(iter(found), {"sum": 0})["sum"])
