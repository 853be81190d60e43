"""Replicas on partitioned streams: every report is in every view, and no two replicas meet on a family."""

import asyncio
import random
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from shared.events import Concern
from shared.streams.leases import holder
from tests.e2e.instance import Ayllu, still, up
from tests.e2e.reports import Answer, a_report, everywhere_once, sent
from tests.waiting import eventually

PARTITIONS = 8
DIVIDED = {"AYLLU_PARTITIONS": str(PARTITIONS), "AYLLU_LEASE_SECONDS": "1.5"}
THREE = ("--replicas", "care=3")
CARE = ("care", "care-2", "care-3")
REPORTS = 300
FAMILIES = 30


@pytest_asyncio.fixture(scope="module")
async def divided(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ayllu]:
    """An Ayllu on partitioned streams, with three replicas of care that come and go."""
    async with up(tmp_path_factory.mktemp("divided") / "data", *THREE, **DIVIDED) as running:
        yield running


async def test_three_replicas_fold_every_report_and_never_meet_on_a_family(divided: Ayllu) -> None:
    await eventually(lambda: _shares(divided, [2, 3, 3]), within=30)
    for _ in range(3):
        await everywhere_once(divided, await _reports(divided))
    assert [await _count(divided, name, "conflicts_total") for name in CARE] == [0, 0, 0]
    assert 0 not in [await _count(divided, name, "folded_total") for name in CARE]
    assert sum([await _count(divided, name, "partitions") for name in CARE]) == PARTITIONS
    told = await divided.command("status", "--partitions")
    assert all(f"intake.{number}" in told.output for number in range(PARTITIONS)), told.output
    assert all(name in told.output for name in CARE), told.output


async def test_a_replica_that_is_frozen_loses_its_partitions_and_does_no_harm_when_it_wakes(divided: Ayllu) -> None:
    await eventually(lambda: _shares(divided, [2, 3, 3]), within=30)
    sending = asyncio.create_task(_reports(divided))
    with still(divided, "care-2"):
        answers = await sending
        await everywhere_once(divided, answers)
    await eventually(lambda: _shares(divided, [2, 3, 3]), within=30)
    await everywhere_once(divided, [*answers, *await _reports(divided)])


async def test_a_replica_that_is_killed_comes_back_to_its_partitions(divided: Ayllu) -> None:
    sending = asyncio.create_task(_reports(divided))
    await divided.restarted("care-2", signal.SIGKILL)
    await everywhere_once(divided, await sending)
    await eventually(lambda: _shares(divided, [2, 3, 3]), within=30)


async def test_another_number_of_partitions_loses_nothing_and_a_replay_is_divided_as_the_services_are(
    tmp_path: Path,
) -> None:
    async with up(tmp_path / "data") as ayllu:
        answers = await _reports(ayllu)  # stopped at once: what is under way is left in the streams and outboxes
    async with up(tmp_path / "data", **DIVIDED) as ayllu:
        answers += await _reports(ayllu)
        await everywhere_once(ayllu, answers)
        await ayllu.redis.flushall()
        assert (await ayllu.command("replay")).code == 0
        await everywhere_once(ayllu, answers)
        assert await ayllu.redis.exists("intake.0")
        assert await ayllu.redis.xlen("intake") == 0
    async with up(tmp_path / "data") as ayllu:
        await everywhere_once(ayllu, [*answers, *await _reports(ayllu)])


async def _reports(ayllu: Ayllu) -> list[Answer]:
    """Reports on a few families, again and again, as one batch."""
    drawn, concerns = random.Random(7), list(Concern)
    reports = [
        a_report(drawn.choice(concerns), Concern.NEGLECT, family=f"H-{number % FAMILIES}") for number in range(REPORTS)
    ]
    return await sent(ayllu, reports)


async def _shares(ayllu: Ayllu, wanted: list[int]) -> bool:
    holders = Counter([await holder(ayllu.redis, "care", number) for number in range(PARTITIONS)])
    return set(holders) == set(CARE) and sorted(holders.values()) == wanted


async def _count(ayllu: Ayllu, replica: str, metric: str) -> float:
    page = await ayllu.http.get(f"{ayllu.place[replica]}/metrics")
    found = re.search(rf"^ayllu_{metric} (\S+)$", page.text, re.MULTILINE)
    assert found, page.text
    return float(found[1])
