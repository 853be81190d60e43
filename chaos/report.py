"""Tells what came of a run: a line a round, a table on the console, JSON, a page and a picture for `docs/`."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from chaos.chart import draw
from chaos.figures import Figures, Recovery
from chaos.outcome import Outcome

COLUMNS = ("fault", "what is done", "rounds", "failed", "p50 s", "p99 s", "most s")
MOST_TOLD = 8
PAGE = """# Chaos

Real processes under a steady load of reports and commands; each round draws one or two faults. Then the question:
is anything lost, doubled, or waiting for ever? Written by one command:

```sh
{command}
```

**{rounds} rounds, {faults} faults, {acknowledged} reports acknowledged: {lost} lost, {doubled} doubled,
{failed} rounds failed.** Recovery: p50 {p50} s, p99 {p99} s, most {most} s. It took {minutes} minutes.

![Recovery times by kind of fault](chaos.svg)

{table}

A round with two faults counts in both lines. `make chaos ROUNDS={rounds} SEED={seed}` plays the same rounds again, and
`.venv/bin/python -m chaos --seed {seed} --only-round N` one of them: as root and with gcc, else the kinds of fault that
need them are left out, and the rounds are others. {left_out}

## What happens in a round

- Three sending systems send {rate:g} reports a second, one by one and in small batches, each report again until it is
  acknowledged. Some send again what was acknowledged: the answer must be the same. A member of staff acknowledges
  notifications. {unanswered} requests got no answer and {put_off} were answered 503 or 429; any other refusal fails the
  round. {commands} commands were confirmed.
- A few entries that nobody can use are planted on the streams.
- The faults begin within the first seconds, together or one after the other.
- **Recovery** is the time from the end of the last fault until a report sent right then, again until it is
  acknowledged, is in every view that it concerns, and then nothing waits any more: no lag, nothing pending, no outbox.
  The load goes on until that report has come through. A kill ends at once, so starting again is part of the recovery.
  Nobody does anything: what Redis lost, the services notice within five seconds and say again by themselves.

## What must be true after each

- Every acknowledged report is in intake's record, what its answer promised was said, and all that was said is in every
  view that it concerns: once.
- Every view is the fold of its rows. Whatever a fold has to say was said.
- Nothing waits: no lag, nothing pending, no outbox.
- The dead letters are those of the entries that were planted, one for each service that listens there: {letters}.
- Nobody is notified twice of one cause; no inbox item has a cause twice; no confirmed acknowledgement is missing.

At the end everything is looked at once more{at_the_end}.

## How

- Redis and mongod run under the supervisor that `ayllu up` uses, each on a small file system of its own; a ballast file
  fills it to the last byte. mongod's journal has no room set aside there, so it hears of the full disk at once (and
  aborts, as it should).
- Between services and servers, and between senders and intake, are TCP proxies. The services' MongoDB address says
  `directConnection=true`: told of the replica set, the driver would ask for its members and connect past the proxy.
- A clock is moved by a small library in front of libc that every service of the run has loaded; it moves the clock of
  one, while that runs. Staff tokens are good for twelve hours, so an hour more or less does not make them invalid.
- `AYLLU_CLAIM_IDLE_SECONDS=1` and `AYLLU_SWEEP_SECONDS=0.5`: what a crash leaves is taken over sooner than with the
  defaults (10 and 5), so that a round is short. With the defaults recovery takes that much longer.

{failures}## The machine

{machine}

