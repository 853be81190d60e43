"""A run: rounds one after the other in one place. After a failed round its place is kept, and the next gets another."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from chaos.clock import NoCompiler
from chaos.disk import MayNotMount
from chaos.draw import draw
from chaos.faults import KINDS
from chaos.outcome import Outcome, Truth
from chaos.place import Place, place
from chaos.round import Round
from chaos.verdict import Verdict, judge
from ops.commands.audit import audit
from ops.servers.processes import private_folder

REDIS_MEGABYTES = 320
MONGO_MEGABYTES, MONGO_MEGABYTES_A_ROUND = 128, 6
"""A report costs mongod some 16 kB over all services."""

JUDGED_AT_ONCE = 500
MOST_FAILURES = 10


@dataclass
class Run:
    """The settings of a run, and its results."""

    seed: int
    rate: float
    kinds: tuple[str, ...]
    left_out: dict[str, str] = field(default_factory=dict)
    """Kinds of fault that this machine does not allow, and why."""

    outcomes: list[Outcome] = field(default_factory=list)
    kept: dict[int, Path] = field(default_factory=dict)
    """Where logs and data of a failed round are."""

    at_the_end: Verdict = field(default_factory=Verdict)
    """The final check of everything that was acknowledged."""

    seconds: float = 0

    @property
    def well(self) -> bool:
        """Every round, and everything at the end."""
        return all(each.well for each in self.outcomes) and self.at_the_end.well


async def play_all(run: Run, numbers: list[int], keep: Path, told: Callable[[Outcome], object]) -> None:
    """Play these rounds, until too many have failed; a failed one is kept in a folder of `keep`."""
    began = time.monotonic()
    while numbers and len(run.kept) < MOST_FAILURES:
        with tempfile.TemporaryDirectory(prefix="ayllu-chaos-") as scratch:
            folder, room = Path(scratch) / "run", MONGO_MEGABYTES + MONGO_MEGABYTES_A_ROUND * len(numbers)
            disks = {"redis": REDIS_MEGABYTES, "mongo": room}
            async with place(folder, disks, partial(_keep, run, folder, keep)) as here:
                numbers = await _until_one_fails(run, here, numbers, told)
    run.seconds = time.monotonic() - began


async def _until_one_fails(run: Run, here: Place, numbers: list[int], told: Callable[[Outcome], object]) -> list[int]:
    """Returns the rounds that are left to play."""
    run.left_out = _left_out(here, run.kinds)
    kinds = [each for each in run.kinds if each not in run.left_out]
    truth = Truth()
    for at, number in enumerate(numbers, 1):
        outcome = await Round(here, draw(run.seed, number, kinds), run.rate, truth).play()
        run.outcomes.append(outcome)
        told(outcome)
        if not outcome.well:
            return numbers[at:]
    await _look_at_everything(run, here, truth)
    return []


async def _look_at_everything(run: Run, here: Place, truth: Truth) -> None:
    """Check at the end what was right after each round."""
    for at in range(0, len(truth.acknowledged), JUDGED_AT_ONCE):
        found = await judge(here.mongo, truth.acknowledged[at : at + JUDGED_AT_ONCE])
        for name, told in vars(found).items():
            getattr(run.at_the_end, name).extend(told)
    said = await audit(here.mongo)
    for service in said.expected:
        run.at_the_end.lost += [f"{service}: {view} lacks {event}" for view, event in said.missing[service]]
        run.at_the_end.doubled += [f"{service}: {view} has {event} twice" for view, event in said.doubled[service]]


def _left_out(here: Place, kinds: tuple[str, ...]) -> dict[str, str]:
    lacking = {} if here.disks else {"disks": str(MayNotMount())}
    lacking |= {} if here.clocks else {"clocks": str(NoCompiler())}
    return {name: lacking[needs] for name in kinds if (needs := KINDS[name].needs) in lacking}


def _keep(run: Run, folder: Path, keep: Path) -> None:
    """Copy logs and data if the last round failed, or what is there at the end is not well."""
    if not run.outcomes or (run.outcomes[-1].well and run.at_the_end.well):
        return
    outcome = run.outcomes[-1]
    to = private_folder(keep) / f"seed-{outcome.plan.seed}-round-{outcome.plan.number}"
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(folder, to)
    (to / "round.json").write_text(json.dumps(asdict(outcome), indent=2))
    run.kept[outcome.plan.number] = to
