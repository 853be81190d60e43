"""The program of (e): the bulk writes of (d), made ready before, written when asked for."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from redis import Redis

from benchmarks.programs.dicts import Document, Documents, Write, fold, writes

BATCHES, WRITTEN = "batches", "written"


def made_ready(service: str, batches: Iterable[Sequence[Document]]) -> Iterator[Sequence[Write]]:
    """The writes of each batch."""
    known: Documents = {}
    for batch in batches:
        changed = deepcopy(fold(service, known, batch))  # a later batch changes them again
        yield writes(known, changed)
        known |= deepcopy(changed)


def main(service: str) -> None:
    """Write as many batches as asked for, for ever."""
    redis: Any = Redis.from_url(os.environ["AYLLU_REDIS_URL"])
    views = MongoClient[Document](os.environ["AYLLU_MONGO_URL"], retryWrites=False)[service]["views"]
    ready = iter(list(made_ready(service, json.loads(Path(os.environ["BENCHMARK_BATCHES"]).read_text()))))
    while True:
        _, asked = redis.blpop(f"{BATCHES} {service}")
        for _ in range(int(asked)):
            if batch := next(ready):
                views.bulk_write(batch, ordered=False)
            redis.incr(f"{WRITTEN} {service}")


if __name__ == "__main__":
    main(sys.argv[1])
