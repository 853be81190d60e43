"""Several replicas of each service, on streams that all of them read, and on streams partitioned by family."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from benchmarks import measure as measured
from benchmarks.contenders.ayllu import Ayllu
from benchmarks.events import families_at_risk
from benchmarks.measure import Run
from benchmarks.place import STREAM, Entry, Place
from benchmarks.rounds import Tell, in_turn
from shared.events import SPOKEN_BY, Event, partition_of

REPLICAS = (1, 2, 4)
PARTITIONS = 8
WARM_UP = 500


def partitions(name: str) -> tuple[str, ...]:
    """The streams a name is divided into."""
    return tuple(f"{name}.{number}" for number in range(PARTITIONS))


@dataclass(frozen=True)
class Shared:
    """A run with so many replicas of each service."""

    replicas: int
    partitioned: bool
    run: Run

    @property
    def conflicts(self) -> float:
        """Views that another replica had written first, for each thousand events."""
        return 1000 * self.run.counted["conflicts"] / self.run.work.count


class Partitioned(Ayllu):
    """The services on streams that are divided by family."""

    title = "Ayllu, partitioned"
    streams: ClassVar[Sequence[str]] = partitions(STREAM)

    def __init__(self, replicas: int) -> None:
        super().__init__(replicas, {"AYLLU_PARTITIONS": str(PARTITIONS)})
        self.replicas = replicas

    def warm(self) -> bool:
        """Each replica reads as many partitions as the others."""
        share = PARTITIONS / self.replicas
        return all(held == share for held in self._ours.metric("partitions").values())

    def entry(self, event: Event) -> Entry:
        """On the partition of its family, as the services choose it."""
        return self.streams[partition_of(event, PARTITIONS)], self.encode(event)

    def settled(self, place: Place) -> bool:
        """Everything in the views; what they say of it is published and in the views of who listens."""
        return self._ours.quiet(place, {name: partitions(name) for name in SPOKEN_BY})


def measure(place: Place, count: int, rounds: int, tell: Tell) -> list[Shared]:
    """Each number of replicas on both kinds of streams, in turn, round after round."""
    ways = list(product(REPLICAS, (False, True)))
    given = families_at_risk(count + WARM_UP)
    found = []
    for number in range(rounds):
        for replicas, partitioned in in_turn(ways, number):
            contender = Partitioned(replicas) if partitioned else Ayllu(replicas)
            shared = Shared(replicas, partitioned, measured.run(place, contender, given, WARM_UP))
            found.append(shared)
            tell(
                f"round {number + 1}, {replicas} replicas, {'partitioned' if partitioned else 'shared'}: "
                f"{shared.run.rate:,.0f} events/s, {shared.run.work.cost:.2f} CPU ms an event, "
                f"{shared.conflicts:.0f} conflicts in a thousand"
            )
    return found
