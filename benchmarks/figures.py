"""Everything one command found out, and the file it is kept in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from benchmarks import targets
from benchmarks.again import Again
from benchmarks.growth import Grown
from benchmarks.http import Taken
from benchmarks.race import Race
from benchmarks.replicas import Shared
from benchmarks.sizes import Size
from benchmarks.targets import Target

FILE = "benchmarks.json"


@dataclass(frozen=True)
class Figures:
    """The figures of one command; what was not measured is empty."""

    command: str
    machine: Mapping[str, str]
    race: Race | None = None
    http: Sequence[Taken] = ()
    growth: Sequence[Grown] = ()
    replicas: Sequence[Shared] = ()
    again: Again | None = None
    sizes: Sequence[Size] = ()

    @property
    def targets(self) -> list[Target]:
        """The targets that these figures can say something about."""
        return [
            *(targets.of_race(self.race) if self.race else ()),
            *targets.of_http(self.http),
            *targets.of_growth(self.growth),
            *targets.of_replicas(self.replicas),
        ]

    @property
    def others(self) -> list[float]:
        """Cores that processes of somebody else used, in every measured stretch."""
        race = [*(each.work for each in self.race.runs)] if self.race else []
        parts = (self.http, self.growth, self.again.done if self.again else (), self.sizes)
        works = [*race, *(each.run.work for each in self.replicas), *(each.work for part in parts for each in part)]
        latencies = self.race.latencies if self.race else ()
        return [*(work.reading.others for work in works), *(each.others for each in latencies)]

    def write(self, folder: Path) -> None:
        """Keep everything, with every round."""
        told: dict[str, Any] = {**asdict(self), "targets": [asdict(each) for each in self.targets]}
        (folder / FILE).write_text(f"{json.dumps(told, indent=2, ensure_ascii=False)}\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Figures":
        """What was kept. Raises FileNotFoundError, ValidationError."""
        return TypeAdapter(cls).validate_json((folder / FILE).read_bytes())
