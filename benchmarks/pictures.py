"""The pictures of `docs/benchmarks.md`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figures, chosen, mid
from benchmarks.growth import CASES, EVENTS, IN_LITTLE_MEMORY
from benchmarks.http import LINES, OURS, WAYS
from benchmarks.targets import MOST_TIMES, of_growth
from pages.making import GREY, ONE, THREE, TWO, save

WIDTH = 9.6
PARTS = {"services": ("consuming processes", ONE), "redis": ("Redis", TWO), "mongod": ("mongod", THREE)}


def draw(figures: Figures, folder: Path) -> None:
    """A picture for each part that has one and was measured."""
    machine = figures.machine
    made_by = f"{figures.command} · {machine['cores']} cores, {machine['processor']} · {machine['on']}"
    for name, figure in _pictures(figures):
        save(figure, folder / f"benchmarks{name}.svg", made_by)


def _pictures(figures: Figures) -> Iterator[tuple[str, Figure]]:
    if figures.race.runs:
        yield "", race(figures)
    if figures.http:
        yield "-http", http(figures)
    if figures.growth:
        yield "-growth", growth(figures)


def race(figures: Figures) -> Figure:
    """What an event costs each contender, in parts as long together as the median of the whole."""
    figure, axes = _bars("CPU time an event, into three views: less is better", "CPU ms an event", 2.6)
    runs = figures.race.runs
    names = sorted({each.contender for each in runs}, reverse=True)
    totals = [mid(runs, "work.cost", contender=name) for name in names]
    parts = [[mid(runs, f"work.{part}", contender=name) for part in PARTS] for name in names]
    left = [0.0] * len(names)
    for at, (title, colour) in enumerate(PARTS.values()):
        lengths = [total * each[at] / sum(each) for total, each in zip(totals, parts, strict=True)]
        bars = axes.barh(names, lengths, left=left, color=colour, label=title)
        left = [start + length for start, length in zip(left, lengths, strict=True)]
    axes.set_yticks(names, [f"({name}) {CONTENDERS[name].title}" for name in names])
    axes.bar_label(bars, [f"{total:.2f} ms" for total in totals], padding=5)
    _legend(axes, len(PARTS))
    return figure


def http(figures: Figures) -> Figure:
    """Reports a second each way."""
    figure, axes = _bars("Reports a second over HTTP: more is better", "reports a second", 3.4)
    for who in dict.fromkeys(way.who for way in WAYS):
        ways = [(at, way) for at, way in enumerate(reversed(WAYS)) if way.who == who]
        rates = [mid(figures.http, "work.rate", way=way) for _, way in ways]
        bars = axes.barh([at for at, _ in ways], rates, color=ONE if who == OURS else TWO, label=who)
        axes.bar_label(bars, [f"{rate:,.0f}/s" for rate in rates], padding=5)
    what = {1: "single reports", LINES: f"NDJSON, {LINES} a batch"}
    axes.set_yticks(range(len(WAYS)), [f"{what[way.lines]}, {way.connections} connections" for way in reversed(WAYS)])
    _legend(axes, 2)
    return figure


def growth(figures: Figures) -> Figure:
    """What an event costs at each size, times that at the first; each label on the side where its curve does not go."""
    figure = Figure((WIDTH, 3.4), layout="constrained")
    figure.suptitle(
        "CPU time an event, times that with the fewest before: flat is best", x=0.01, ha="left", weight="bold"
    )
    panels = figure.subplots(1, 3, sharey=True)
    for axes, axis, colour in zip(panels, (CASES, IN_LITTLE_MEMORY, EVENTS), (ONE, TWO, THREE), strict=True):
        sizes = sorted({each.size for each in chosen(figures.growth, axis=axis)})
        times = [of_growth(axis, size)(figures) for size in sizes]
        axes.axhline(MOST_TIMES, color=GREY, linestyle="--", linewidth=1)
        axes.plot(sizes, times, marker="o", color=colour)
        for size, here, following in zip(sizes, times, [*times[1:], 0], strict=True):
            where = {"xytext": (0, 9), "va": "bottom"} if following < here else {"xytext": (0, -9), "va": "top"}
            axes.annotate(f"{here:.2f}", (size, here), textcoords="offset points", ha="center", **where)
        axes.set(xscale="log", xlabel=axis)
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.margins(x=0.15, y=0.15)
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel(f"times (dashed: aim, {MOST_TIMES:g})")
    return figure


def _bars(title: str, unit: str, height: float) -> tuple[Figure, Any]:
    figure = Figure((WIDTH, height), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, pad=26)
    axes.set_xlabel(unit)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    return figure, axes


def _legend(axes: Any, columns: int) -> None:
    """Between title and bars, where no bar can come."""
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.3, handlelength=1)
