"""What was aimed at, as ratios within one run, and what came out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.entrances import OURS, THEIRS
from benchmarks.growth import Grown
from benchmarks.http import Taken, Way
from benchmarks.race import Race
from benchmarks.replicas import Shared

CONNECTIONS = 64
MOST_CASES, MOST_EVENTS, MOST_TIMES = 100_000, 100, 1.3


@dataclass(frozen=True)
class Target:
    """What was aimed at, as a ratio or a time, and what came out; None: too much was missing to tell."""

    what: str
    aim: str
    figure: float | None
    met: bool


def of_race(race: Race) -> Iterator[Target]:
    """Against (b), (c) and (d), and how quick."""
    us, b, c, d = (race.line(name) for name in "abcd")
    if us and b:
        yield at_most("CPU an event, against (b)", us.total / b.total, 1 / 20)
    if us and c:
        yield at_most("CPU an event, against (c)", us.total / c.total, 1 / 40)
    if us and d:
        yield at_least("events/s, against (d)", us.rate / d.rate, 0.9)
    if at_200 := race.latency("a", 200):
        quick = at_200.p99 is not None and at_200.p99 < 50
        yield Target("p99 publish-to-view at 200 events/s, ms", "< 50", at_200.p99, quick)


def of_http(taken: Sequence[Taken]) -> Iterator[Target]:
    """Single reports, against one insert a request."""
    ours, theirs = (_rates(taken, Way(who, CONNECTIONS)) for who in (OURS, THEIRS))
    if ours and theirs:
        yield at_least(
            f"reports/s over HTTP at {CONNECTIONS} connections, against one insert a request",
            median(ours) / median(theirs),
            3,
        )


def of_growth(grown: Sequence[Grown]) -> Iterator[Target]:
    """What an event costs later, against at the start."""
    for axis, most in (("cases", MOST_CASES), ("events a case", MOST_EVENTS)):
        sizes = {each.size for each in grown if each.axis == axis}
        if most in sizes:
            later, first = (_cost(grown, axis, size) for size in (most, min(sizes)))
            yield at_most(f"CPU an event at {most:,} {axis}, against at {min(sizes):,}", later / first, MOST_TIMES)


def of_replicas(shared: Sequence[Shared]) -> Iterator[Target]:
    """Four replicas against one, on partitioned streams."""
    one, four = ([each.run.work.cost for each in shared if each.partitioned and each.replicas == n] for n in (1, 4))
    if one and four:
        yield at_most("CPU an event, partitioned, four replicas against one", median(four) / median(one), 1.15)


def at_most(what: str, figure: float, aim: float) -> Target:
    """The less, the better."""
    return Target(what, f"≤ {aim:.3g}", figure, figure <= aim)


def at_least(what: str, figure: float, aim: float) -> Target:
    """The more, the better."""
    return Target(what, f"≥ {aim:.3g}", figure, figure >= aim)


def _rates(taken: Sequence[Taken], way: Way) -> list[float]:
    return [each.work.rate for each in taken if each.way == way]


def _cost(grown: Sequence[Grown], axis: str, size: int) -> float:
    return median(each.work.cost for each in grown if (each.axis, each.size) == (axis, size))
