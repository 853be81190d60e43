"""The figures of a whole benchmark: medians of the rounds, ratios against this project, targets, and the machine."""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from benchmarks.contenders import CONTENDERS
from benchmarks.latency import Latency
from benchmarks.measure import Run
from benchmarks.meter import SERVERS
from ops.binaries import mongo_program, redis_program

PACKAGES = ("faststream", "redis", "hiredis", "motor", "pymongo", "pydantic", "celery")


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
class Target:
    """What was aimed at, as a ratio or a time, and what came out."""

    what: str
    aim: str
    figure: float | None
    met: bool


@dataclass(frozen=True)
class Figures:
    """Everything one `python -m benchmarks` found out."""

    command: str
    machine: Mapping[str, str]
    lines: Sequence[Line]
    latencies: Sequence[Latency]
    runs: Sequence[Run]

    def line(self, name: str) -> Line | None:
        """The medians of a contender, if it took part."""
        return next((each for each in self.lines if each.name == name), None)

    def latency(self, name: str, rate: int) -> Latency | None:
        """The latency of a contender at a rate, if it was measured."""
        return next((each for each in self.latencies if (each.contender, each.rate) == (name, rate)), None)

    @property
    def targets(self) -> list[Target]:
        """The targets that these figures can say something about."""
        told = [
            self._ratio("CPU an event, against (b)", "b", lambda us, them: us.total / them.total, 1 / 20, at_most=True),
            self._ratio("CPU an event, against (c)", "c", lambda us, them: us.total / them.total, 1 / 40, at_most=True),
            self._ratio("events/s, against (d)", "d", lambda us, them: us.rate / them.rate, 0.9, at_most=False),
            self._quick(),
        ]
        return [each for each in told if each]

    def as_json(self) -> dict[str, Any]:
        """Everything, with every round."""
        return {**asdict(self), "targets": [asdict(each) for each in self.targets]}

    def _ratio(self, what: str, name: str, ratio: Any, aim: float, *, at_most: bool) -> Target | None:
        us, them = self.line("a"), self.line(name)
        if us is None or them is None:
            return None
        figure = ratio(us, them)
        return Target(what, f"{'≤' if at_most else '≥'} {aim:.3g}", figure, figure <= aim if at_most else figure >= aim)

    def _quick(self) -> Target | None:
        at_200 = self.latency("a", 200)
        if at_200 is None:
            return None
        return Target(
            "p99 publish-to-view at 200 events/s, ms", "< 50", at_200.p99, at_200.p99 is not None and at_200.p99 < 50
        )


def lines(runs: Sequence[Run]) -> list[Line]:
    """The medians of each contender, in their order."""
    return [_line([each for each in runs if each.contender == name]) for name in sorted({r.contender for r in runs})]


def machine() -> dict[str, str]:
    """What it ran on."""
    return {
        "processor": _processor(),
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "redis server": _said(redis_program(), "--version"),
        "mongod": _said(mongo_program(), "--version"),
        **{"redis-py" if name == "redis" else name: version(name) for name in PACKAGES},
        "on": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def _line(runs: Sequence[Run]) -> Line:
    ours = CONTENDERS[runs[0].contender]
    return Line(
        name=ours.name,
        title=ours.title,
        events=runs[0].events,
        rounds=len(runs),
        rate=median(each.rate for each in runs),
        settled_rate=median(each.settled_rate for each in runs),
        services=median(each.services_cost for each in runs),
        redis=median(each.cost("redis") for each in runs),
        mongod=median(each.cost("mongod") for each in runs),
        total=median(each.total_cost for each in runs),
        sender=median(each.cost("sender") for each in runs),
        memory=median(sum(size for name, size in each.memory.items() if name not in SERVERS) for each in runs),
        others=max(each.others for each in runs),
    )


def _processor() -> str:
    told = (line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines())
    return next((value.strip() for name, _, value in told if name.strip() == "model name"), platform.machine())


def _said(program: Path, *arguments: str) -> str:
    said = subprocess.run([program, *arguments], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split("\n", 1)[0].split()[:4])
