"""The model: from what things cost and how many come, what is needed. Pure arithmetic."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.capacity import assumptions as assumed

YEAR = 365.25 * 24 * 3600
GIB = 2**30
FIRST = 1000
"""Cases at which costs were measured first."""

PROCESS, CORES, READS = "one process of a service", "cores", "reads from disk"
DISK, STREAMS = "disk", "Redis' memory"


@dataclass(frozen=True)
class Costs:
    """What was measured, for each report with all that follows from it, unless said otherwise."""

    services: Mapping[str, float]
    """CPU ms of each service."""

    redis: float
    """CPU ms."""

    mongod: float
    """CPU ms, with a thousand cases there."""

    tenfold: float
    """What mongod's cost is multiplied by when there are ten times as many cases."""

    idle: float
    """Cores used by all of it when nothing comes."""

    said: float
    """Events on all streams."""

    cases: float
    """New families."""

    changes: float
    """Rows of history, in all services together."""

    data: float
    """Bytes on disk."""

    indexes: float
    """Bytes on disk."""

    process: float
    """Bytes that one process of a service holds in memory."""


@dataclass(frozen=True)
class Territory:
    """Where it would run."""

    name: str
    people: float

    @property
    def families(self) -> float:
        """Households."""
        return self.people / assumed.FAMILY.value

    @property
    def reports(self) -> float:
        """A year."""
        return self.families / 1000 * assumed.REFERRED.value * assumed.BY_MACHINE.value


TERRITORIES = (
    Territory("a district", assumed.PEOPLE.value / assumed.DISTRICTS.value),
    Territory("Peru", assumed.PEOPLE.value),
    Territory("130 countries", assumed.COUNTRIES.value * assumed.COUNTRY.value),
)


@dataclass(frozen=True)
class Needs:
    """What a territory needs, after the years that everything is kept; sums over all machines, one copy of the data."""

    territory: Territory
    mean: float
    """Reports a second."""

    peak: float
    said: float
    """Events a second, at the peak."""

    cases: float
    asked: Mapping[str, float]
    """Cores each service uses at the peak."""

    mongod_cores: float
    redis_cores: float
    idle_cores: float
    process: float
    """Bytes, as the others."""

    working_set: float
    """What is used, now and then: all indexes, and the documents in use."""

    touched: float
    """Pages a second, at the peak."""

    redis_memory: float
    disk: float

    @property
    def replicas(self) -> dict[str, int]:
        """Processes of each service for the peak; one more of each is wise."""
        return {name: math.ceil(cores / assumed.USED.value) or 1 for name, cores in self.asked.items()}

    @property
    def partitions(self) -> int:
        """Of each stream: as many as the readers of it, rounded up so that there is room to double them."""
        most = max(self.replicas.values())
        return 1 if most == 1 else max(8, 2 ** math.ceil(math.log2(2 * most)))

    @property
    def cores(self) -> float:
        """At the peak."""
        return sum(self.asked.values()) + self.mongod_cores + self.redis_cores + self.idle_cores

    @property
    def cache(self) -> float:
        """Of MongoDB: the working set, or half the memory of all its machines."""
        return min(self.working_set, self.shards * assumed.MEMORY.value * GIB / 2)

    @property
    def memory(self) -> float:
        """Of everything."""
        return self.cache + self.redis_memory + self.process * sum(self.replicas.values())

    @property
    def load(self) -> dict[str, float]:
        """Each resource as a part of what one ordinary machine offers: above 1 it does not fit."""
        memory = assumed.MEMORY.value * GIB
        return {
            PROCESS: max(self.asked.values()) / assumed.USED.value,
            CORES: self.cores / (assumed.CORES.value * assumed.USED.value),
            READS: self.touched * max(0.0, 1 - memory / 2 / (self.working_set or 1)) / assumed.READS.value,
            DISK: self.disk / (assumed.DISK.value * GIB * assumed.FILLED.value),
            STREAMS: self.redis_memory / (memory / 4),
        }

    @property
    def first(self) -> str:
        """The resource that is used up first."""
        return max(self.load, key=lambda name: self.load[name])

    @property
    def shards(self) -> int:
        """Replica sets of MongoDB, each on ordinary machines of its own."""
        cores = self.mongod_cores / (assumed.CORES.value * assumed.USED.value)
        return math.ceil(max(cores, self.load[READS], self.load[DISK])) or 1


def needs(territory: Territory, costs: Costs) -> Needs:
    """What a territory needs when all was kept for all those years, and mongod's cost has grown with the cases."""
    reports, mean = territory.reports, territory.reports / YEAR
    peak, kept = mean * assumed.PEAK.value, reports * assumed.YEARS.value
    cases = kept * costs.cases
    grown = costs.tenfold ** max(0.0, math.log10(max(cases, FIRST) / FIRST))
    said_away = mean * costs.said * assumed.AWAY.value * 3600
    return Needs(
        territory=territory,
        mean=mean,
        peak=peak,
        said=peak * costs.said,
        cases=cases,
        asked={name: peak * cost / 1000 for name, cost in costs.services.items()},
        mongod_cores=peak * costs.mongod * grown / 1000,
        redis_cores=peak * costs.redis / 1000,
        idle_cores=costs.idle,
        process=costs.process,
        working_set=kept * costs.indexes + reports * assumed.IN_USE.value / 12 * costs.data,
        touched=peak * costs.changes * assumed.TOUCHED.value,
        redis_memory=said_away * assumed.ENTRY.value,
        disk=kept * (costs.data + costs.indexes),
    )
