"""`python -m benchmarks`: the race against what people would use instead."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import latency, measure, report
from benchmarks.contenders import CONTENDERS
from benchmarks.events import families_at_risk
from benchmarks.figures import Figures, lines, machine
from benchmarks.latency import WARM_UP, Latency
from benchmarks.measure import Run
from benchmarks.place import Place, place

RATES = (200, 1000)
MOST_EVENTS = 100_000
WIDTH = 150
"""Of the tables where there is no terminal."""

OVERLOADED_SECONDS = 5
"""A contender that cannot keep up is shown to, no longer than that."""

app = typer.Typer(add_completion=False, rich_markup_mode=None)
console = Console(width=None if sys.stdout.isatty() else WIDTH)


@app.command()
def race(
    events: Annotated[int, typer.Option(min=100, max=MOST_EVENTS, help="Events a round.")] = 5000,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds; the contenders take turns in each.")] = 3,
    only: Annotated[str, typer.Option(help="Contenders to run, by their letters.")] = "abcdef",
    latency_seconds: Annotated[
        int,
        typer.Option("--latency-seconds", min=0, max=60, help="Seconds of each latency run of (a) and (b); 0: none."),
    ] = 10,
    out: Annotated[Path | None, typer.Option(help="Folder for benchmarks.md, .svg and .json; none: show only.")] = None,
) -> None:
    """Put the same events into the same three views, by this project and by what people would use instead.

    (a) this project, (b) FastStream with a handler a message, (c) Celery, (d) a loop by hand, (e) mongod alone,
    (f) this project without its batches.

    Starts a Redis and a mongod of its own on loopback, and every contender in turn; ends them all. Each run is
    verified: every event once in every view. Takes about a minute for 1,000 events and a round, most of it (c) and (b).

    \b
    A look:     python -m benchmarks --events 500 --rounds 1 --latency-seconds 0
    For docs/:  python -m benchmarks --out docs
    One alone:  python -m benchmarks --only ad --events 20000 --latency-seconds 0
    """
    chosen = _chosen(only)
    with place() as here:
        runs = _runs(here, chosen, events, rounds)
        latencies = _latencies(here, chosen, latency_seconds) if latency_seconds else []
    found = Figures(_command(), machine(), lines(runs), latencies, runs)
    report.show(found, console)
    if out:
        report.write(found, out)


def _chosen(only: str) -> list[str]:
    if not only or set(only) - set(CONTENDERS):
        raise typer.BadParameter(f"letters of {', '.join(CONTENDERS)}", param_hint="--only")
    return sorted(set(only))


def _runs(here: Place, chosen: list[str], count: int, rounds: int) -> list[Run]:
    warm_up = min(200, count // 5)
    given = families_at_risk(count + warm_up)
    runs: list[Run] = []
    for number in range(rounds):
        for name in chosen[number % len(chosen) :] + chosen[: number % len(chosen)]:
            contender = CONTENDERS[name]
            run = measure.run(here, contender, given[: warm_up + count // contender.one_in], warm_up)
            _tell(f"round {number + 1}, ({name}): {run.rate:,.0f} events/s, {run.total_cost:.2f} CPU ms an event")
            runs.append(run)
    return runs


def _latencies(here: Place, chosen: list[str], seconds: int) -> list[Latency]:
    found = []
    for rate in RATES:
        for name in sorted(set("ab").intersection(chosen)):
            length = min(seconds, OVERLOADED_SECONDS) if (name, rate) == ("b", 1000) else seconds
            found.append(latency.measure(here, CONTENDERS[name], families_at_risk(WARM_UP + rate * length), rate))
            _tell(f"({name}) at {rate:,} events/s: {found[-1].missing:,} of {found[-1].watched:,} not in the views")
    return found


def _tell(text: str) -> None:
    console.print(text, highlight=False)


def _command() -> str:
    return " ".join(["python -m benchmarks", *sys.argv[1:]])


if __name__ == "__main__":
    app()
