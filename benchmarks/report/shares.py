"""The table of what the time of each process goes to."""

from pathlib import Path

from benchmarks.report.table import Table, number
from benchmarks.shares import OTHERS, PARTS, shares


def table(folder: Path) -> Table:
    """A column for each flame graph in a folder: of a hundred samples, how many each part has."""
    found = {path.stem: shares(path) for path in sorted(folder.glob("*.svg"))}
    rows = [[part, *(number(100 * each[part]) for each in found.values())] for part in (*PARTS, OTHERS)]
    return Table(["of a hundred samples", *found], rows)
