"""The model: from what things cost and how many come, what is needed. Pure arithmetic, over `assumptions.toml`."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

YEAR, HOUR, GIB = 365.25 * 24 * 3600, 3600, 2**30
FIRST = 1000
"""Cases at which costs were measured first."""

PROCESS, CORES, READS = "one process of a service", "cores", "reads from disk"
DISK, STREAMS = "disk", "Redis' memory"


class Assumption(NamedTuple):
    """A figure that was not measured here."""

    what: str
    value: float
    source: str
    unit: str = ""


ASSUMPTIONS = {
    name: Assumption(**told)
    for name, told in tomllib.loads(Path(__file__).with_name("assumptions.toml").read_text(encoding="utf-8")).items()
}


def assumed(name: str) -> float:
    """A figure by its name."""
    return ASSUMPTIONS[name].value


@dataclass(frozen=True)
class Costs:
    """What was measured, for each report with all that follows from it.

    CPU in ms; of mongod with a thousand cases there, `tenfold` is what it is multiplied by with ten times as many.
    `data` and `indexes` are bytes on disk. Not a report's: `idle`, the cores used by all of it when nothing comes, and
    `process`, the bytes that one process of a service holds in memory.
    """

    services: Mapping[str, float]
    redis: float
    mongod: float
    tenfold: float
    idle: float
    said: float
    cases: float
    changes: float
    data: float
    indexes: float
    process: float


class Territory(NamedTuple):
    """Where it would run."""

    name: str
    people: float

    @property
    def families(self) -> float:
        return self.people / assumed("family")

    @property
    def reports(self) -> float:
        """A year."""
        return self.families / 1000 * assumed("referred") * assumed("by_machine")


TERRITORIES = (
    Territory("a district", assumed("people") / assumed("districts")),
    Territory("Peru", assumed("people")),
    Territory("130 countries", assumed("countries") * assumed("country")),
)


class Needs:
    """What a territory needs, after the years that everything is kept; sums over all machines, one copy of the data."""

    def __init__(self, territory: Territory, costs: Costs) -> None:
        self.territory = territory
        reports, self.mean = territory.reports, territory.reports / YEAR
        """Reports a second, as at the peak; and events."""
        self.peak = self.mean * assumed("peak")
        self.said = self.peak * costs.said
        kept = reports * assumed("years")
        self.cases = kept * costs.cases
        self._cores(costs)
        self.disk = kept * (costs.data + costs.indexes)
        self.working_set = kept * costs.indexes + reports * assumed("in_use") / 12 * costs.data
        """What is used, now and then: all indexes, and the documents in use."""
        self.touched = self.peak * costs.changes * assumed("touched")
        """Pages a second, at the peak."""
        self.redis_memory = self.mean * costs.said * assumed("away") * HOUR * assumed("entry")
        """Bytes said while a listener is away."""
        self.load = self._load()
        self.first = max(self.load, key=lambda name: self.load[name])
        """The resource that is used up first."""
        of_mongod = self.mongod_cores / (assumed("cores") * assumed("used"))
        self.shards = math.ceil(max(of_mongod, self.load[READS], self.load[DISK])) or 1
        """Replica sets of MongoDB, each on ordinary machines of its own."""
        cache = min(self.working_set, self.shards * assumed("memory") * GIB / 2)
        self.memory = cache + self.redis_memory + costs.process * sum(self.replicas.values())

    def _cores(self, costs: Costs) -> None:
        """At the peak, when mongod's cost has grown with the cases; a process of a service uses one at the most."""
        tenfolds = max(0.0, math.log10(max(self.cases, FIRST) / FIRST))
        self.asked = {name: self.peak * cost / 1000 for name, cost in costs.services.items()}
        self.mongod_cores = self.peak * costs.mongod * math.pow(costs.tenfold, tenfolds) / 1000
        self.redis_cores = self.peak * costs.redis / 1000
        self.cores = sum(self.asked.values()) + self.mongod_cores + self.redis_cores + costs.idle
        self.replicas = {name: math.ceil(cores / assumed("used")) or 1 for name, cores in self.asked.items()}
        most = max(self.replicas.values())
        self.partitions = 1 if most == 1 else max(8, 2 ** math.ceil(math.log2(2 * most)))
        """Of each stream: as many as the readers of it, rounded up so that there is room to double them."""

    def _load(self) -> dict[str, float]:
        """Each resource as a part of what one ordinary machine offers: above 1 it does not fit."""
        memory = assumed("memory") * GIB
        return {
            PROCESS: max(self.asked.values()) / assumed("used"),
            CORES: self.cores / (assumed("cores") * assumed("used")),
            READS: self.touched * max(0.0, 1 - memory / 2 / (self.working_set or 1)) / assumed("reads"),
            DISK: self.disk / (assumed("disk") * GIB * assumed("filled")),
            STREAMS: self.redis_memory / (memory / 4),
        }