Every round: [chaos.json](chaos.json).
"""


def line(outcome: Outcome) -> str:
    """A round in a line."""
    faults = " + ".join(f"{each.kind} ({each.target})" for each in outcome.plan.faults)
    well = "nothing lost, nothing doubled" if outcome.well else "FAILED"
    waited = f"well again after {outcome.recovery:.1f} s" if outcome.recovery is not None else "not well in time"
    return f"round {outcome.plan.number}: {faults}: {outcome.acknowledged} acknowledged, {waited}, {well}"


def show(figures: Figures, kept: Mapping[int, Path], console: Console) -> None:
    """The figures on the console, and how to repeat what failed."""
    table = Table(Column(COLUMNS[0], no_wrap=True), *COLUMNS[1:], box=None)
    for row in _rows(figures):
        table.add_row(*row)
    console.print(table)
    for name, why in figures.left_out.items():
        console.print(f"left out: {name}. {why}", highlight=False)
    for each in figures.failed:
        told = "\n".join(_wrong(each))
        console.print(f"\nround {each.plan.number} failed:\n{told}", markup=False, highlight=False)
        console.print(
            f"again:   python -m chaos --seed {figures.seed} --only-round {each.plan.number}", highlight=False
        )
        console.print(f"kept in: {kept.get(each.plan.number)}", highlight=False)
    for told in figures.wrong_at_the_end[:MOST_TOLD]:
        console.print(f"at the end: {told}", markup=False, highlight=False)
        console.print(f"kept in: {kept.get(figures.rounds)}", highlight=False)
    totals = figures.totals
    console.print(
        f"\n{figures.rounds} rounds, seed {figures.seed}: {totals['faults']} faults, {totals['acknowledged']} reports "
        f"acknowledged, {totals['lost']} lost, {totals['doubled']} doubled, {len(figures.failed)} rounds failed. "
        f"Well again: {_told(figures.recovery)}.",
        highlight=False,
    )


def write(figures: Figures, folder: Path) -> None:
    """`chaos.md`, `chaos.svg` and `chaos.json` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chaos.json").write_text(f"{json.dumps(figures.as_json(), indent=1)}\n", encoding="utf-8")
    (folder / "chaos.svg").write_text(draw(figures), encoding="utf-8")
    (folder / "chaos.md").write_text(page(figures), encoding="utf-8")


def page(figures: Figures) -> str:
    """The page in Markdown."""
    counts = {name: f"{figures.totals[name]:,}" for name in ("faults", "acknowledged", "lost", "doubled", "commands")}
    left_out = "; ".join(f"`{name}`: {why}" for name, why in figures.left_out.items())
    return PAGE.format(
        **counts,
        unanswered=f"{figures.totals['unanswered']:,}",
        put_off=f"{figures.totals['put off']:,}",
        letters=f"{figures.totals['letters']:,}",
        command=figures.command,
        rounds=figures.rounds,
        failed=len(figures.failed),
        p50=_seconds(figures.recovery.p50),
        p99=_seconds(figures.recovery.p99),
        most=_seconds(figures.recovery.most),
        minutes=figures.minutes,
        table=_markdown(COLUMNS, _rows(figures)),
        seed=figures.seed,
        rate=figures.rate,
        left_out=f"**Left out on this machine:** {left_out}" if left_out else "",
        at_the_end=f", and **{len(figures.wrong_at_the_end)} things are wrong**" if figures.wrong_at_the_end else "",
        failures="\n".join(_failures(figures)),
        machine="\n".join(f"- {name}: {value}" for name, value in figures.machine.items()),
    )


def _rows(figures: Figures) -> Iterator[Sequence[str]]:
    for each in figures.lines:
        found = each.recovery
        times = (_seconds(found.p50), _seconds(found.p99), _seconds(found.most))
        yield each.kind, each.does, str(found.rounds), str(each.failed), *times


def _failures(figures: Figures) -> Iterator[str]:
    if figures.failed:
        yield "## Failed\n"
    for each in figures.failed:
        yield f"Round {each.plan.number} ({', '.join(fault.kind for fault in each.plan.faults)}):\n"
        yield from (f"- {told}" for told in _wrong(each))
        yield ""


def _wrong(outcome: Outcome) -> list[str]:
    told = [*outcome.wrong, *(f"{name}: {each}" for name, some in vars(outcome.verdict).items() for each in some)]
    more = [f"and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return told[:MOST_TOLD] + more


def _told(recovery: Recovery) -> str:
    return f"p50 {_seconds(recovery.p50)} s, p99 {_seconds(recovery.p99)} s, most {_seconds(recovery.most)} s"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _markdown(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---", "---"] + ["---:"] * (len(columns) - 2), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
