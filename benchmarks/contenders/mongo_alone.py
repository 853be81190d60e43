"""(e) mongod alone: the bulk writes of (d), made ready before; no event is read, decoded or folded. The limit."""

import json
from collections.abc import Sequence
from typing import Any

from benchmarks.contenders.contender import Contender
from benchmarks.place import Place
from benchmarks.programs.by_hand import BATCH
from benchmarks.programs.mongo_alone import BATCHES, WRITTEN
from benchmarks.views import SERVICES
from shared.events import Event


class MongoAlone(Contender):
    """One process for each service, told through Redis how many batches to write now."""

    name = "e"
    title = "mongod alone (the limit)"
    program = "mongo_alone"
    does = "the bulk writes of (d), made ready before, and nothing else: nothing read, decoded, looked up or folded"
    _file = "batches.json"

    def __init__(self) -> None:
        self._asked = 0

    def environment(self, place: Place) -> dict[str, str]:
        """What its processes are told besides where the servers are."""
        return {"BENCHMARK_BATCHES": str(place.folder / self._file)}

    def prepare(self, place: Place, batches: Sequence[Sequence[Event]]) -> None:
        """Write down the batches for the processes to make ready."""
        self._asked = 0
        chunks = [events[at : at + BATCH] for events in batches for at in range(0, len(events), BATCH)]
        told = [[json.loads(event.text) for event in chunk] for chunk in chunks]
        (place.folder / self._file).write_text(json.dumps(told))

    def send(self, place: Place, events: Sequence[Event]) -> None:
        """Say how many batches to write."""
        count = -(-len(events) // BATCH)
        self._asked += count
        for service in SERVICES:
            place.redis.rpush(f"{BATCHES} {service}", count)

    def in_views(self, place: Place) -> bool:
        """Whether everybody has written everything."""
        redis: Any = place.redis
        return all(int(redis.get(f"{WRITTEN} {service}") or 0) == self._asked for service in SERVICES)
