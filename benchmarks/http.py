"""Intake over HTTP: reports one by one over many connections, and many in a body; against one insert a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.entrances import OURS, THEIRS, open_entrance, verify
from benchmarks.events import reports
from benchmarks.load import load
from benchmarks.measure import MOST_SECONDS
from benchmarks.meter import Meter, Stretch
from benchmarks.place import Place, wait_until
from benchmarks.profiles import profiled
from benchmarks.rounds import Tell, in_turn

CONNECTIONS = (8, 64, 256)
LINES = 500
BATCH_CONNECTIONS = 2
WARM_UP = 500


@dataclass(frozen=True)
class Way:
    """Who takes reports in, over how many connections, and how many reports a request carries."""

    who: str
    connections: int
    lines: int = 1

    @property
    def title(self) -> str:
        """What is sent, and over how many connections."""
        what = "single reports" if self.lines == 1 else f"NDJSON, {self.lines} a batch"
        return f"{what}, {self.connections} connections"


@dataclass(frozen=True)
class Taken:
    """Reports taken in one way: seconds until the last was answered, CPU until nothing was left to do."""

    way: Way
    work: Stretch
    p50: float
    """Milliseconds from a request to its answer, while as many are under way as there are connections."""

    p99: float
    said: float
    """Events that intake said of each report."""


WAYS = (
    *(Way(who, connections) for connections in CONNECTIONS for who in (OURS, THEIRS)),
    Way(OURS, BATCH_CONNECTIONS, LINES),
)


def measure(place: Place, count: int, rounds: int, tell: Tell, profiles: Path | None = None) -> list[Taken]:
    """Every way, in turn, round after round. Raises NotAccepted, NotTheSame, TooLate."""
    given = list(reports(count + min(WARM_UP, count)))
    found = []
    for number in range(rounds):
        for way in in_turn(WAYS, number):
            taken = take(place, way, given[:-count], given[-count:], profiles)
            found.append(taken)
            tell(
                f"round {number + 1}, {way.who}, {way.title}: {taken.work.rate:,.0f} reports/s, "
                f"{taken.work.cost:.2f} CPU ms a report, p99 {taken.p99:,.0f} ms"
            )
    return found


def take(place: Place, way: Way, first: Sequence[str], others: Sequence[str], profiles: Path | None = None) -> Taken:
    """Start whoever takes them in, warm it up with the first reports, measure the others."""
    place.clear()
    with open_entrance(place, way.who) as entrance:
        load(place, entrance, bodies(first, way.lines), way.connections)
        wait_until(lambda: entrance.quiet(place), MOST_SECONDS, way.who)
        named = {f"{way.connections}-{name}": pid for name, pid in entrance.pids.items()}
        with profiled(named, profiles):
            meter = Meter(place, entrance.pids)
            answers = load(place, entrance, bodies(others, way.lines), way.connections)
            wait_until(lambda: entrance.quiet(place), MOST_SECONDS, way.who)
            work = meter.stretch(len(others), answers.seconds)
        said = verify(place, way.who, len(first) + len(others)) / (len(first) + len(others))
    return Taken(way, work, answers.within(0.5), answers.within(0.99), said)


def bodies(given: Sequence[str], lines: int) -> Sequence[str]:
    """A report a body; or NDJSON, so many lines a body."""
    if lines == 1:
        return given
    return ["".join(f"{each}\n" for each in given[at : at + lines]) for at in range(0, len(given), lines)]
