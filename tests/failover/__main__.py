"""`python -m tests.failover`: the drill, with its figures."""

import asyncio
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pages.making import put
from tests.failover.drill import End, Outage, Site, killed, silent, site

MOST_SECONDS = 15
TOLD = """Made by `python -m tests.failover` on {on}, with everything on {cores} cores: the longest of {rounds} rounds.
Every report that was acknowledged is in every view, once.

| what ended, and how | senders heard nothing for | all in every view after | reports |
| --- | ---: | ---: | ---: |
{rows}"""

app = typer.Typer(add_completion=False, rich_markup_mode=None)
console = Console()


@app.command()
def failover(
    rounds: Annotated[int, typer.Option(min=1, max=20, help="How often each primary ends.")] = 1,
    out: Annotated[Path | None, typer.Option(help="Folder with durability.md; none: show only.")] = None,
) -> None:
    """End the primary of MongoDB, then a primary of Valkey, while reports come in; see how long writes stop.

    Starts three mongods as a replica set, six Valkeys as a cluster (three primaries, a replica each) and the four
    services, on loopback, with their data in a temporary folder; ends them all. A primary is killed, and in a second
    run stands still, as if its machine had lost its power. Afterwards every acknowledged report has to be in every
    view, once, and nothing pending. Fails if writes stop for fifteen seconds. Takes about two minutes a round.
    """
    with tempfile.TemporaryDirectory(prefix="ayllu-failover-") as folder:
        outages = asyncio.run(_drill(Path(folder), rounds))
    if out:
        put(out / "durability.md", "failover", _part(outages, rounds))
    if max(each.silence for each in outages) >= MOST_SECONDS:
        raise typer.Exit(1)


async def _drill(folder: Path, rounds: int) -> list[Outage]:
    console.print("starting a replica set, a cluster and the services", highlight=False)
    outages = []
    async with site(folder) as place:
        for end in (killed, silent) * rounds:
            outages += [await _mongo(place, end), await _valkey(place, end)]
    return outages


async def _mongo(place: Site, end: End) -> Outage:
    primary = await asyncio.to_thread(lambda: place.mongo.primary)
    assert primary is not None
    return _tell(await place.outage("MongoDB's primary", place.mongo, primary, end))


async def _valkey(place: Site, end: End) -> Outage:
    primary = await asyncio.to_thread(place.valkey.owner, "intake.0")
    return _tell(await place.outage("a Valkey primary", place.valkey, primary, end))


def _tell(outage: Outage) -> Outage:
    told = f"{outage.what}: no answer for {outage.silence:.1f} s, all in every view after {outage.behind:.1f} s"
    console.print(f"{told}; {outage.reports} reports, each in every view once", highlight=False)
    return outage


def _part(outages: list[Outage], rounds: int) -> str:
    rows = []
    for what in dict.fromkeys(each.what for each in outages):
        ours = [each for each in outages if each.what == what]
        silence, behind = max(each.silence for each in ours), max(each.behind for each in ours)
        reports = sum(each.reports for each in ours)
        rows.append(f"| {what} | {silence:.1f} s | {behind:.1f} s | {reports} |")
    on = datetime.now(UTC).strftime("%Y-%m-%d")
    return TOLD.format(on=on, cores=os.cpu_count(), rounds=rounds, rows="\n".join(rows))


if __name__ == "__main__":
    app()
