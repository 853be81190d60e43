"""One round: load, a fault or two, until all is well again; then the verdict."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from chaos.draw import Plan
from chaos.faults import KINDS, Fault
from chaos.outcome import Outcome, Truth
from chaos.place import Place
from chaos.poison import plant
from chaos.senders import Acknowledged, Senders
from chaos.staff import Staff
from chaos.verdict import Verdict, judge, judge_letters
from ops.commands import status as telling
from ops.samples.reports import sample_reports
from shared.events import now

MOST_REPORTS = 20_000
COMMANDS_A_SECOND = 3.0
RECOVERY_SECONDS = 300
ASK_AGAIN_SECONDS = 0.1
JUDGED_AGAIN_SECONDS = 5

AWAY = (RedisError, PyMongoError, OSError)


class NotInTime(Exception):
    """Something did not happen in time."""


class Round:
    """One round in a place; its results are added to the truth."""

    def __init__(self, place: Place, plan: Plan, rate: float, truth: Truth) -> None:
        self._place = place
        self._plan = plan
        self._rate = rate
        self._truth = truth
        self._drawn = plan.drawn
        self._senders = Senders(place.senders, lambda: place.doors, self._drawn, place.http)
        self._staff = Staff(lambda: place.running["notifications"], lambda: place.running["staffToken"], place.http)
        self._outcome = Outcome(plan)
        self._began = now()
        self._over = 0.0

    async def play(self) -> Outcome:
        """Play it to its end."""
        outcome, began, lost_before = self._outcome, time.monotonic(), self._replies_lost()
        try:
            await self._plant()
            await self._endure()
            await self._settle()
        except (NotInTime, *AWAY) as error:
            outcome.wrong.append(f"{type(error).__name__}: {error}")
        finally:
            await self._senders.give_up()
        self._note()
        outcome.replies_lost = self._replies_lost() - lost_before
        try:
            outcome.verdict = await self._judged()
        except AWAY as error:
            outcome.wrong.append(f"nothing can be judged: {type(error).__name__}: {error}")
        outcome.load = os.getloadavg()[0]
        outcome.seconds = time.monotonic() - began
        return outcome

    async def _plant(self) -> None:
        planted = await plant(self._place.redis, self._plan.poison, self._drawn)
        self._outcome.letters = len(planted)
        self._truth.planted |= planted
        if self._plan.forgets:
            self._truth.perhaps |= planted

    async def _endure(self) -> None:
        """Under load until the faults are over and a probe has come through. Raises NotInTime."""
        began = time.monotonic()
        at_work = self._staff.acknowledging(self._families_at_risk, COMMANDS_A_SECOND, self._drawn)
        async with self._senders.sending(self._reports(), self._rate), at_work:
            ends = await asyncio.gather(*(self._inflict(each) for each in self._plan.faults), return_exceptions=True)
            self._over = time.monotonic()
            self._outcome.endured = round(self._over - began, 2)
            self._outcome.wrong += [f"{type(each).__name__}: {each}" for each in ends if isinstance(each, Exception)]
            try:
                probe = await asyncio.wait_for(self._senders.probe(), RECOVERY_SECONDS)
            except TimeoutError:
                raise NotInTime("the probe is not acknowledged") from None
            self._step("probe acknowledged")
            await self._until(lambda: self._in_every_view(probe), "the probe is not in every view")
            self._step("probe in every view")

    async def _settle(self) -> None:
        """Without load, until nothing waits. Raises NotInTime."""
        if left := await self._senders.all_acknowledged(RECOVERY_SECONDS):
            raise NotInTime(f"{left} reports or batches are not acknowledged")
        self._step("all acknowledged")
        if self._plan.forgets:
            await self._until(self._all_in_every_view, "what Redis lost is not in every view")
            self._step("said again")
        await self._until(self._nothing_waits, "something still waits")
        self._outcome.recovery = self._step("nothing waits")

    async def _inflict(self, fault: Fault) -> None:
        await asyncio.sleep(fault.begins)  # when it begins was drawn, like the fault itself
        await KINDS[fault.kind].inflict(self._place, fault)

    async def _in_every_view(self, report: Acknowledged) -> bool:
        return (await judge(self._place.mongo, [report])).well

    async def _all_in_every_view(self) -> bool:
        return (await judge(self._place.mongo, list(self._senders.acknowledged.values()))).well

    async def _nothing_waits(self) -> bool:
        return telling.settled(await telling.status(self._place.mongo, self._place.redis))

    async def _until(self, condition: Callable[[], Awaitable[bool]], otherwise: str) -> None:
        """Ask until it is true; if a server is down, ask again. Raises NotInTime."""
        deadline, reason = time.monotonic() + RECOVERY_SECONDS, ""
        while time.monotonic() < deadline:
            try:
                if await condition():
                    return
                reason = ""
            except AWAY as error:
                reason = f" ({type(error).__name__})"
            await asyncio.sleep(ASK_AGAIN_SECONDS)  # asking reads everything, on the machine that has to recover
        raise NotInTime(f"{otherwise} after {RECOVERY_SECONDS} s{reason}")

    async def _judged(self) -> Verdict:
        """The verdict; repeated for a while, as a request nobody waits for may still be in work."""
        reports, truth = list(self._senders.acknowledged.values()), self._truth
        deadline = time.monotonic() + JUDGED_AGAIN_SECONDS
        while True:
            found = await judge(self._place.mongo, reports, self._staff.confirmed)
            found.letters = await judge_letters(self._place.mongo, truth.planted, truth.perhaps)
            if found.well or time.monotonic() > deadline:
                return found
            await asyncio.sleep(ASK_AGAIN_SECONDS)  # a verdict reads everything

    def _note(self) -> None:
        reports, outcome = list(self._senders.acknowledged.values()), self._outcome
        self._truth.acknowledged += reports
        outcome.acknowledged, outcome.commands = len(reports), self._staff.confirmed.total()
        outcome.unanswered, outcome.put_off = self._senders.unanswered, self._senders.put_off
        outcome.wrong += [*self._senders.wrong, *self._staff.wrong]

    def _reports(self) -> Iterator[str]:
        """Sample reports, other ones in each round."""
        seed = self._plan.seed * 10_000 + self._plan.number
        drawn = sample_reports(MOST_REPORTS, seed=seed, until=self._began)
        return (each.model_dump_json(exclude_none=True) for each in drawn)

    def _families_at_risk(self) -> list[str]:
        """Families in the latest reports about whom a social worker is notified."""
        latest = list(self._senders.acknowledged.values())[-100:]
        return [each.family_id for each in latest if any(kind == "FamilyAtRisk" for _, kind in each.events)]

    def _replies_lost(self) -> int:
        return sum(each.lost for each in self._place.proxies.values())

    def _step(self, name: str) -> float:
        self._outcome.steps[name] = round(time.monotonic() - self._over, 2)
        return self._outcome.steps[name]
