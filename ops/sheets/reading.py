"""The content of a file of reports: what can be sent, what is refused here, what is wrong with the whole file."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops.sheets.words import Wrong, sentences

WHY, ROW = "_why", "_row"
"""Fields added in a file of refused reports: why each was refused, and its row in the original file."""


@dataclass
class Entry:
    """A report of a file: its place there, what is sent, and what is kept if it is refused."""

    row: int
    line: str
    kept: Sequence[Any] = ()
    """The cells of a row, each as read if possible; nothing for JSON."""

    wrong: list[Wrong] = field(default_factory=list)
    entries: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """The places of list entries in the table: `children` 0 of the report may be `children.1` there."""

    @property
    def why(self) -> str:
        """All that is wrong, in one text."""
        return " ".join(str(each) for each in self.wrong)

    def place(self, way: Sequence[str]) -> str:
        """The column of a path in the report."""
        parts = list(way)
        for at, part in enumerate(parts):
            known = self.entries.get(".".join(way[:at]))
            if known and part.isascii() and part.isdigit() and int(part) < len(known):
                parts[at] = str(known[int(part)])
        return ".".join(parts)


@dataclass
class Reading:
    """A file as it was read. If it has `problems`, nothing may be sent."""

    unit: str = "row"
    entries: list[Entry] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    """The header of a table, without what was left out; empty for JSON."""

    understood: list[str] = field(default_factory=list)
    """How each column was understood."""

    delimiter: str = ","

    @property
    def told(self) -> list[str]:
        """What is wrong with single reports, a sentence for each thing."""
        wrongs = [(each.row, wrong) for each in self.entries for wrong in each.wrong if not wrong.whole]
        return [sentence for sentence in sentences(wrongs, self.unit) if sentence not in self.problems]

    @property
    def good(self) -> list[Entry]:
        """What can be sent."""
        return [each for each in self.entries if not each.wrong]

    @property
    def refused(self) -> list[Entry]:
        """What was refused, here or by intake."""
        return [each for each in self.entries if each.wrong]


def nested(values: Mapping[tuple[str, ...], Any]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """A report made from values by path, and the places of its list entries in the table."""
    tree: dict[str, Any] = {"family": {}}
    for way, value in values.items():
        place = tree
        for name in way[:-1]:
            place = place.setdefault(name, {})
        place[way[-1]] = value
    places: dict[str, list[int]] = defaultdict(list)
    return {name: _listed(value, name, places) for name, value in tree.items()}, places


def _listed(tree: Any, way: str, places: dict[str, list[int]]) -> Any:
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdigit() for name in tree):
        places[way] = sorted(map(int, tree))
        return [_listed(tree[str(number)], f"{way}.{number}", places) for number in places[way]]
    return {name: _listed(value, f"{way}.{name}", places) for name, value in tree.items()}


def as_line(report: Any) -> str:
    """A report as a line of JSON."""
    return json.dumps(report, ensure_ascii=False)
