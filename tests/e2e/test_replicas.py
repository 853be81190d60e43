"""Two replicas on the same families: each report counts once, and the view is the fold of its history."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from shared.events import Concern, now
from tests.e2e.instance import Ayllu, up
from tests.e2e.reports import a_report, everywhere_once

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
