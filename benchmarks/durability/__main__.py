"""`python -m benchmarks.durability`: what each durability setting costs, and what it loses."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from benchmarks.durability import report
from benchmarks.durability.figures import Figures, fsync_seconds
from benchmarks.durability.measure import SIZES, Cell
from benchmarks.durability.mongo import mongo_runs
from benchmarks.durability.redis import redis_runs
from benchmarks.durability.ways import MONGO, REDIS
from benchmarks.events import families_at_risk
from benchmarks.machine import machine

MOST_EVENTS = 4000
"""Of one cell: more are not needed even where nothing is waited for."""

T = TypeVar("T")

app = typer.Typer(add_completion=False, rich_markup_mode=None)
console = Console(width=None if sys.stdout.isatty() else 150)


@app.command()
def durability(
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds; the settings take turns in each.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.05, max=60, help="Of each setting and size of batch, a round.")] = 0.4,
    disk: Annotated[
        Path | None, typer.Option(help="A folder on the disk to measure; by default that of temporary files.")
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
    with tempfile.TemporaryDirectory(prefix="ayllu-durability-", dir=disk) as folder:
        fsync = fsync_seconds(Path(folder))
        cells = asyncio.run(_measure(Path(folder), rounds, seconds))
    command = " ".join(["python -m benchmarks.durability", *sys.argv[1:]])
    found = Figures(command, machine(), fsync, cells)
    report.show(found, console)
    if out:
        report.write(found, out)


async def _measure(folder: Path, rounds: int, seconds: float) -> list[Cell]:
    events = families_at_risk(MOST_EVENTS)
    cells: list[Cell] = []
    with redis_runs(folder / "redis") as redis:
        async with mongo_runs(folder / "mongo") as mongo:
            await mongo.run(MONGO[0], SIZES[-1], events, seconds)  # a warm-up
            for number in range(rounds):
                for size in SIZES:
                    cells += [await mongo.run(way, size, events, seconds) for way in _turned(MONGO, number)]
                    cells += [await redis.run(way, size, events, seconds / 2) for way in _turned(REDIS, number)]
                console.print(f"round {number + 1} of {rounds}", highlight=False)
    return cells


def _turned(ways: tuple[T, ...], by: int) -> tuple[T, ...]:
    """So that none is always the first."""
    at = by % len(ways)
    return ways[at:] + ways[:at]


if __name__ == "__main__":
    app()
