"""A key of a source and a guessed `reportId` give nobody what another sent under them."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from shared.events import EVENT_FIELD
from shared.mongo import Database
from shared.streams.dead import DEAD
from tests.integration.serving import REPORT
from tests.waiting import eventually

SECRETS = ("Rosa Quispe", "José", "987 654 321", "Vive sola con su abuela")
KEPT: dict[str, Any] = {
    **REPORT,
    "narrative": SECRETS[3],
    "family": {"id": "f-1", "caregivers": [{"name": SECRETS[0], "relation": "mother", "phone": SECRETS[2]}]},
}
GUESSED = {
    **REPORT,
    "family": {"id": "f-1", "caregivers": [{"name": "Ana Sent", "relation": "mother"}]},
    "children": [{**REPORT["children"][0], "name": "Luis Sent"}],
}
DIFFERENT = ["family.caregivers.0.name", "family.caregivers.0.phone", "children.0.name", "narrative"]
STRUCTURED = {"Content-Type": "application/cloudevents+json"}


def an_event(report: dict[str, Any]) -> str:
    told = {"specversion": "1.0", "id": "e-1", "source": "escuelas", "type": "ReportSubmitted", "data": report}
    return json.dumps(told)


def holds_a_value(text: str) -> bool:
    return any(json.dumps(each)[1:-1] in text or each in text for each in (*SECRETS, "Ana Sent", "Luis Sent"))


@pytest.mark.parametrize("path", ["/v1/reports", "/v1/reports:batch", "/v1/events"])
async def test_a_conflict_names_the_fields_and_neither_what_was_kept_nor_what_was_sent(
    door: httpx.AsyncClient, path: str
) -> None:
    assert (await door.post("/v1/reports", json=KEPT)).status_code == 202
    body = an_event(GUESSED) if path.endswith("events") else json.dumps(GUESSED)
    answer = await door.post(path, content=body, headers=STRUCTURED)
    told = json.loads(answer.text)
    assert (told["status"], told["differences"], told["differenceCount"]) == (409, DIFFERENT, 4)
    assert not holds_a_value(answer.text)


async def test_a_conflict_on_the_stream_is_a_dead_letter_whose_reason_names_the_fields(
    door: httpx.AsyncClient, redis: Redis, database: Callable[[str], Database]
) -> None:
    await door.post("/v1/reports", json=KEPT)
    await redis.xadd("reports", {EVENT_FIELD: an_event(GUESSED)})
    letter = await eventually(lambda: database("intake")[DEAD].find_one({}))
    assert letter["reason"].endswith(f"differs in: {', '.join(DIFFERENT)}")
    assert not holds_a_value(letter["reason"])


async def test_of_very_many_differences_twenty_are_named_and_all_are_counted(door: httpx.AsyncClient) -> None:
    many = {**REPORT, "children": [{"livesWith": "mother", "name": f"n{n}", "sex": "male"} for n in range(50)]}
    others = {**many, "children": [{"livesWith": "father", "name": f"m{n}", "sex": "female"} for n in range(50)]}
    await door.post("/v1/reports", json=many)
    told = (await door.post("/v1/reports", json=others)).json()
    assert (len(told["differences"]), told["differenceCount"]) == (20, 150)


async def test_who_tries_values_one_by_one_is_counted_and_logged_without_them(
    door: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await door.post("/v1/reports", json=KEPT)
    for guess in ("Ana Sent", "Luis Sent", SECRETS[3]):
        await door.post("/v1/reports", json={**KEPT, "narrative": guess, "urgency": "low"})
    await door.post("/v1/reports:batch", content=f"{json.dumps(GUESSED)}\n" * 4)
    page = (await door.get("/metrics")).text
    assert 'ayllu_conflicts_sent_total{source="escuelas"} 7.0' in page
    lines = [each.msg for each in caplog.records if isinstance(each.msg, dict)]
    conflicts = [each for each in lines if each["event"] == "conflicts_sent"]
    told = [(each["source"], each["reports"], each["fields"]) for each in conflicts]
    assert told == [("escuelas", 1, 2), ("escuelas", 1, 2), ("escuelas", 1, 1), ("escuelas", 4, 16)]
    assert not holds_a_value(page + str(lines))


async def test_no_label_names_a_source_that_has_no_key(door: httpx.AsyncClient, redis: Redis) -> None:
    await door.post("/v1/reports", json=KEPT)
    for event in (REPORT, GUESSED):
        await redis.xadd("reports", {EVENT_FIELD: an_event(event).replace("escuelas", "Rosa-Quispe")})
    await eventually(lambda: _counts(door, 'ayllu_dead_total{stream="reports"} 1.0'))
    assert "Rosa-Quispe" not in (await door.get("/metrics")).text


async def _counts(door: httpx.AsyncClient, line: str) -> bool:
    return line in (await door.get("/metrics")).text
