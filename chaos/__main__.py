"""`python -m chaos`: faults in a running Ayllu, round after round, and a check that nothing is lost or doubled."""

import asyncio
import random
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console

from chaos import report
from chaos.disk import MayNotMount, enter_own_mounts
from chaos.faults import KINDS
from chaos.figures import Figures, figures
from chaos.outcome import Outcome
from chaos.run import Run, play_all

WIDTH = 130
"""Of what is printed where there is no terminal."""

KEPT = Path(".chaos")

app = typer.Typer(add_completion=False, rich_markup_mode=None)
console = Console(width=None if sys.stdout.isatty() else WIDTH)


@app.command()
def chaos(
    rounds: Annotated[int, typer.Option(min=1, max=10_000, help="How many rounds.")] = 5,
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed draws the same rounds.")] = None,
    only_round: Annotated[int | None, typer.Option(min=1, help="This round alone, as it was drawn.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only faults of this kind; may be given again.")] = None,
    rate: Annotated[float, typer.Option(min=1, max=200, help="Reports a second.")] = 20,
    again: Annotated[Path | None, typer.Option(help="Play nothing: tell chaos.json in this folder again.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for chaos.md, .svg and .json; none: show only.")] = None,
    keep: Annotated[Path, typer.Option(help="Where logs and data of failed rounds are kept.")] = KEPT,
) -> None:
    """Cause faults in a running Ayllu, and check whether it loses or doubles anything.

    Starts Redis, mongod and `ayllu up` on loopback. In each round reports and commands come at a steady rate, one or
    two faults are drawn, and a few unusable entries are planted. Afterwards every acknowledged report must
    be in every view once, every view must be the fold of its rows, nothing may wait, the dead letters must be those
    planted, and nobody may have been notified twice. Exit code 1 if anything is not so.

    A round is drawn from the seed and its number alone. A failed round keeps its logs and data. Full disks need root,
    moved clocks need gcc; without, those faults are left out, and the report says so.

    \b
    A look:         python -m chaos
    For docs/:      python -m chaos --rounds 200 --seed 11 --out docs
    One again:      python -m chaos --seed 11 --only-round 12
    One kind:       python -m chaos --kind redis-killed --kind cut
    """
    if again:
        report.write(TypeAdapter(Figures).validate_json((again / "chaos.json").read_bytes()), again)
        return
    run = Run(random.SystemRandom().randrange(10**6) if seed is None else seed, rate, _chosen(kind))
    numbers = [only_round] if only_round else list(range(1, rounds + 1))
    with suppress(MayNotMount):  # told of when the disks are made
        enter_own_mounts()
    finished = _played(run, numbers, keep)
    found = figures(run, _command())
    report.show(found, run.kept, console)
    if unplayed := len(numbers) - len(run.outcomes):
        console.print(f"{unplayed} rounds were not played.")
    if out and finished:
        report.write(found, out)
    if not (run.well and finished):
        raise typer.Exit(1)


def _played(run: Run, numbers: list[int], keep: Path) -> bool:
    """Play the rounds; False if Ctrl-C came first."""
    try:
        asyncio.run(play_all(run, numbers, keep, _tell))
    except KeyboardInterrupt:
        return False
    return True


def _chosen(given: list[str] | None) -> tuple[str, ...]:
    if unknown := set(given or ()) - set(KINDS):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: choose of {', '.join(KINDS)}", param_hint="--kind")
    return tuple(name for name in KINDS if not given or name in given)


def _tell(outcome: Outcome) -> None:
    console.print(report.line(outcome), markup=False, highlight=False)


def _command() -> str:
    return " ".join(["python -m chaos", *sys.argv[1:]])


if __name__ == "__main__":
    app()
