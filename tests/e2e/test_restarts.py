"""Whatever process ends, however it ends: every acknowledged report is in every view, exactly once."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from redis.exceptions import OutOfMemoryError

from ops.servers.place import SERVICES
from shared.events import Concern
from shared.folds.history import HISTORY
from shared.folds.outbox import UNDER_WAY
from tests.e2e.instance import Ayllu, alive, still, up
from tests.e2e.reports import Answer, a_report, everywhere_once, sent
from tests.factories import event, family_at_risk
from tests.waiting import eventually

ASKED, KILLED = signal.SIGTERM, signal.SIGKILL
PAUSE = 0.02
ROOM = 8 * 1024 * 1024


@pytest.mark.parametrize("how", [ASKED, KILLED], ids=["asked", "killed"])
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_that_ends_is_started_again_and_no_report_is_lost(
    own_ayllu: Ayllu, service: str, how: signal.Signals
) -> None:
    async with trickle(own_ayllu) as answers:
        await _so_many(answers, 10)
        await own_ayllu.restarted(service, how)
        await _so_many(answers, len(answers) + 10)
    await everywhere_once(own_ayllu, answers)


async def test_redis_killed_loses_no_report(own_ayllu: Ayllu) -> None:
    async with trickle(own_ayllu) as answers:
        await _so_many(answers, 10)
        await own_ayllu.restarted("redis", KILLED)
        await _so_many(answers, len(answers) + 10)
    await everywhere_once(own_ayllu, answers)


async def test_mongo_killed_loses_no_report(own_ayllu: Ayllu) -> None:
    async with trickle(own_ayllu) as answers:
        await _so_many(answers, 10)
        await own_ayllu.restarted("mongo", KILLED)
        await _so_many(answers, len(answers) + 10)
    await everywhere_once(own_ayllu, answers)


async def test_a_service_asked_to_end_while_redis_stands_still_leaves_what_it_has_to_say(own_ayllu: Ayllu) -> None:
    before = own_ayllu.pids["intake"]
    with still(own_ayllu, "redis"):
        answers = await sent(own_ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(60)])
        os.kill(before, ASKED)
        await eventually(lambda: not alive([before]), within=30)
    await own_ayllu.ready()
    await everywhere_once(own_ayllu, answers)


async def test_a_service_killed_again_and_again_while_much_comes_loses_nothing(own_ayllu: Ayllu) -> None:
    answers: list[Answer] = []
    for service in SERVICES[1:]:
        answers += await sent(own_ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(150)])
        os.kill(own_ayllu.pids[service], KILLED)
        await own_ayllu.ready()
    await everywhere_once(own_ayllu, answers)


async def test_what_a_killed_service_had_in_hand_is_taken_up_again(own_ayllu: Ayllu) -> None:
    with still(own_ayllu, "care"):
        answers = await sent(own_ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(50)])
        await eventually(lambda: _all_published(own_ayllu, answers))
        with still(own_ayllu, "mongo"):
            os.kill(own_ayllu.pids["care"], signal.SIGCONT)
            await eventually(lambda: _in_hand(own_ayllu, "intake", "care"))
            os.kill(own_ayllu.pids["care"], KILLED)
    await everywhere_once(own_ayllu, answers)
    assert not await _in_hand(own_ayllu, "intake", "care")


async def test_what_redis_forgot_is_said_again_without_anybody_asking_and_nothing_is_doubled(own_ayllu: Ayllu) -> None:
    before = await sent(own_ayllu, [a_report() for _ in range(20)])
    await everywhere_once(own_ayllu, before)
    with still(own_ayllu, "care", "education"):
        lost = await sent(own_ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(60)])
        await eventually(lambda: _all_published(own_ayllu, lost))
        await own_ayllu.redis.flushall()
    after = await sent(own_ayllu, [a_report() for _ in range(20)])
    await everywhere_once(own_ayllu, [*before, *lost, *after])


async def test_a_service_that_stands_still_fills_redis_to_its_limit_and_nothing_is_lost(own_ayllu: Ayllu) -> None:
    redis = own_ayllu.redis
    before, limit = await redis.config_get("maxmemory"), await _used(own_ayllu) + ROOM
    await redis.config_set("maxmemory", limit)
    try:
        with still(own_ayllu, "care"):
            await _filled(own_ayllu)
            async with kept_full(own_ayllu):
                answers = await _reported_until_told_that_they_wait(own_ayllu)
                assert await _used(own_ayllu) < limit + ROOM
        await everywhere_once(own_ayllu, answers, within=60)
        assert await _used(own_ayllu) < limit
    finally:
        await redis.config_set("maxmemory", before["maxmemory"])


async def test_everything_killed_at_once_continues_where_it_was(tmp_path: Path) -> None:
    async with up(tmp_path / "data") as ayllu:
        answers = await sent(ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(200)])
        pids = ayllu.pids
        key = ayllu.place["senderKey"]
        ayllu.process.kill()
        await ayllu.process.wait()
        await eventually(lambda: not alive(pids.values()), within=20)
    async with up(tmp_path / "data") as again:
        assert again.place["senderKey"] == key
        await everywhere_once(again, answers)


@asynccontextmanager
async def trickle(ayllu: Ayllu) -> AsyncIterator[list[Answer]]:
    """Reports one after the other for as long as the block lasts; yields the answers to those acknowledged."""
    answers: list[Answer] = []
    enough = asyncio.Event()
    task = asyncio.create_task(_report_on(ayllu, answers, enough))
    try:
        yield answers
    finally:
        enough.set()
        await task


@asynccontextmanager
async def kept_full(ayllu: Ayllu) -> AsyncIterator[None]:
    """Inside the block, whatever room there is in Redis is filled: memory of connections comes and goes."""
    enough = asyncio.Event()
    task = asyncio.create_task(_filled_on(ayllu, enough))
    try:
        yield
    finally:
        enough.set()
        await task


async def _report_on(ayllu: Ayllu, answers: list[Answer], enough: asyncio.Event) -> None:
    """Each report is sent until it is acknowledged, as a sender has to."""
    report = a_report(Concern.PHYSICAL_VIOLENCE)
    while not enough.is_set():
        try:
            response = await ayllu.post(report)
        except httpx.TransportError:
            response = None
        if response is not None and response.status_code in (200, 202):
            answers.append(response.json())
            report = a_report(Concern.PHYSICAL_VIOLENCE)
        else:
            assert response is None or response.status_code == 503, response.text
        await asyncio.sleep(PAUSE)  # the rate of a sender, not a wait for a condition


async def _so_many(answers: list[Answer], count: int) -> None:
    await eventually(lambda: len(answers) >= count, within=60)


async def _all_published(ayllu: Ayllu, answers: list[Answer]) -> bool:
    """Whether intake has published everything these answers promise: its outbox is cleared after that."""
    theirs = "|".join(f"family/{each['familyId']} " for each in answers)
    return await ayllu.database("intake")[HISTORY].count_documents({**UNDER_WAY, "rows": {"$regex": theirs}}) == 0


async def _filled(ayllu: Ayllu) -> None:
    """Say on intake's stream, where care has to hear it, what fills the memory of Redis: until nothing is taken.

    What Redis is just handing out is in its memory too: it is full when the others have heard all there is.
    """
    for size in (50_000, 100):
        while await _taken_until_refused(ayllu, size):
            await eventually(lambda: ayllu.taken("intake", "education", "notifications"), within=20)


async def _filled_on(ayllu: Ayllu, enough: asyncio.Event) -> None:
    while not enough.is_set():
        await _taken_until_refused(ayllu, 100)
        await asyncio.sleep(PAUSE)  # not to take all of Redis' time


async def _reported_until_told_that_they_wait(ayllu: Ayllu) -> list[Answer]:
    """Send reports, all acknowledged, until intake cannot publish what it has to say and `ayllu status` says why."""
    answers: list[Answer] = []
    async with asyncio.timeout(60):
        while not (await _waiting(ayllu, "intake") and "It is full" in (await ayllu.command("status")).output):
            answers += await sent(ayllu, [a_report() for _ in range(50)])
    return answers


async def _taken_until_refused(ayllu: Ayllu, size: int) -> int:
    """How many more events of a size Redis took."""
    for number in range(5000):
        large = {**json.loads(event(family_at_risk(), hours=number).text), "unknown": "x" * size}
        try:
            await ayllu.add("intake", json.dumps(large))
        except OutOfMemoryError:
            return number
    raise AssertionError("Redis took all of it")


async def _used(ayllu: Ayllu) -> int:
    return int((await ayllu.redis.info("memory"))["used_memory"])


async def _waiting(ayllu: Ayllu, service: str) -> int:
    """What a service has not published yet, as its readiness tells."""
    health = (await ayllu.http.get(f"{ayllu.place[service]}/health/ready")).json()
    return int(health["outboxWaiting"])


async def _in_hand(ayllu: Ayllu, stream: str, service: str) -> bool:
    """Whether the service has read entries that it has not acknowledged."""
    return int((await ayllu.redis.xpending(stream, service))["pending"]) > 0
