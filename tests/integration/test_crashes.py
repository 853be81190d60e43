"""Whatever I/O step a process dies at, and whichever two die together, the outcome is that of no crash at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from ops.commands.audit import audit, hears, rules, unlike_history
from ops.servers.place import SERVICES
from services.intake.api import reception
from services.intake.api.reception import Reception, Submission
from services.intake.app import programme
from shared.events import EVENT_FIELD, Report
from shared.folds.documents import Documents
from shared.folds.history import History
from shared.folds.outbox import Outbox
from shared.mongo import Client, Database, close, connect
from shared.service import Service
from shared.settings import Settings
from shared.streams.dead import Entry
from shared.streams.subscriptions import Subscription
from tests.factories import event, family_at_risk
from tests.integration.crashing import Died, Process, interpose, within
from tests.integration.serving import REPORT
from tests.integration.tally import FOLD, Tally

RECEIVED = datetime(2026, 3, 2, 14, tzinfo=UTC)
GRAVE = {**REPORT, "concerns": ["poverty", "physical_violence"]}
SUBMISSION = Submission("escuelas", Report.model_validate(GRAVE), RECEIVED)
CARRIER = {"specversion": "1.0", "id": "x", "source": "escuelas", "type": "ReportSubmitted", "data": GRAVE}
KEPT = ("reports", "views", "history", "dead")

Databases = Callable[[str], Database]


class House:
    """The four services as one process, worked by hand: no loops, no timers."""

    def __init__(self, settings: Settings) -> None:
        self.services: list[Service[Any]] = [Service(name, rules(name), hears(name), (), settings) for name in SERVICES]
        intake = self.services[0]
        self.reception = Reception(intake, programme())
        intake.listener.listen("reports", self.reception.receive, forget=True)

    async def close(self) -> None:
        """Give connections back."""
        for service in self.services:
            await service.redis.aclose()
            await close(service.client)

    async def work(self) -> None:
        """Read, recover, say, sweep, until a whole round finds nothing to do."""
        while sum([await self._round(service) for service in self.services]):
            pass

    async def _round(self, service: Service[Any]) -> int:
        done = 0
        for subscription in service.listener.subscriptions:
            await subscription.open()
            await subscription.recover_once(0)
            done += await _read(service.redis, subscription)
        await service.relay.flush()
        return done + await service.relay.sweep_once()


async def _read(redis: Redis, subscription: Subscription) -> int:
    found = await redis.xreadgroup(subscription.group, "test", {subscription.stream: ">"}, count=100)
    answers = found.values() if isinstance(found, dict) else [entries for _, entries in found or []]
    entries = [Entry(*entry) for answer in answers for entry in _flat(answer)]
    if entries:
        await subscription.take(entries)
    return len(entries)


def _flat(answer: Any) -> list[Any]:
    return answer[0] if answer and isinstance(answer[0], list) else answer


@pytest.fixture(scope="module")
def by_pymongo(settings: Settings) -> Settings:
    """With PyMongo's own client, whose connections the steps are found in; nothing lingers."""
    if settings.mongo_driver != "pymongo":
        pytest.skip("the steps are found in PyMongo's own asynchronous connections")
    return settings.model_copy(update={"linger_ms": 0})


@pytest.fixture
async def run(
    by_pymongo: Settings, database: Databases, mongo: Client, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., Any]]:
    """Run a report through a house that dies as told, then through its successor; returns the outcome."""
    monkeypatch.setattr(reception, "now", lambda: RECEIVED)
    interpose(monkeypatch)
    successor = House(by_pymongo)
    for service in successor.services:
        await service.documents.prepare()

    async def run(process: Process, over_http: bool) -> dict[str, Any]:
        await _empty(mongo, redis)
        if not over_http:
            await redis.xadd("reports", {EVENT_FIELD: _json(CARRIER)})
        answered = not over_http
        async with _house(by_pymongo) as house:
            try:
                async with within(process):
                    if over_http:
                        await house.reception.accept([SUBMISSION])
                        answered = True
                    await house.work()
            except Died:
                pass
        if not answered:
            await successor.reception.accept([SUBMISSION])  # the sender had no answer, and sends it again
        await successor.work()
        return await _outcome(mongo, redis)

    yield run
    await successor.close()


@asynccontextmanager
async def _house(settings: Settings) -> AsyncIterator[House]:
    house = House(settings)
    try:
        yield house
    finally:
        await house.close()


def _json(carrier: dict[str, Any]) -> str:
    return json.dumps(carrier)


