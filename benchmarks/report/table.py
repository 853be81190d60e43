"""A table, for the console and in Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

import rich.table


@dataclass(frozen=True)
class Table:
    """Columns and rows; the first column says what, the others are figures."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def markdown(self) -> str:
        """For a page."""
        lines = [self.columns, ["---"] + ["---:"] * (len(self.columns) - 1), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    @property
    def rich(self) -> rich.table.Table:
        """For the console."""
        first, *others = self.columns
        table = rich.table.Table(rich.table.Column(first, no_wrap=True), *others)
        for row in self.rows:
            table.add_row(*row)
        return table


def number(value: float | None, places: int = 0) -> str:
    """A figure; a dash for none."""
    return "–" if value is None else f"{value:,.{places}f}"
