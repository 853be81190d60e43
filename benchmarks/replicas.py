"""Several replicas of each service, on streams that all of them read, and on streams partitioned by family."""

from dataclasses import dataclass
from itertools import product

from benchmarks.contenders import Ayllu
from benchmarks.events import families_at_risk
from benchmarks.place import Place, Tell, in_turn
from benchmarks.race import Run, run

REPLICAS, PARTITIONS = (1, 2, 4), 8
WARM_UP = 500


@dataclass(frozen=True)
class Shared:
    """A run with so many replicas of each service."""

    replicas: int
    partitioned: bool
    run: Run


def measure(place: Place, events: int, rounds: int, tell: Tell) -> list[Shared]:
    """Each number of replicas on both kinds of streams, in turn, round after round."""
    ways, given, found = list(product(REPLICAS, (False, True))), families_at_risk(events + WARM_UP), []
    for number in range(rounds):
        for replicas, partitioned in in_turn(ways, number):
            ours = Ayllu(replicas=replicas, partitions=PARTITIONS if partitioned else 1)
            found.append(Shared(replicas, partitioned, run(place, "a", ours, given, WARM_UP)))
            told, streams = found[-1].run, "partitioned" if partitioned else "shared"
            tell(
                f"round {number + 1}, {replicas} replicas, {streams}: "
                f"{told.rate:,.0f} events/s, {told.work.cost:.2f} CPU ms an event"
            )
    return found
