"""Tells the figures: tables on the console, JSON, and their part of `docs/durability.md`."""

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from benchmarks.durability.figures import Figures
from benchmarks.durability.measure import SIZES
from benchmarks.durability.page import put, table
from benchmarks.durability.ways import MONGO, REDIS, MongoWay, RedisWay

TABLES: tuple[tuple[str, Sequence[MongoWay | RedisWay]], ...] = (
    ("MongoDB, through `Documents.fold`", MONGO),
    ("Redis, through `Publisher.publish`", REDIS),
)
LOSSES = ("lost with the primary's power", "with the power of all", "with the primary's disk")
PART = """Made by `{command}` on {on}: {cores} cores, {processor}; {mongod}; {redis}.
This disk takes {fsync:.2f} ms to confirm 4 kB (`fdatasync`). {rounds} rounds in which the settings take turns; every
one is in [durability.json](durability.json).

Of a batch of {sizes} events: **latency** (the median) and **CPU** (of the writer and of every member together). The
first row is in milliseconds, the others are multiples of it. All members share one disk and the processors; on
machines of their own they would wait for the network instead.

{not_free}{tables}"""
FREE = 0.1
NOT_FREE = """**The machine was not free:** other processes used {others:.1f} cores meanwhile. Latencies are not to be
relied on; CPU is less affected. Run it again on a free machine.

"""


def show(figures: Figures, console: Console) -> None:
    """The tables, on the console."""
    for head, ways in TABLES:
        columns = _columns()
        shown = Table(Column(columns[0], no_wrap=True), *columns[1:], title=head.replace("`", ""))
        for row in _rows(figures, ways):
            shown.add_row(*(cell.replace("`", "") for cell in row))
        console.print(shown)
    console.print(f"this disk takes {1000 * figures.fsync:.2f} ms to confirm 4 kB", highlight=False)


def write(figures: Figures, folder: Path) -> None:
    """`durability.json`, and the figures in `durability.md`, in the folder."""
    text = json.dumps(figures.as_json(), indent=1, ensure_ascii=False)
    (folder / "durability.json").write_text(f"{text}\n", encoding="utf-8")
    put(folder / "durability.md", "costs", part(figures))


def part(figures: Figures) -> str:
    """What stands in the page."""
    tables = (f"### {head}\n\n{table(_columns(), _rows(figures, ways))}\n" for head, ways in TABLES)
    told = figures.machine
    return PART.format(
        command=figures.command,
        on=told["on"],
        cores=told["cores"],
        processor=told["processor"],
        mongod=f"MongoDB {told['mongod'].rpartition('v')[2]}",
        redis=" ".join(told["redis server"].split()[:3]),
        fsync=1000 * figures.fsync,
        rounds=len([each for each in figures.cells if (each.way, each.size) == (MONGO[0].title, SIZES[0])]),
        sizes=", ".join(map(str, SIZES)),
        not_free=NOT_FREE.format(others=figures.others) if figures.others > FREE else "",
        tables="\n".join(tables),
    )


def _columns() -> list[str]:
    costs = [f"{what}, {size}" for what in ("latency", "CPU") for size in SIZES]
    return ["", *costs, *LOSSES]


def _rows(figures: Figures, ways: Sequence[MongoWay | RedisWay]) -> list[list[str]]:
    first, rows = ways[0].title, []
    for way in ways:
        costs = [figures.cost(way.title, size, first) for size in SIZES]
        latencies = [_figure(each.milliseconds, each.latency_ratio, absolute=way.title == first) for each in costs]
        spent = [_figure(each.cpu, each.cpu_ratio, absolute=way.title == first) for each in costs]
        rows.append([way.title, *latencies, *spent, way.power, way.blackout, way.disk])
    return rows


def _figure(milliseconds: float, ratio: float, *, absolute: bool) -> str:
    return f"{milliseconds:.2f} ms" if absolute else f"{ratio:.2f}"
