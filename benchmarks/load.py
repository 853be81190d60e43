"""Load on a service from a process of its own, whose CPU counts as the sender's."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.entrances import Entrance
from benchmarks.place import PASSED_ON, Place

MOST_SECONDS = 600
ONE, BATCHES = "/v1/reports", "/v1/reports:batch"


class NotAccepted(Exception):
    """A service answered something else than that it accepted."""


@dataclass(frozen=True)
class Answers:
    """What came back."""

    seconds: float
    statuses: Mapping[str, int]
    waits: Sequence[float]
    """Seconds from each request to its answer, the shortest first."""

    def within(self, part: float) -> float:
        """Milliseconds within which that part of the requests was answered."""
        return 1000 * self.waits[max(0, round(part * len(self.waits)) - 1)]


def load(place: Place, entrance: Entrance, bodies: Sequence[str], connections: int) -> Answers:
    """Send these bodies over so many connections at once. Raises NotAccepted."""
    requests, answers = place.folder / "bodies.json", place.folder / "answers.json"
    requests.write_text(json.dumps(bodies))
    answers.unlink(missing_ok=True)
    where = [str(entrance.port), BATCHES if bodies[0].endswith("\n") else ONE, str(connections)]
    subprocess.run(
        [sys.executable, "-m", "benchmarks.programs.load", *where, requests, answers],
        check=True,
        timeout=MOST_SECONDS,
        env={**{name: os.environ[name] for name in PASSED_ON if name in os.environ}, "BENCHMARK_KEY": entrance.key},
    )
    found = json.loads(answers.read_text())
    if set(found["statuses"]) - {"200", "202"} or sum(found["statuses"].values()) != len(bodies):
        raise NotAccepted(f"{found['statuses']} for {len(bodies)} requests")
    return Answers(found["seconds"], found["statuses"], sorted(found["waits"]))
