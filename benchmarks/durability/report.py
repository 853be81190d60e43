"""Tells the figures: tables on the console, JSON, and the part of `docs/durability.md` between two marks."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from benchmarks.durability.figures import Figures
from benchmarks.durability.measure import SIZES
from benchmarks.durability.ways import MONGO, REDIS, MongoWay, RedisWay

BEGIN, END = "<!-- figures: begin, written by `make durability` -->", "<!-- figures: end -->"
TABLES: tuple[tuple[str, Sequence[MongoWay | RedisWay]], ...] = (
    ("MongoDB, through `Documents.fold`", MONGO),
    ("Redis, through `Publisher.publish`", REDIS),
)
LOSSES = ("lost with the primary's power", "with the power of all", "with the primary's disk")
PART = """{begin}
Made by `{command}` on {on}: {cores} cores, {processor}; {mongod}; {redis}. This disk takes {fsync:.2f} ms to confirm
4 kB (`fdatasync`). Medians of {rounds} rounds in which the settings take turns; every round is in
[durability.json](durability.json).

Of a batch of {sizes} events: **latency** and **CPU** (of the writer and every member together), as multiples of the
first row, which is given in milliseconds.

{tables}
{end}"""


def show(figures: Figures, console: Console) -> None:
    """The tables, on the console."""
    for head, ways in TABLES:
        columns = _columns()
        table = Table(Column(columns[0], no_wrap=True), *columns[1:], title=head.replace("`", ""))
        for row in _rows(figures, ways):
            table.add_row(*(cell.replace("`", "") for cell in row))
        console.print(table)
    console.print(f"this disk takes {1000 * figures.fsync:.2f} ms to confirm 4 kB", highlight=False)


def write(figures: Figures, folder: Path) -> None:
    """`durability.json`, and the figures in `durability.md`, in the folder."""
    text = json.dumps(figures.as_json(), indent=1, ensure_ascii=False)
    (folder / "durability.json").write_text(f"{text}\n", encoding="utf-8")
    page = folder / "durability.md"
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    page.write_text(before + part(figures) + rest.partition(END)[2], encoding="utf-8")


def part(figures: Figures) -> str:
    """What stands between the marks."""
    tables = (f"### {head}\n\n{_markdown(_columns(), _rows(figures, ways))}\n" for head, ways in TABLES)
    told = figures.machine
    return PART.format(
        begin=BEGIN,
        end=END,
        command=figures.command,
        on=told["on"],
        cores=told["cores"],
        processor=told["processor"],
        mongod=f"MongoDB {told['mongod'].rpartition('v')[2]}",
        redis=told["redis server"],
        fsync=1000 * figures.fsync,
        rounds=len([each for each in figures.cells if (each.way, each.size) == (MONGO[0].title, SIZES[0])]),
        sizes=", ".join(map(str, SIZES)),
        tables="\n".join(tables),
    )


def _columns() -> list[str]:
    costs = [f"{what}, {size}" for what in ("latency", "CPU") for size in SIZES]
    return ["", *costs, *LOSSES]


def _rows(figures: Figures, ways: Sequence[MongoWay | RedisWay]) -> Iterator[Sequence[str]]:
    first = ways[0].title
    for way in ways:
        costs = [figures.cost(way.title, size, first) for size in SIZES]
        latencies = [_figure(each.milliseconds, each.latency_ratio, absolute=way.title == first) for each in costs]
        spent = [_figure(each.cpu, each.cpu_ratio, absolute=way.title == first) for each in costs]
        yield [way.title, *latencies, *spent, way.power, way.blackout, way.disk]


def _figure(milliseconds: float, ratio: float, *, absolute: bool) -> str:
    return f"{milliseconds:.2f} ms" if absolute else f"{ratio:.2f}"


def _markdown(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    ruler = ["---", *["---:"] * (len(columns) - 1 - len(LOSSES)), *["---"] * len(LOSSES)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (columns, ruler, *rows))
