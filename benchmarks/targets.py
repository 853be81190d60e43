"""What was aimed at, as ratios within one run, and what came out."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import StatisticsError

from benchmarks.figures import Figures, mid
from benchmarks.growth import CASES, EVENTS
from benchmarks.http import SINGLY, THEIRS, Way

MOST_TIMES = 1.3
"""What an event may cost later, of what it costs at the start."""


@dataclass(frozen=True)
class Target:
    """An aim, what came out, and whether that is enough."""

    what: str
    aim: str
    figure: float
    met: bool


def targets(figures: Figures) -> list[Target]:
    """Those that these figures can say something about."""
    found = []
    for what, most, aim, tell in AIMS:
        try:
            figure = tell(figures)
        except StatisticsError:  # not measured
            continue
        met = figure <= aim if most else figure >= aim
        found.append(Target(what, f"{'≤' if most else '≥'} {aim:.3g}", figure, met))
    return found


def of_race(what: str, other: str) -> Callable[[Figures], float]:
    """What (a) has, of what another has."""
    return lambda f: mid(f.race.runs, what, contender="a") / mid(f.race.runs, what, contender=other)


def of_growth(axis: str, size: int) -> Callable[[Figures], float]:
    """CPU an event at this size, of what it is at the smallest."""
    return lambda f: (
        mid(f.growth, "work.cost", axis=axis, size=size)
        / mid(f.growth, "work.cost", axis=axis, size=min(each.size for each in f.growth if each.axis == axis))
    )


def _http(f: Figures) -> float:
    theirs = Way(THEIRS, SINGLY.connections)
    return mid(f.http, "work.rate", way=SINGLY) / mid(f.http, "work.rate", way=theirs)


def _replicas(f: Figures) -> float:
    one, four = (mid(f.replicas, "run.work.cost", partitioned=True, replicas=number) for number in (1, 4))
    return four / one


AIMS: tuple[tuple[str, bool, float, Callable[[Figures], float]], ...] = (
    ("CPU an event, against (b)", True, 1 / 20, of_race("work.cost", "b")),
    ("CPU an event, against (c)", True, 1 / 40, of_race("work.cost", "c")),
    ("events/s, against (d)", False, 0.9, of_race("rate", "d")),
    ("p99 publish-to-view at 200 events/s, ms", True, 50, lambda f: mid(f.race.latencies, "p99", contender="a")),
    ("reports/s over HTTP at 64 connections, against one insert a request", False, 3, _http),
    ("CPU an event at 100,000 cases, against at 1,000", True, MOST_TIMES, of_growth(CASES, 100_000)),
    ("CPU an event at 100 events a case, against at 1", True, MOST_TIMES, of_growth(EVENTS, 100)),
    ("CPU an event, partitioned, four replicas against one", True, 1.15, _replicas),
)
"""What, whether it is the most or the least that is aimed at, how much, and how it is told."""
