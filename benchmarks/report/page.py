"""Puts together what was measured: the tables on the console; page, pictures and JSON in a folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks.figures import Figures
from benchmarks.report import again, growth, http, race, replicas, sizes
from benchmarks.report.table import Table, number

TELLING = (race, http, growth, replicas, again, sizes)
"""A module for each part, with `tables` and `section`, some with `picture`."""

PICTURES = {race: "", http: "-http", growth: "-growth"}
FREE = 0.1
NOT_FREE = """**The machine was not free:** processes that are no part of this used up to {most:.2f} cores during the
runs, and not the same in each. Rates and latencies, and ratios of them, are not to be relied on; CPU times are less
affected. Run it again on a free machine.

"""
PAGE = """# Benchmarks

Written by one command, which starts everything it measures, on one machine, rounds of what is compared taking turns:

```sh
{command}
```

{machine_was}{targets}

**CPU ms** is always the user and system time of the services (or of what is compared with them), Redis and mongod, and
not of what puts the load on them. **Others' cores**, in the JSON for every run, are the cores that processes that are
no part of this used meanwhile: more than a tenth, and the machine was not free.

{sections}
## The machine

{machine}

Every round and every process: [benchmarks.json](benchmarks.json).
"""
TARGETS = """## Targets

All as ratios within this one run; figures by themselves are context. Why some are missed: [cost.md](cost.md).

{table}"""


def show(figures: Figures, console: Console) -> None:
    """The tables, on the console."""
    tables = [table for part, tells in _parts(figures) for table in tells.tables(part)]
    for table in (*tables, _targets(figures)):
        if table.rows:
            console.print(table.rich)


def write(figures: Figures, folder: Path) -> None:
    """`benchmarks.md` and `.json`, and a picture for each part that has one."""
    folder.mkdir(parents=True, exist_ok=True)
    figures.write(folder)
    (folder / "benchmarks.md").write_text(page(figures), encoding="utf-8")
    for name, picture in pictures(figures):
        (folder / f"benchmarks{name}.svg").write_text(picture, encoding="utf-8")


def page(figures: Figures) -> str:
    """The page in Markdown."""
    most, targets = max(figures.others, default=0), _targets(figures)
    return PAGE.format(
        command=figures.command,
        machine_was=NOT_FREE.format(most=most) if most > FREE else "",
        targets=TARGETS.format(table=targets.markdown) if targets.rows else "",
        sections="\n".join(tells.section(part) for part, tells in _parts(figures)),
        machine="\n".join(f"- {name}: {value}" for name, value in figures.machine.items()),
    )


def pictures(figures: Figures) -> Iterator[tuple[str, str]]:
    """What its file is called after `benchmarks`, and the SVG, of each."""
    machine = figures.machine
    made_by = f"{figures.command} · {machine['cores']} cores, {machine['processor']} · {machine['on']}"
    for part, tells in _parts(figures):
        if tells in PICTURES:
            yield PICTURES[tells], tells.picture(part, made_by)


def _parts(figures: Figures) -> Iterator[tuple[Any, Any]]:
    """Each part that was measured, and the module that tells it."""
    parts = (figures.race, figures.http, figures.growth, figures.replicas, figures.again, figures.sizes)
    yield from ((part, tells) for part, tells in zip(parts, TELLING, strict=True) if part)


def _targets(figures: Figures) -> Table:
    rows = [
        [each.what, each.aim, _figure(each.figure), "met" if each.met else "**missed**"] for each in figures.targets
    ]
    return Table(("target", "aim", "figure", ""), rows)


def _figure(value: float | None) -> str:
    return number(value, 0 if value is not None and value > 10 else 3)
