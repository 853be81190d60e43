"""`python -m benchmarks`: what this project costs, and what people would use instead."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from pydantic import ValidationError
from rich.console import Console

from benchmarks import again, growth, http, race, replicas, sizes
from benchmarks.capacity.check import checks
from benchmarks.capacity.measured import IN_BATCHES, NotMeasured, costs
from benchmarks.capacity.model import TERRITORIES, needs
from benchmarks.capacity.page import checks_table, needs_table, page
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figures
from benchmarks.machine import machine
from benchmarks.numbers import LOOK, SHORT, USUAL
from benchmarks.place import Place, place
from benchmarks.report import shares, show, write

MOST = 100_000
WIDTH = 150
"""Of the tables where there is no terminal."""

Out = Annotated[Path | None, typer.Option(help="Folder for page, pictures and benchmarks.json; none: show only.")]
Rounds = Annotated[int, typer.Option(min=1, max=50, help="Rounds; what is compared takes turns in each.")]
Events = Annotated[int, typer.Option(min=100, max=MOST, help="Events a round.")]
Grown = Annotated[int, typer.Option(min=100, max=10_000, help="Events measured at each size.")]
Reports = Annotated[int, typer.Option(min=100, max=MOST, help="Reports a round.")]
Profile = Annotated[Path | None, typer.Option(help="Folder for a flame graph of each process, by py-spy.")]
Seconds = Annotated[int, typer.Option(min=0, max=60, help="Seconds of each latency run; 0: none.")]

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=__doc__)
console = Console(width=None if sys.stdout.isatty() else WIDTH)


def _axes(cases: str, cases_of_care: str, events_a_case: str) -> dict[growth.Axis, list[int]]:
    return {
        growth.CASES: _sizes(cases),
        growth.IN_LITTLE_MEMORY: _sizes(cases),
        growth.CARE: _sizes(cases_of_care),
        growth.EVENTS: _sizes(events_a_case),
    }


def _sizes(text: str) -> list[int]:
    try:
        return sorted(int(each) for each in str(text).strip("[]").split(","))
    except ValueError:
        raise typer.BadParameter("numbers with commas between") from None


@app.command("race")
def race_(
    events: Events = USUAL.events,
    rounds: Rounds = USUAL.rounds,
    only: Annotated[str, typer.Option(help="Contenders to run, by their letters.")] = "abcdef",
    latency_seconds: Seconds = USUAL.latency_seconds,
    profile: Profile = None,
    out: Out = None,
) -> None:
    """The same events by us and by what people would use.

    Into the same three views: (a) this project, (b) FastStream with a handler a message, (c) Celery, (d) a loop by
    hand, (e) mongod alone, (f) this project without its batches. Starts a Redis and a mongod of its own on loopback,
    and every contender in turn; ends them all. Each run is verified: every event once in every view. With --profile
    look at the flame graphs and at what the time goes to, not at the figures: they are those of a watched process.

    \b
    A look:        python -m benchmarks race --events 500 --rounds 1 --latency-seconds 0
    One alone:     python -m benchmarks race --only ad --events 20000 --latency-seconds 0
    What is slow:  python -m benchmarks race --only a --rounds 1 --latency-seconds 0 --profile /tmp/flames
    """
    chosen = _chosen(only)
    _measured(
        out,
        race=lambda here: race.hold(
            here, chosen, events, rounds, _tell, latency_seconds=latency_seconds, profiles=profile
        ),
    )
    if profile:
        console.print(shares.table(profile).rich)


@app.command("http")
def http_(
    reports: Reports = USUAL.reports, rounds: Rounds = USUAL.rounds, profile: Profile = None, out: Out = None
) -> None:
    """Reports to intake over HTTP.

    Singly over 8, 64 and 256 connections, and in NDJSON batches; against a program that awaits one insert and one
    XADD for each request, as durable and as safe to repeat.

    \b
    A look:  python -m benchmarks http --reports 500 --rounds 1
    """
    _measured(out, http=lambda here: http.measure(here, reports, rounds, _tell, profile))
    if profile:
        console.print(shares.table(profile).rich)


@app.command("growth")
def growth_(
    cases: Annotated[str, typer.Option(help="Cases there are before.")] = USUAL.cases,
    cases_of_care: Annotated[str, typer.Option(help="The same, for the service care alone.")] = USUAL.cases_of_care,
    events_a_case: Annotated[str, typer.Option(help="Events each case has heard before.")] = USUAL.events_a_case,
    events: Grown = USUAL.grown_events,
    rounds: Rounds = USUAL.grown_rounds,
    out: Out = None,
) -> None:
    """What an event costs as cases grow.

    With more and more cases, also where MongoDB has little memory, and with more and more events a case. More than
    100,000 cases, or more than 100 events a case, are measured in the last round only. A million cases of care need
    some 3 GB in the folder for temporary files (TMPDIR); of all three services, ten minutes and 10 GB.

    \b
    A look:  python -m benchmarks growth --cases 1000,2000 --cases-of-care 1000 --events-a-case 1,10 --rounds 1
    """
    wanted = _axes(cases, cases_of_care, events_a_case)
    _measured(out, growth=lambda here: growth.measure(here, wanted, events, rounds, _tell))


@app.command("replicas")
def replicas_(
    events: Events = USUAL.replicated_events, rounds: Rounds = USUAL.replicated_rounds, out: Out = None
) -> None:
    """More replicas of each service.

    1, 2 and 4 of each, on streams that they share, and on streams partitioned by family.

    \b
    A look:  python -m benchmarks replicas --events 1000 --rounds 1
    """
    _measured(out, replicas=lambda here: replicas.measure(here, events, rounds, _tell))


@app.command("again")
def again_(reports: Reports = USUAL.again_reports, rounds: Rounds = USUAL.rounds, out: Out = None) -> None:
    """Replay and refold.

    Say everything again, hear it again, fold every view again, after so many reports.

    \b
    A look:  python -m benchmarks again --reports 500 --rounds 1
    """
    _measured(out, again=lambda here: again.measure(here, reports, rounds, _tell))


@app.command("sizes")
def sizes_(reports: Annotated[str, typer.Option(help="How many reports.")] = USUAL.sizes, out: Out = None) -> None:
    """Everything at several sizes.

    So many reports through all four services, from nothing: CPU, disk, memory. Checks the capacity model.

    \b
    A look:  python -m benchmarks sizes --reports 1000,3000
    """
    wanted = _sizes(reports)
    _measured(out, sizes=lambda here: sizes.measure(here, wanted, _tell))


@app.command("all")
def all_(
    numbers: Annotated[
        Literal["usual", "short", "look"],
        typer.Option(help="How much is measured: 45 minutes; 6, far less sure; 3, to see that it works."),
    ] = "usual",
    out: Out = None,
) -> None:
    """All of these, one after the other.

    With the usual numbers, those that each has by itself, it is what `make bench` runs.

    \b
    For docs/:  python -m benchmarks all --out docs
    """
    n = {"usual": USUAL, "short": SHORT, "look": LOOK}[numbers]
    held = partial(race.hold, names=_chosen("abcdef"), latency_seconds=n.latency_seconds)
    _measured(
        out,
        race=lambda here: held(here, events=n.events, rounds=n.rounds, tell=_tell),
        http=lambda here: http.measure(here, n.reports, n.rounds, _tell),
        growth=lambda here: growth.measure(
            here, _axes(n.cases, n.cases_of_care, n.events_a_case), n.grown_events, n.grown_rounds, _tell
        ),
        replicas=lambda here: replicas.measure(here, n.replicated_events, n.replicated_rounds, _tell),
        again=lambda here: again.measure(here, n.again_reports, n.rounds, _tell),
        sizes=lambda here: sizes.measure(here, _sizes(n.sizes), _tell),
    )


@app.command("capacity")
def capacity_(
    measured: Annotated[Path, typer.Option(help="Folder with benchmarks.json.")] = Path("docs"),
    out: Annotated[Path | None, typer.Option(help="Folder for capacity.md; none: show only.")] = None,
) -> None:
    """What would be needed where.

    What a district, a country and 130 countries would need, from what was measured; starts nothing.

    \b
    For docs/:  python -m benchmarks all --out docs && python -m benchmarks capacity --out docs
    """
    try:
        figures = Figures.read(measured)
        found = [needs(each, costs(figures)) for each in TERRITORIES]
        checked = list(checks(figures.sizes, costs(figures, IN_BATCHES)))
    except (NotMeasured, FileNotFoundError, ValidationError):
        raise typer.BadParameter(str(NotMeasured()), param_hint="--measured") from None
    for table in (needs_table(found), checks_table(checked)):
        console.print(table.rich)
    if out:
        told = page(_command(), figures, costs(figures), found, checked)
        (out / "capacity.md").write_text(told, encoding="utf-8")


def _measured(out: Path | None, **parts: Callable[[Place], Any]) -> None:
    found = {}
    for name, measure in parts.items():
        _tell(f"\n{name}")
        with place() as here:
            found[name] = measure(here)
    figures = Figures(_command(), machine(), **found)
    show(figures, console)
    if out:
        write(figures, out)


def _chosen(only: str) -> list[str]:
    if not only or set(only) - set(CONTENDERS):
        raise typer.BadParameter(f"letters of {', '.join(CONTENDERS)}", param_hint="--only")
    return sorted(set(only))


def _tell(text: str) -> None:
    console.print(text, highlight=False)


def _command() -> str:
    return " ".join(["python -m benchmarks", *sys.argv[1:]])


if __name__ == "__main__":
    app()
