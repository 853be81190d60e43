"""The race: every contender puts the same events into the same three views, in turn, round after round."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import latency, measure
from benchmarks.contenders import CONTENDERS
from benchmarks.events import families_at_risk
from benchmarks.latency import WARM_UP, Latency
from benchmarks.measure import Run
from benchmarks.meter import SERVERS
from benchmarks.place import Place
from benchmarks.rounds import Tell, in_turn

RATES = (200, 1000)
OVERLOADED_SECONDS = 5
"""A contender that cannot keep up is shown to, no longer than that."""


@dataclass(frozen=True)
class Line:
    """A contender: medians over its rounds."""

    name: str
    title: str
    events: int
    rounds: int
    rate: float
    settled_rate: float
    services: float
    redis: float
    mongod: float
    total: float
    sender: float
    memory: float
    """Megabytes of its own processes together."""

    others: float
    """Cores that processes of somebody else used meanwhile, at the worst."""


@dataclass(frozen=True)
class Race:
    """Who took part, and every round."""

    lines: Sequence[Line]
    latencies: Sequence[Latency]
    runs: Sequence[Run]

    def line(self, name: str) -> Line | None:
        """The medians of a contender, if it took part."""
        return next((each for each in self.lines if each.name == name), None)

    def latency(self, name: str, rate: int) -> Latency | None:
        """The latency of a contender at a rate, if it was measured."""
        return next((each for each in self.latencies if (each.contender, each.rate) == (name, rate)), None)


def hold(
    place: Place,
    names: Sequence[str],
    events: int,
    rounds: int,
    tell: Tell,
    *,
    latency_seconds: int,
    profiles: Path | None = None,
) -> Race:
    """All rounds of the contenders of these names, then their latencies."""
    runs = _runs(place, names, events, rounds, profiles, tell)
    latencies = _latencies(place, names, latency_seconds, tell) if latency_seconds else []
    return Race(lines(runs), latencies, runs)


def lines(runs: Iterable[Run]) -> list[Line]:
    """The medians of each contender, in their order."""
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(run.contender, []).append(run)
    return [_line(by_name[name]) for name in sorted(by_name)]


def _runs(place: Place, names: Sequence[str], count: int, rounds: int, profiles: Path | None, tell: Tell) -> list[Run]:
    warm_up = min(200, count // 5)
    given = families_at_risk(count + warm_up)
    runs: list[Run] = []
    for number in range(rounds):
        for name in in_turn(names, number):
            contender = CONTENDERS[name]
            run = measure.run(place, contender, given[: warm_up + count // contender.one_in], warm_up, profiles)
            tell(f"round {number + 1}, ({name}): {run.rate:,.0f} events/s, {run.work.cost:.2f} CPU ms an event")
            runs.append(run)
    return runs


def _latencies(place: Place, names: Sequence[str], seconds: int, tell: Tell) -> list[Latency]:
    found = []
    for rate in RATES:
        for name in sorted(set("ab").intersection(names)):
            length = min(seconds, OVERLOADED_SECONDS) if (name, rate) == ("b", 1000) else seconds
            found.append(latency.measure(place, CONTENDERS[name], families_at_risk(WARM_UP + rate * length), rate))
            tell(f"({name}) at {rate:,} events/s: {found[-1].missing:,} of {found[-1].watched:,} not in the views")
    return found


def _line(runs: Sequence[Run]) -> Line:
    ours = CONTENDERS[runs[0].contender]
    return Line(
        name=ours.name,
        title=ours.title,
        events=runs[0].work.count,
        rounds=len(runs),
        rate=median(each.rate for each in runs),
        settled_rate=median(each.work.rate for each in runs),
        services=median(each.work.services_cost for each in runs),
        redis=median(each.work.cost_of("redis") for each in runs),
        mongod=median(each.work.cost_of("mongod") for each in runs),
        total=median(each.work.cost for each in runs),
        sender=median(each.work.cost_of("sender") for each in runs),
        memory=median(sum(size for name, size in each.memory.items() if name not in SERVERS) for each in runs),
        others=max(each.work.reading.others for each in runs),
    )
