"""`python -m benchmarks`: what this project costs, and what people would use instead."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markdown import Markdown

from benchmarks import growth, http, race, replicas, report, sizes
from benchmarks.capacity.measured import NotMeasured
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figures
from benchmarks.machine import machine
from benchmarks.place import Place, place

MOST, WIDTH = 100_000, 160
"""Events; and of what is printed where there is no terminal."""

Out = Annotated[Path | None, typer.Option(help="Folder for page, pictures and benchmarks.json; none: show only.")]
Rounds = Annotated[int, typer.Option(min=1, max=50, help="Rounds; what is compared takes turns in each.")]
Events = Annotated[int, typer.Option(min=100, max=MOST, help="Events (or reports) a round.")]
Only = Annotated[str, typer.Option(help="Contenders to run, by their letters.")]
Seconds = Annotated[int, typer.Option(min=0, max=60, help="Seconds of each latency run; 0: none.")]
Measured = Annotated[Path, typer.Option(help="Folder with benchmarks.json.")]

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=__doc__)
console = Console(width=None if sys.stdout.isatty() else WIDTH)


@app.command("race")
def race_(
    events: Events = 5000, rounds: Rounds = 3, only: Only = "abcd", latency_seconds: Seconds = 10, out: Out = None
) -> None:
    """The same events by us and by what people would use.

    Into the same three views: (a) this project, (b) FastStream with a handler a message, (c) Celery, (d) a loop by
    hand. Starts a Redis and a mongod of its own on loopback, and every contender in turn; ends them all. Each run is
    verified: every event once in every view. Then how long an event takes to be seen, at 200 a second, by (a) and (b).

    \b
    A look:     python -m benchmarks race --events 500 --rounds 1 --latency-seconds 1
    One alone:  python -m benchmarks race --only ad --events 20000 --latency-seconds 0
    """
    if not only or set(only) - set(CONTENDERS):
        raise typer.BadParameter(f"letters of {', '.join(CONTENDERS)}", param_hint="--only")
    letters = "".join(sorted(set(only)))
    _measured(out, race=partial(race.measure, only=letters, latency_seconds=latency_seconds), n=(events, rounds))


@app.command("http")
def http_(events: Events = 4000, rounds: Rounds = 3, out: Out = None) -> None:
    """Reports to intake over HTTP.

    Singly over 8, 64 and 256 connections, and in NDJSON batches; against a program that awaits one insert and one
    XADD for each request, as durable and as safe to repeat.

    \b
    A look:  python -m benchmarks http --events 500 --rounds 1
    """
    _measured(out, http=http.measure, n=(events, rounds))


@app.command("growth")
def growth_(
    events: Events = 2000,
    rounds: Rounds = 2,
    cases: Annotated[str, typer.Option(help="Cases there are before.")] = "1000,10000,100000",
    events_a_case: Annotated[str, typer.Option(help="Events each case has heard before.")] = "1,10,100,1000",
    out: Out = None,
) -> None:
    """What an event costs as cases grow.

    With more and more cases, also where MongoDB has little memory, and with more and more events a case. 100,000 cases
    take some three minutes to make, each time. More than 100 events a case are measured in the last round only.

    \b
    A look:  python -m benchmarks growth --events 500 --rounds 1 --cases 200,2000 --events-a-case 1,10
    """
    measure = partial(growth.measure, cases=_sizes(cases), events_a_case=_sizes(events_a_case))
    _measured(out, growth=measure, n=(events, rounds))


@app.command("replicas")
def replicas_(events: Events = 5000, rounds: Rounds = 3, out: Out = None) -> None:
    """More replicas of each service.

    1, 2 and 4 of each, on streams that they share, and on streams partitioned by family.

    \b
    A look:  python -m benchmarks replicas --events 500 --rounds 1
    """
    _measured(out, replicas=replicas.measure, n=(events, rounds))


@app.command("all")
def all_(events: Events = 5000, rounds: Rounds = 3, out: Out = None) -> None:
    """All of these, one after the other, and reports at several sizes through all four services.

    With 5,000 events and 3 rounds, three quarters of an hour: it is what `make bench` runs. With fewer events all is
    smaller by as much, and far less sure: 500 and one round are some four minutes.

    \b
    For docs/:  python -m benchmarks all --out docs
    A look:     python -m benchmarks all --events 500 --rounds 1
    """
    cases, heard = [events // 5, 2 * events, 20 * events], sorted({1, 10, 100, events // 5})
    _measured(
        out,
        n=(events, rounds),
        race=race.measure,
        http=lambda here, n, rounds, tell: http.measure(here, 4 * n // 5, rounds, tell),
        growth=lambda here, n, rounds, tell: growth.measure(here, 2 * n // 5, min(2, rounds), tell, cases, heard),
        replicas=replicas.measure,
        sizes=lambda here, n, _, tell: sizes.measure(here, [n // 5, 2 * n, 10 * n], tell),
    )


@app.command("capacity")
def capacity_(
    measured: Measured = Path("docs"),
    out: Annotated[Path | None, typer.Option(help="Folder for capacity.md; none: show only.")] = None,
) -> None:
    """What would be needed where.

    What a district, a country and 130 countries would need, from what was measured; starts nothing.

    \b
    For docs/:  python -m benchmarks all --out docs && python -m benchmarks capacity --out docs
    """
    try:
        told = report.capacity_page(Figures.read(measured), _command())
    except (NotMeasured, FileNotFoundError, ValidationError):
        raise typer.BadParameter(str(NotMeasured.__doc__), param_hint="--measured") from None
    console.print(Markdown(told))
    if out:
        (out / "capacity.md").write_text(told, encoding="utf-8")


@app.command("page")
def page_(out: Measured = Path("docs")) -> None:
    """The page and its pictures again, from benchmarks.json: after a change of the template. Measures nothing.

    \b
    For docs/:  python -m benchmarks page --out docs
    """
    report.write(Figures.read(out), out)


def _measured(out: Path | None, n: tuple[int, int], **parts: Callable[[Place, int, int, Any], Any]) -> None:
    found = {}
    for name, measure in parts.items():
        _tell(f"\n{name}")
        with place() as here:
            found[name] = measure(here, *n, _tell)
    figures = Figures(_command(), machine(), **found)
    console.print(Markdown(report.page(figures)))
    if out:
        report.write(figures, out)


def _sizes(text: str) -> list[int]:
    try:
        return sorted(int(each) for each in text.split(","))
    except ValueError:
        raise typer.BadParameter("numbers with commas between") from None


def _tell(text: str) -> None:
    console.print(text, highlight=False)


def _command() -> str:
    return " ".join(["python -m benchmarks", *sys.argv[1:]])


if __name__ == "__main__":
    app()
