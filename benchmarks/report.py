"""Tells the figures: a table on the console, JSON, a page and a picture for `docs/`."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from benchmarks.chart import draw
from benchmarks.contenders import CONTENDERS
from benchmarks.figures import Figures, Line
from benchmarks.latency import PATIENCE_SECONDS, Latency

COLUMNS = (
    "",
    "events/s",
    "until quiet",
    "CPU ms/event",
    "its processes",
    "Redis",
    "mongod",
    "sender",
    "memory MB",
    "CPU, times (a)",
    "others' cores",
)
LATENCY_COLUMNS = (
    "",
    "events/s",
    "p50 ms",
    "p99 ms",
    "most ms",
    "watched",
    "not in the views",
    "CPU ms/event",
    "others' cores",
)
FREE = 0.1
NOT_FREE = """**The machine was not free:** processes that are no part of this used {least:.2f} to {most:.2f} cores
during the runs, and not the same for each contender. Rates and latencies, and ratios of them, are not to be relied on;
CPU times are less affected. Run it again on a free machine.

"""
PAGE = """# Benchmarks

The same events into the same three views (education, care, notifications), by this project and by what people would
use instead. Written by one command, which runs everything on one machine, the contenders taking turns:

```sh
{command}
```

{machine_was}![CPU milliseconds an event of each contender](benchmarks.svg)

{table}

- **events/s**: until every event is in every view; **until quiet**: until nothing is left to do. For (a) that is when
  what the services say of the events is published, heard by notifications, and cleared from the outboxes.
- **CPU ms/event**: user and system time of the contender's processes, Redis and mongod, until quiet, divided by the
  events. The sender is not in it; for (c) sending is a large part of the work.
- **others' cores**: how many cores processes that are no part of this used meanwhile, in the worst round. More than a
  tenth of a core means that the machine was not free, and that rates and latencies would be better on a free one.
- Each figure is the median of {rounds} rounds, of {events} events each, after a warm-up. Every run is verified: each
  event exactly once in each of its documents, and the facts that all of them keep equal, by digest, to the fold of the
  events by the services' own rules. {documents}

Who did what:

{contenders}

Only (a) and (f) keep a history and an outbox, fold in the order in which things happened, apply the rules that need
the view as it was, tell others, and serve HTTP. The others do only what the comparison needs.

## Latency

From the moment an event was due to be published to the moment a reader sees it in the last of its documents, with
events arriving at a constant rate whether or not the earlier ones are done (no coordinated omission).

{latency}

**CPU ms/event**: as above, at this rate; mongod's part of telling the watcher is in it. A dash: so many events were not
in the views {patience} s after the last was published, because the contender does not keep up with the rate.

## Targets

{targets}

## The machine

{machine}

Every round and every process: [benchmarks.json](benchmarks.json).
"""


def show(figures: Figures, console: Console) -> None:
    """The tables, on the console."""
    for columns, rows in (
        (COLUMNS, _rows(figures)),
        (LATENCY_COLUMNS, _latencies(figures)),
        (("target", "aim", "figure", ""), _targets(figures)),
    ):
        table = Table(Column(columns[0], no_wrap=True), *columns[1:])
        for row in rows:
            table.add_row(*row)
        console.print(table)


def write(figures: Figures, folder: Path) -> None:
    """`benchmarks.md`, `benchmarks.svg` and `benchmarks.json` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(figures.as_json(), indent=2, ensure_ascii=False)
    (folder / "benchmarks.json").write_text(f"{text}\n", encoding="utf-8")
    (folder / "benchmarks.svg").write_text(draw(figures.lines, _made_by(figures)), encoding="utf-8")
    (folder / "benchmarks.md").write_text(page(figures), encoding="utf-8")


def page(figures: Figures) -> str:
    """The page in Markdown."""
    held = figures.runs[0].held
    busy = [*(each.others for each in figures.runs), *(each.others for each in figures.latencies)]
    return PAGE.format(
        command=figures.command,
        machine_was=NOT_FREE.format(least=min(busy), most=max(busy)) if max(busy) > FREE else "",
        table=_markdown(COLUMNS, _rows(figures)),
        rounds=figures.lines[0].rounds,
        events=f"{figures.lines[0].events:,}",
        documents=f"{held.documents:,} documents, digest `{held.digest}`.",
        contenders="\n".join(
            f"- **({each.name}) {each.title}**: {CONTENDERS[each.name].does}." for each in figures.lines
        ),
        latency=_markdown(LATENCY_COLUMNS, _latencies(figures)),
        patience=PATIENCE_SECONDS,
        targets=_markdown(("target", "aim", "figure", ""), _targets(figures)),
        machine="\n".join(f"- {name}: {value}" for name, value in figures.machine.items()),
    )


def _rows(figures: Figures) -> Iterator[Sequence[str]]:
    us = figures.line("a")
    for each in figures.lines:
        yield (
            f"({each.name}) {each.title}",
            *_numbers(each),
            f"{each.total / us.total:.2f}" if us else "",
            f"{each.others:.2f}",
        )


def _numbers(line: Line) -> tuple[str, ...]:
    costs = (line.total, line.services, line.redis, line.mongod, line.sender)
    return (
        f"{line.rate:,.0f}",
        f"{line.settled_rate:,.0f}",
        *(f"{each:.2f}" for each in costs),
        f"{line.memory:,.0f}",
    )


def _latencies(figures: Figures) -> Iterator[Sequence[str]]:
    for each in figures.latencies:
        title = f"({each.contender}) {CONTENDERS[each.contender].title}"
        cost = "–" if each.cost is None else f"{each.cost:.2f}"
        yield (
            title,
            f"{each.rate:,}",
            *_times(each),
            f"{each.watched:,}",
            f"{each.missing:,}",
            cost,
            f"{each.others:.2f}",
        )


def _times(latency: Latency) -> Iterator[str]:
    for each in (latency.p50, latency.p99, latency.most):
        yield "–" if each is None else f"{each:,.0f}"


def _targets(figures: Figures) -> Iterator[Sequence[str]]:
    for each in figures.targets:
        figure = "–" if each.figure is None else f"{each.figure:,.0f}" if each.figure > 10 else f"{each.figure:.3f}"
        yield each.what, each.aim, figure, "met" if each.met else "**missed**"


def _made_by(figures: Figures) -> str:
    told = figures.machine
    return f"{figures.command} · {told['cores']} cores, {told['processor']} · {told['on']}"


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] + ["---:"] * (len(columns) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
