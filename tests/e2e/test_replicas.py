"""Replicas on the same families: each report counts once, and where streams are divided they stay out of each
other's way."""

import asyncio
import os
import random
import re
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from shared.events import Concern, now
from tests.e2e.instance import Ayllu, up
from tests.e2e.reports import Answer, a_report, everywhere_once, sent
from tests.waiting import eventually

THREE = ("--replicas", "care=3")
CARE = ("care", "care-2", "care-3")
PARTITIONS = {"AYLLU_PARTITIONS": "8", "AYLLU_LEASE_SECONDS": "1"}
REPORTS = 300
FAMILIES = 5
REPORTS_EACH = 30


async def test_two_replicas_on_the_same_families_agree(tmp_path: Path) -> None:
    async with up(tmp_path / "data", "--replicas", "care=2", "--replicas", "intake=2") as ayllu:
        answers = await _all_at_once(ayllu)
        await everywhere_once(ayllu, answers)
        consumers = await ayllu.redis.xinfo_consumers("intake", "care")
        assert sorted(each["name"] for each in consumers) == [b"care", b"care-2"]
        assert [await _heard(ayllu, name) for name in ("care", "care-2")] == [True, True]
        for service in ("intake", "care"):
            before = await _states(ayllu, service)
            refolded = await ayllu.command("refold", service)
            assert f"{len(before)} views folded again" in refolded.output
            assert await _states(ayllu, service) == before
        assert len(await _plans(ayllu)) == FAMILIES


async def test_three_replicas_on_partitions_fold_every_report_and_never_meet_on_a_family(tmp_path: Path) -> None:
    async with up(tmp_path / "data", *THREE, **PARTITIONS) as ayllu:
        await eventually(lambda: _shares(ayllu, [2, 3, 3]))
        for _ in range(3):
            await everywhere_once(ayllu, await _batch(ayllu))
        assert [await _count(ayllu, name, "conflicts_total") for name in CARE] == [0, 0, 0]
        assert all([await _heard(ayllu, name) for name in CARE])
        told = await ayllu.command("status", "--partitions")
    assert all(f"intake.{number}" in told.output for number in range(8)), told.output
    assert all(name in told.output for name in CARE), told.output


async def test_a_replica_that_is_frozen_loses_its_partitions_and_does_no_harm_when_it_wakes(tmp_path: Path) -> None:
    async with up(tmp_path / "data", *THREE, **PARTITIONS) as ayllu:
        await eventually(lambda: _shares(ayllu, [2, 3, 3]))
        sending = asyncio.create_task(_batch(ayllu))
        os.kill(ayllu.pids["care-2"], signal.SIGSTOP)
        answers = await sending
        await everywhere_once(ayllu, answers)
        os.kill(ayllu.pids["care-2"], signal.SIGCONT)
        await eventually(lambda: _shares(ayllu, [2, 3, 3]))
        await everywhere_once(ayllu, [*answers, *await _batch(ayllu)])


async def test_a_replica_that_is_killed_comes_back_to_its_partitions(tmp_path: Path) -> None:
    async with up(tmp_path / "data", *THREE, **PARTITIONS) as ayllu:
        sending = asyncio.create_task(_batch(ayllu))
        await ayllu.restarted("care-2", signal.SIGKILL)
        await everywhere_once(ayllu, await sending)
        await eventually(lambda: _shares(ayllu, [2, 3, 3]))


async def _batch(ayllu: Ayllu) -> list[Answer]:
    """Reports on a few families, again and again, as one batch."""
    drawn = random.Random(7)
    concerns = list(Concern)
    reports = [
        a_report(drawn.choice(concerns), Concern.NEGLECT, family=f"H-{number % 30}") for number in range(REPORTS)
    ]
    return await sent(ayllu, reports)


async def _shares(ayllu: Ayllu, wanted: list[int]) -> bool:
    return sorted([await _count(ayllu, name, "partitions") for name in CARE]) == wanted


async def _count(ayllu: Ayllu, replica: str, metric: str) -> float:
    page = await ayllu.http.get(f"{ayllu.place[replica]}/metrics")
    found = re.search(rf"^ayllu_{metric} (\S+)$", page.text, re.MULTILINE)
    assert found, page.text
    return float(found[1])


async def _all_at_once(ayllu: Ayllu) -> list[dict[str, Any]]:
    """Many reports on few families, each dated some time back, to both replicas of intake, in no order."""
    drawn = random.Random(7)
    reports = [
        a_report(
            drawn.choice(list(Concern)),
            Concern.NEGLECT,
            family=f"H-{number % FAMILIES}",
            reportedAt=(now() - timedelta(minutes=drawn.randrange(10_000))).isoformat(),
        )
        for number in range(FAMILIES * REPORTS_EACH)
    ]
    doors = [ayllu.place["intake"], ayllu.place["intake-2"]]
    headers = {"Authorization": f"Bearer {ayllu.place['senderKey']}"}
    posts = [ayllu.http.post(f"{drawn.choice(doors)}/v1/reports", json=each, headers=headers) for each in reports]
    responses: list[httpx.Response] = await asyncio.gather(*posts)
    assert {each.status_code for each in responses} == {202}
    return [each.json() for each in responses]


async def _heard(ayllu: Ayllu, replica: str) -> bool:
    page = await ayllu.http.get(f"{ayllu.place[replica]}/metrics")
    return 'ayllu_heard_total{stream="intake"' in page.text


async def _states(ayllu: Ayllu, service: str) -> dict[str, Any]:
    return {each["_id"]: each["state"] async for each in ayllu.database(service)["views"].find()}


async def _plans(ayllu: Ayllu) -> list[Any]:
    items: list[Any] = (await ayllu.read("care", "/v1/families"))["items"]
    return items
