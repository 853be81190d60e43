"""Everything one command found out, and the file it is kept in."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import TypeAdapter

from benchmarks.growth import Grown
from benchmarks.http import Taken
from benchmarks.race import Race
from benchmarks.replicas import Shared
from benchmarks.sizes import Sizes

FILE = "benchmarks.json"


@dataclass(frozen=True)
class Figures:
    """The figures of one command; what was not measured is empty."""

    command: str
    machine: Mapping[str, str]
    race: Race = field(default_factory=Race)
    http: Sequence[Taken] = ()
    growth: Sequence[Grown] = ()
    replicas: Sequence[Shared] = ()
    sizes: Sizes | None = None
    note: str = ""
    """What has changed since they were measured."""

    @property
    def others(self) -> float:
        """Cores that processes of somebody else used, at the worst."""
        replicas, sizes = [each.run for each in self.replicas], self.sizes.runs if self.sizes else ()
        measured = chain[Any](self.race.runs, replicas, self.http, self.growth, sizes)
        return max([each.work.others for each in measured] + [each.others for each in self.race.latencies], default=0)

    def write(self, folder: Path) -> None:
        """Keep everything, with every round."""
        (folder / FILE).write_text(f"{json.dumps(asdict(self), indent=1, ensure_ascii=False)}\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Figures":
        """What was kept. Raises FileNotFoundError, ValidationError."""
        return TypeAdapter(cls).validate_json((folder / FILE).read_bytes())


def chosen(runs: Iterable[Any], **like: Any) -> list[Any]:
    """Those that are like this."""
    return [each for each in runs if all(getattr(each, name) == value for name, value in like.items())]


def mid(runs: Iterable[Any], what: str, **like: Any) -> float:
    """The median of something over the rounds of one kind; without end, if it did not come to an end.

    Raises StatisticsError if there are none.
    """
    found = [attrgetter(what)(each) for each in chosen(runs, **like)]
    return median(math.inf if each is None else each for each in found)
