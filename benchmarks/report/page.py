"""Puts together what was measured: the tables on the console; page, pictures and JSON in a folder."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.figures import Figures
from benchmarks.report import again, growth, http, race, replicas, sizes
from benchmarks.report.table import Table, number

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

All as ratios within this one run; figures by themselves are context.

{table}"""


def show(figures: Figures, console: Console) -> None:
    """The tables, on the console."""
    for table in (*_tables(figures), _targets(figures)):
        if table.rows:
            console.print(table.rich)


def write(figures: Figures, folder: Path) -> None:
    """`benchmarks.md` and `.json`, and a picture for each part that has one."""
    folder.mkdir(parents=True, exist_ok=True)
    figures.write(folder)
    (folder / "benchmarks.md").write_text(page(figures), encoding="utf-8")
    for name, picture in pictures(figures):
        (folder / name).write_text(picture, encoding="utf-8")


def page(figures: Figures) -> str:
    """The page in Markdown."""
    most, targets = max(figures.others, default=0), _targets(figures)
    return PAGE.format(
        command=figures.command,
        machine_was=NOT_FREE.format(most=most) if most > FREE else "",
        targets=TARGETS.format(table=targets.markdown) if targets.rows else "",
        sections="\n".join(_sections(figures)),
        machine="\n".join(f"- {name}: {value}" for name, value in figures.machine.items()),
    )


def pictures(figures: Figures) -> Iterator[tuple[str, str]]:
    """The file name and the SVG of each."""
    machine = figures.machine
    made_by = f"{figures.command} · {machine['cores']} cores, {machine['processor']} · {machine['on']}"
    if figures.race:
        yield "benchmarks.svg", race.picture(figures.race, made_by)
    if figures.http:
        yield "benchmarks-http.svg", http.picture(figures.http, made_by)
    if figures.growth:
        yield "benchmarks-growth.svg", growth.picture(figures.growth, made_by)


def _tables(figures: Figures) -> Iterator[Table]:
    if figures.race:
        yield from race.tables(figures.race)
    if figures.http:
        yield http.table(figures.http)
    if figures.growth:
        yield growth.table(figures.growth)
    if figures.replicas:
        yield replicas.table(figures.replicas)
    if figures.again:
        yield again.table(figures.again)
    if figures.sizes:
        yield sizes.table(figures.sizes)


def _sections(figures: Figures) -> Iterator[str]:
    if figures.race:
        yield race.section(figures.race)
    if figures.http:
        yield http.section(figures.http)
    if figures.growth:
        yield growth.section(figures.growth)
    if figures.replicas:
        yield replicas.section(figures.replicas)
    if figures.again:
        yield again.section(figures.again)
    if figures.sizes:
        yield sizes.section(figures.sizes)


def _targets(figures: Figures) -> Table:
    rows = [
        [each.what, each.aim, _figure(each.figure), "met" if each.met else "**missed**"] for each in figures.targets
    ]
    return Table(("target", "aim", "figure", ""), rows)


def _figure(value: float | None) -> str:
    return number(value, 0 if value is not None and value > 10 else 3)
