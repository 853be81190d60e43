"""Words from a template, pictures by matplotlib, figures in a page that people write."""

import math
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from matplotlib.figure import Figure

ONE, TWO, THREE, GREY = "#0969da", "#cf222e", "#1a7f37", "#59636e"
STYLE: Any = {
    "svg.fonttype": "none",  # words stay words: small, and read aloud
    "svg.hashsalt": "ayllu",  # the same figures make the same file
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#d1d9e0",
    "legend.frameon": False,
}
mpl.rcParams.update(STYLE)


def rendered(template: Path, **told: Any) -> str:
    """The text of a template."""
    environment = Environment(  # noqa: S701 - what is written is Markdown
        loader=FileSystemLoader(template.parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    return environment.get_template(template.name).render(**told)


def number(value: float | None, places: int = 0) -> str:
    """A figure; a dash for none, or none that is finite."""
    return "–" if value is None or not math.isfinite(value) else f"{value:,.{places}f}"


def save(figure: Figure, path: Path, made_by: str) -> None:
    """Write the picture, with what made it beneath."""
    figure.supxlabel(made_by, x=0.01, ha="left", fontsize=9, color=GREY)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight", facecolor="white")


def put(page: Path, name: str, text: str) -> None:
    """Write the figures of this name between the two marks of a page that people write. Raises ValueError."""
    begin, end = f"<!-- {name}: written by a command -->", f"<!-- {name}: end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, after = rest.partition(end)
    if not found or not ended:
        raise ValueError(f"{page} lacks the marks {begin} and {end}")
    page.write_text(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}", encoding="utf-8")
