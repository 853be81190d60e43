"""Tells what came of a run: a line a round, a table on the console, JSON, a page and a picture for `docs/`."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from matplotlib.figure import Figure as Drawing
from rich.console import Console
from rich.table import Column, Table

from chaos.figures import Figures, Recovery
from chaos.outcome import Outcome
from pages.making import ONE, TWO, number, rendered, save

TEMPLATE = Path(__file__).with_name("templates") / "chaos.md.jinja"
COLUMNS = ("fault", "what is done", "rounds", "failed", "p50 s", "p99 s", "most s")
MOST_TOLD = 8


def line(outcome: Outcome) -> str:
    """A round in a line."""
    faults = " + ".join(f"{each.kind} ({each.target})" for each in outcome.plan.faults)
    well = "nothing lost, nothing doubled" if outcome.well else "FAILED"
    waited = f"well again after {outcome.recovery:.1f} s" if outcome.recovery is not None else "not well in time"
    return f"round {outcome.plan.number}: {faults}: {outcome.acknowledged} acknowledged, {waited}, {well}"


def show(figures: Figures, kept: Mapping[int, Path], console: Console) -> None:
    """The figures on the console, and how to repeat what failed."""
    table = Table(Column(COLUMNS[0], no_wrap=True), *COLUMNS[1:], box=None)
    for each in figures.lines:
        table.add_row(each.kind, each.does, str(each.recovery.rounds), str(each.failed), *_times(each.recovery))
    told = [f"left out: {name}. {why}" for name, why in figures.left_out.items()]
    for failure in figures.failures:
        again = f"again:   python -m chaos --seed {figures.seed} --only-round {failure.number}"
        told += [f"\nround {failure.number} failed:", *failure.told, again, f"kept in: {kept.get(failure.number)}"]
    if figures.wrong_at_the_end:
        told += [*figures.wrong_at_the_end[:MOST_TOLD], f"kept in: {kept.get(figures.rounds)}"]
    totals, (p50, p99, most) = figures.totals, _times(figures.recovery)
    told.append(
        f"\n{figures.rounds} rounds, seed {figures.seed}: {totals['faults']} faults, {totals['acknowledged']} reports "
        f"acknowledged, {totals['lost']} lost, {totals['doubled']} doubled, {len(figures.failures)} rounds failed. "
        f"Well again: p50 {p50} s, p99 {p99} s, most {most} s."
    )
    console.print(table)
    console.print("\n".join(told), markup=False, highlight=False)


def write(figures: Figures, folder: Path) -> None:
    """`chaos.md`, `chaos.svg` and `chaos.json` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chaos.json").write_text(f"{json.dumps(asdict(figures), indent=1)}\n", encoding="utf-8")
    (folder / "chaos.md").write_text(page(figures), encoding="utf-8")
    made_by = f"{figures.command} · {figures.machine['cores']} cores · {figures.machine['on']}"
    save(picture(figures), folder / "chaos.svg", made_by)


def page(figures: Figures) -> str:
    """The page in Markdown."""
    return rendered(TEMPLATE, figures=figures)


def picture(figures: Figures) -> Drawing:
    """How long until all was well again: a dot a round, a row a kind of fault."""
    drawing = Drawing((9.6, 1.5 + 0.32 * len(figures.lines)), layout="constrained")
    axes = drawing.subplots()
    axes.set_title("Seconds from the end of the faults until all is well again")
    dots = [(wait, at) for at, each in enumerate(figures.lines) for wait in each.waits]
    axes.scatter([wait for wait, _ in dots], [at for _, at in dots], color=ONE, alpha=0.45, linewidths=0, gid="rounds")
    halves = [(each.recovery.p50, at) for at, each in enumerate(figures.lines) if each.recovery.p50 is not None]
    axes.scatter([p50 for p50, _ in halves], [at for _, at in halves], color=TWO, marker="|", s=250, linewidths=2)
    axes.set_yticks(range(len(figures.lines)), [each.kind for each in figures.lines])
    axes.set_xlabel("a dot: a round; the stroke: half of them were well by then")
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    return drawing


def _times(recovery: Recovery) -> tuple[str, str, str]:
    return number(recovery.p50, 1), number(recovery.p99, 1), number(recovery.most, 1)
