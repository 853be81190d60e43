"""Figures in a page that people write: what stands between two marks is replaced, and nothing else."""

from pathlib import Path


def put(page: Path, name: str, text: str) -> None:
    """Write the figures of this name into a page that has their two marks. Raises ValueError if it has not."""
    begin, end = f"<!-- {name}: written by a command -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{page} lacks the marks {begin} and {end}")
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")


def table(columns: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown, figures to the right."""
    figures = [all(row[at][:1].isdigit() for row in rows) for at in range(len(columns))]
    ruler = ["---:" if figure else "---" for figure in figures]
    return "\n".join(f"| {' | '.join(line)} |" for line in [columns, ruler, *rows])