async def _empty(mongo: Client, redis: Redis) -> None:
    await redis.flushall()
    for name in SERVICES:
        for collection in KEPT:
            await mongo[name][collection].delete_many({})


async def _outcome(mongo: Client, redis: Redis) -> dict[str, Any]:
    """Everything that must not depend on a crash."""
    found: dict[str, Any] = {}
    for name in SERVICES:
        views = await mongo[name]["views"].find().to_list(None)
        changes = await History(mongo[name]).of([each["_id"] for each in views])
        heard = [(each, [event.id for change in told for event in change.heard]) for each, told in changes.items()]
        found[name] = {
            "views": {each["_id"]: each["state"] for each in views},
            "outbox": await Outbox(mongo[name]).waiting(),
            "heard": sorted([(document, event) for document, events in heard for event in events]),
            "said": sorted([event.id async for event in History(mongo[name]).said()]),
            "dead": await mongo[name]["dead"].count_documents({}),
        }
    checked = await audit(mongo)
    found["complete"] = checked.complete
    found["unlike their history"] = await unlike_history(mongo)
    found["reports left in Redis"] = await redis.xlen("reports")
    return found


@pytest.mark.timeout(600)  # a process for each of some sixty steps
@pytest.mark.parametrize("over_http", [True, False], ids=["http", "stream"])
async def test_a_crash_at_any_step_changes_nothing(run: Callable[..., Any], over_http: bool) -> None:
    undisturbed = Process()
    expected = await run(undisturbed, over_http)
    assert expected["complete"]
    assert expected["notifications"]["views"]
    assert len(undisturbed.steps) > 50
    # On the stream, what comes after the report is acknowledged is what comes over HTTP too.
    last = len(undisturbed.steps) if over_http else undisturbed.steps.index("redis XACK") + 1
    deaths = [(1, False), *((number, True) for number in range(1, last + 1))]
    for number, after in deaths:  # to die before a step is to die after the one before it
        process = Process(dies_at=number, after=after)
        found = await run(process, over_http)
        when = "after" if after else "before"
        assert found == expected, f"died {when} step {number}, having done {process.steps[-5:]}"


class TestTwoBatchesOnOneFamily:
    """Two replicas fold into the same view; the first stops at a step, the second dies at one, then the first dies."""

    async def test_any_two_steps_at_which_they_die_change_nothing(
        self, by_pymongo: Settings, database: Databases, monkeypatch: pytest.MonkeyPatch, mongo: Client
    ) -> None:
        interpose(monkeypatch)
        care_database = database("care")
        mine, yours = [event(family_at_risk(), hours=h) for h in (0, 2)], [event(family_at_risk(), hours=1)]
        steps = await self._steps(by_pymongo, mine)
        assert len(steps) >= 3
        expected = None
        for first in [(n, after) for n in range(1, len(steps) + 1) for after in (False, True)]:
            for second in [(n, after) for n in range(1, len(steps) + 2) for after in (False, True)]:
                for collection in KEPT:
                    await care_database[collection].delete_many({})
                await self._two_deaths(by_pymongo, mine, yours, Process(*first, pauses=True), Process(*second))
                await self._fold(by_pymongo, Process(), [*mine, *yours])
                view = await care_database["views"].find_one({})
                assert view is not None
                assert view["state"]["order"] == [mine[0].id, yours[0].id, mine[1].id], (first, second)
                expected = expected or view["state"]
                assert view["state"] == expected
                changes = (await History(care_database).of(["family/f1"]))["family/f1"]
                assert sorted(e.id for each in changes for e in each.heard) == sorted(e.id for e in [*mine, *yours])

    async def _two_deaths(self, settings: Settings, mine: Any, yours: Any, first: Process, second: Process) -> None:
        one = asyncio.create_task(self._fold(settings, first, mine))
        pausing = asyncio.create_task(first.paused.wait())
        await asyncio.wait({one, pausing}, return_when=asyncio.FIRST_COMPLETED)
        await self._fold(settings, second, yours)
        one.cancel()
        pausing.cancel()
        await asyncio.gather(one, pausing, return_exceptions=True)

    async def _steps(self, settings: Settings, events: Any) -> list[str]:
        process = Process()
        await self._fold(settings, process, events)
        return process.steps

    async def _fold(self, settings: Settings, process: Process, events: Any) -> None:
        async with AsyncExitStack() as stack:
            client = connect(settings)
            stack.push_async_callback(close, client)
            await client.admin.command("ping")
            documents: Documents[Tally] = Documents(client["care"], FOLD, "/care")
            try:
                async with within(process):
                    await documents.fold([(each, ["family/f1"]) for each in events])
            except Died:
                pass
