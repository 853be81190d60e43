"""The figures of a run: how many, how long until all was well again, and what was wrong."""

import math
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chaos.faults import KINDS
from chaos.outcome import Outcome
from chaos.run import Run

COUNTED = ("acknowledged", "commands", "letters", "unanswered", "put off", "replies lost")
MOST_TOLD = 8


@dataclass(frozen=True)
class Recovery:
    """Seconds from the end of the last fault of a round until all was well again."""

    rounds: int
    p50: float | None
    p99: float | None
    most: float | None


@dataclass(frozen=True)
class Line:
    """A kind of fault: the rounds it was drawn in, alone or with another."""

    kind: str
    does: str
    failed: int
    recovery: Recovery
    waits: Sequence[float]


@dataclass(frozen=True)
class Failure:
    """A round that failed, and what was wrong, as far as it is told."""

    number: int
    kinds: Sequence[str]
    told: Sequence[str]


@dataclass(frozen=True)
class Figures:
    """Everything one `python -m chaos` found out: what is in `docs/chaos.json`."""

    command: str
    seed: int
    rate: float
    rounds: int
    failures: Sequence[Failure]
    left_out: Mapping[str, str]
    lines: Sequence[Line]
    recovery: Recovery
    totals: Mapping[str, int]
    wrong_at_the_end: Sequence[str]
    minutes: float
    machine: Mapping[str, str]


def figures(run: Run, command: str) -> Figures:
    """The figures of a run."""
    return Figures(
        command=command,
        seed=run.seed,
        rate=run.rate,
        rounds=len(run.outcomes),
        failures=[_failure(each) for each in run.outcomes if not each.well],
        left_out=run.left_out,
        lines=[line for kind in KINDS if (line := _line(kind, run.outcomes)).recovery.rounds],
        recovery=recovery(run.outcomes),
        totals=_totals(run),
        wrong_at_the_end=[told for each in vars(run.at_the_end).values() for told in each],
        minutes=round(run.seconds / 60, 1),
        machine=_machine(run.outcomes),
    )


def recovery(outcomes: Iterable[Outcome]) -> Recovery:
    """How long it took, over rounds."""
    found = list(outcomes)
    waits = sorted(each.recovery for each in found if each.recovery is not None)
    return Recovery(len(found), *(_share(waits, share) for share in (0.5, 0.99, 1.0)))


def _line(kind: str, outcomes: Iterable[Outcome]) -> Line:
    of_it = [each for each in outcomes if any(fault.kind == kind for fault in each.plan.faults)]
    waits = sorted(each.recovery for each in of_it if each.recovery is not None)
    return Line(kind, KINDS[kind].does, sum(not each.well for each in of_it), recovery(of_it), waits)


def _failure(outcome: Outcome) -> Failure:
    told = [*outcome.wrong, *(f"{name}: {each}" for name, some in vars(outcome.verdict).items() for each in some)]
    more = [f"and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    return Failure(outcome.plan.number, [each.kind for each in outcome.plan.faults], told[:MOST_TOLD] + more)


def _totals(run: Run) -> dict[str, int]:
    totals = Counter(dict.fromkeys((*COUNTED, "faults", "wrong", "lost", "doubled"), 0))
    for each in run.outcomes:
        totals.update({name: getattr(each, name.replace(" ", "_")) for name in COUNTED})
        totals.update(faults=len(each.plan.faults), wrong=len(each.wrong))
        totals.update(lost=len(each.verdict.lost), doubled=len(each.verdict.doubled))
    return dict(totals)


def _share(waits: Sequence[float], share: float) -> float | None:
    """The time within which that share of them was well."""
    return round(waits[math.ceil(share * len(waits)) - 1], 2) if waits else None


def _machine(outcomes: Sequence[Outcome]) -> dict[str, str]:
    loads = [each.load for each in outcomes]
    return {
        "cores": str(os.cpu_count()),
        "load average": f"{min(loads, default=0):.1f} to {max(loads, default=0):.1f}",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "on": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
