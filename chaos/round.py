"""One round: load, a fault or two, until all is well again; then the verdict."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from chaos.draw import Plan
from chaos.faults import KINDS, Fault
from chaos.place import Place
from chaos.poison import Letter, plant
from chaos.senders import Acknowledged, Senders
from chaos.staff import Staff
from chaos.verdict import Verdict, in_every_view, judge, judge_letters
from ops import status as telling
from ops.samples import sample_reports
from shared.events import now

MOST_REPORTS = 20_000
ACKNOWLEDGED_A_SECOND = 3.0
RECOVERY_SECONDS = 180
JUDGED_AGAIN_SECONDS = 5
REPLAY_MARGIN = timedelta(seconds=10)


@dataclass
class Outcome:
    """What became of a round."""

    plan: Plan
    acknowledged: int = 0
    commands: int = 0
    unanswered: int = 0
    put_off: int = 0
    replies_cut: int = 0
    letters: int = 0
    load: float = 0
    """Of the machine, as `uptime` tells it: above its number of cores it had other work to do."""

    recovery: float | None = None
    """Seconds from the end of the last fault until a report sent then is in every view and nothing waits."""

    seconds: float = 0
    verdict: Verdict = field(default_factory=Verdict)
    wrong: list[str] = field(default_factory=list)
    """Answers that should not be, and whatever else kept the round from ending well."""

    @property
    def well(self) -> bool:
        """Nothing lost, nothing doubled, nothing else wrong."""
        return self.verdict.well and not self.wrong

    def as_json(self) -> dict[str, Any]:
        """For the record."""
        return {**asdict(self), "well": self.well}


@dataclass
class Truth:
    """All that a place was told and has confirmed, over its rounds."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    planted: set[Letter] = field(default_factory=set)
    perhaps: set[Letter] = field(default_factory=set)
    """Planted in a round in which Redis forgot."""


class NotInTime(Exception):
    """It did not happen in time."""


async def play(place: Place, plan: Plan, rate: float, truth: Truth) -> Outcome:
    """Play a round, and add what came of it to the truth."""
    began, outcome = time.monotonic(), Outcome(plan)
    drawn = plan.drawn
    senders = Senders(place.senders, lambda: place.doors, drawn, place.http)
    staff = Staff(lambda: place.running["notifications"], lambda: place.running["staffToken"], place.http)
    try:
        planted = await plant(place.redis, plan.poison, drawn)
        truth.planted |= planted
        truth.perhaps |= planted if plan.forgets else set()
        await _endure(place, plan, rate, senders, staff, outcome)
    except (NotInTime, TimeoutError) as error:
        outcome.wrong.append(str(error) or "the round did not end in time")
    finally:
        await senders.give_up()
    acknowledged = list(senders.acknowledged.values())
    truth.acknowledged += acknowledged
    outcome.acknowledged, outcome.commands, outcome.letters = len(acknowledged), staff.confirmed.total(), len(planted)
    outcome.unanswered, outcome.put_off = senders.unanswered, senders.put_off
    outcome.wrong += [*senders.wrong, *staff.wrong]
    outcome.verdict = await _judged(place, acknowledged, staff, truth)
    outcome.load = os.getloadavg()[0]
    outcome.seconds = time.monotonic() - began
    return outcome


async def _endure(place: Place, plan: Plan, rate: float, senders: Senders, staff: Staff, outcome: Outcome) -> None:
    """Under load until the faults are over and a probe has come through, then until nothing waits."""
    began, drawn = now(), plan.drawn
    reports = (
        each.model_dump_json(exclude_none=True)
        for each in sample_reports(MOST_REPORTS, seed=plan.seed * 10_000 + plan.number, until=began)
    )
    lost_before = sum(each.lost for each in place.proxies.values())
    async with (
        senders.sending(reports, rate),
        staff.acknowledging(lambda: _at_risk(senders), ACKNOWLEDGED_A_SECOND, drawn),
    ):
        await asyncio.gather(*(_inflict(place, each) for each in plan.faults))
        over = time.monotonic()
        async with asyncio.timeout(RECOVERY_SECONDS):
            if plan.forgets:
                await _replay(place, [] if plan.clock_off else ["--from", f"{began - REPLAY_MARGIN:%Y-%m-%dT%H:%M:%S}"])
            probe = await senders.probe()
        await _until(lambda: in_every_view(place.mongo, probe), "the probe is not in every view")
    if left := await senders.all_acknowledged(RECOVERY_SECONDS):
        raise NotInTime(f"{left} reports or batches are not acknowledged after {RECOVERY_SECONDS} s")
    await _until(lambda: _nothing_waits(place), "something still waits")
    outcome.recovery = time.monotonic() - over
    outcome.replies_cut = sum(each.lost for each in place.proxies.values()) - lost_before


async def _inflict(place: Place, fault: Fault) -> None:
    await asyncio.sleep(fault.begins)
    await KINDS[fault.kind].inflict(place, fault)


async def _replay(place: Place, options: list[str]) -> None:
    """What the operator does where Redis has lost something, until it works."""
    for attempt in count(1):
        ended = await place.command("replay", *options)
        if ended.code == 0:
            return
        if attempt == 20:
            raise NotInTime(f"ayllu replay does not work: {ended.output[-300:]}")


def _at_risk(senders: Senders) -> list[str]:
    """Families of whom a social worker is notified, of the latest reports."""
    latest = list(senders.acknowledged.values())[-100:]
    return [each.family_id for each in latest if any(kind == "FamilyAtRisk" for _, kind in each.events)]


async def _nothing_waits(place: Place) -> bool:
    return telling.settled(await telling.status(place.mongo, place.redis))


async def _until(condition: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    """Ask until it is true; a server that is away is asked again. Raises NotInTime."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            if await condition():
                return
            reason = ""
        except (PyMongoError, RedisError, OSError) as error:
            reason = f" ({type(error).__name__})"
        if time.monotonic() > deadline:
            raise NotInTime(f"{otherwise}{reason} after {RECOVERY_SECONDS} s")
        await asyncio.sleep(0.1)


async def _judged(place: Place, acknowledged: list[Acknowledged], staff: Staff, truth: Truth) -> Verdict:
    """The verdict; asked again for a little while, since a request nobody waits for any more may still be worked on."""
    deadline = time.monotonic() + JUDGED_AGAIN_SECONDS
    while True:
        found = await judge(place.mongo, acknowledged, staff.confirmed)
        found.letters = await judge_letters(place.mongo, truth.planted, truth.perhaps)
        if found.well or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.5)
