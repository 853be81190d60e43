"""`python -m benchmarks.durability`: what each durability setting costs, and what it loses."""

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.markdown import Markdown

from benchmarks.durability.measure import SIZES, Cell, Figures, cell, fsync_seconds
from benchmarks.durability.servers import started
from benchmarks.durability.ways import MONGO, REDIS
from benchmarks.events import families_at_risk
from benchmarks.machine import machine
from benchmarks.place import in_turn
from benchmarks.report import TEMPLATES
from pages.making import put, rendered

MOST_EVENTS = 4000
"""Of one cell: more are not needed even where nothing is waited for."""

app = typer.Typer(add_completion=False, rich_markup_mode=None)
console = Console(width=None if sys.stdout.isatty() else 160)


@app.command()
def durability(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds; the settings take turns in each.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.05, max=60, help="Of each setting and size of batch, a round.")] = 0.4,
    disk: Annotated[
        Path | None, typer.Option(help="A folder on the disk to measure; by default that of temporary files.")
    ] = None,
    again: Annotated[
        Path | None, typer.Option(help="Measure nothing: tell durability.json in this folder again.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for durability.md and .json; none: show only.")] = None,
) -> None:
    """Write the same batches with each durability setting of MongoDB and Redis, in turns.

    To MongoDB through Documents.fold, to Redis through Publisher.publish, one batch after the other, of 1, 10 and 100
    events. Starts a mongod alone, three as a replica set, a Redis alone and one with a replica, on loopback, with
    their data on one disk; ends them all. Takes about three minutes.

    \b
    A look:     python -m benchmarks.durability --rounds 1 --seconds 0.1
    For docs/:  python -m benchmarks.durability --out docs
    """
    if again:
        figures, out = TypeAdapter(Figures).validate_json((again / "durability.json").read_bytes()), again
    else:
        figures = _measured(rounds, seconds, disk)
    told = _part(figures)
    console.print(Markdown(told))
    if out:
        text = json.dumps(asdict(figures), indent=1, ensure_ascii=False)
        (out / "durability.json").write_text(f"{text}\n", encoding="utf-8")
        put(out / "durability.md", "costs", told)


def _measured(rounds: int, seconds: float, disk: Path | None) -> Figures:
    with tempfile.TemporaryDirectory(prefix="ayllu-durability-", dir=disk) as folder:
        fsync = fsync_seconds(Path(folder))
        cells = asyncio.run(_cells(Path(folder), rounds, seconds))
    return Figures(" ".join(["python -m benchmarks.durability", *sys.argv[1:]]), machine(), fsync, cells)


async def _cells(folder: Path, rounds: int, seconds: float) -> list[Cell]:
    events, cells = families_at_risk(MOST_EVENTS), []
    async with started(folder) as servers:
        await cell(servers, MONGO[0], SIZES[-1], events, seconds)  # a warm-up
        for number in range(rounds):
            for size in SIZES:
                cells += [await cell(servers, way, size, events, seconds) for way in in_turn(MONGO, number)]
                cells += [await cell(servers, way, size, events, seconds / 2) for way in in_turn(REDIS, number)]
            console.print(f"round {number + 1} of {rounds}", highlight=False)
    return cells


def _part(figures: Figures) -> str:
    """What stands in the page."""
    tables = {"MongoDB, through `Documents.fold`": MONGO, "Redis, through `Publisher.publish`": REDIS}
    return rendered(TEMPLATES / "durability.md.jinja", figures=figures, tables=tables, sizes=SIZES)


if __name__ == "__main__":
    app()
