"""Each service whole, on real servers: taken in over HTTP and streams, answered over HTTP."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pymongo.errors import AutoReconnect
from redis.asyncio import Redis

from services.care import app as care
from services.education import app as education
from services.intake import app as intake
from services.intake import domain
from services.intake.domain.programme import Programme
from services.notifications import app as notifications
from shared.events import ChildAtRisk, Event, now
from shared.folds.relay import Relay
from shared.mongo import Database
from shared.settings import Settings
from shared.streams.publisher import Publisher
from tests.factories import child_needs_care, event, family_at_risk, support_plan_opened
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

Databases = Callable[[str], Database]
ENVELOPE = {"specversion": "1.0", "id": "e-1", "source": "/clinic", "type": "ReportSubmitted"}


async def ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


async def test_a_report_is_on_disk_and_said_once_however_often_it_is_sent(
    settings: Settings, sender: dict[str, str], redis: Redis
) -> None:
    async with served(intake.create, settings) as http:
        await eventually(lambda: ready(http))
        first = await http.post("/v1/reports", json=REPORT, headers=sender)
        again = await http.post("/v1/reports", json=REPORT, headers=sender)
        await eventually(lambda: redis.xlen("intake"))
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    assert await redis.xlen("intake") == len(first.json()["events"]) == 1


async def test_reports_that_arrive_together_are_answered_each_for_itself(
    settings: Settings, sender: dict[str, str]
) -> None:
    other, changed = {**REPORT, "reportId": "r-2"}, {**REPORT, "concerns": []}
    async with served(intake.create, settings) as http:
        sent = [http.post("/v1/reports", json=each, headers=sender) for each in (REPORT, REPORT, other)]
        answers = await asyncio.gather(*sent)
        refused = await http.post("/v1/reports", json=changed, headers=sender)
    assert sorted(each.status_code for each in answers) == [200, 202, 202]
    assert (refused.status_code, refused.json()["differences"]) == (409, ["concerns"])


async def test_a_malformed_trace_is_ignored(settings: Settings, sender: dict[str, str]) -> None:
    async with served(intake.create, settings) as http:
        told = {**ENVELOPE, "data": REPORT, "traceparent": "00-nonsense"}
        carried = {**sender, "Content-Type": "application/cloudevents+json"}
        plain = await http.post("/v1/reports", json=REPORT, headers={**sender, "traceparent": "00-nonsense"})
        event = await http.post("/v1/events", content=json.dumps(told), headers=carried)
    assert (plain.status_code, event.status_code) == (202, 200)


async def test_a_report_that_a_rule_fails_on_leaves_its_neighbours_in_peace(
    settings: Settings, sender: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    evolve = domain.evolve

    def failing(state: domain.FamilyRecord, heard: Event, programme: Programme) -> domain.FamilyRecord:
        if getattr(heard.data, "report_id", "") == "bad":
            raise ZeroDivisionError
        return evolve(state, heard, programme)

    monkeypatch.setattr(domain, "evolve", failing)
    lines = "\n".join(json.dumps({**REPORT, "reportId": name}) for name in ("one", "bad", "two"))
    async with served(intake.create, settings) as http:
        answer = await http.post("/v1/reports:batch", content=lines, headers=sender)
    one, bad, two = (json.loads(line)["status"] for line in answer.text.splitlines())
    assert (one, bad, two) == (200, 500, 200)  # kept with the group, folded each for itself


async def test_readiness_names_the_subscriber_that_is_down_and_the_sweeper_that_is_stuck(
    settings: Settings, redis: Redis, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stuck(self: Relay, older_than: float = 0) -> int:
        raise AutoReconnect("gone")

    monkeypatch.setattr(Relay, "sweep_once", stuck)
    async with served(care.create, settings) as http:
        await eventually(lambda: ready(http))
        monkeypatch.setattr("shared.folds.relay.now", lambda: now() + timedelta(hours=1))
        await redis.replicaof("127.0.0.1", 1)  # it can be pinged, and refuses to be read from
        try:
            missing = await eventually(lambda: both_missing(http))
        finally:
            await redis.replicaof("NO", "ONE")
    assert "subscriber of intake is down" in missing


async def both_missing(http: httpx.AsyncClient) -> list[str]:
    missing: list[str] = (await http.get("/health/ready")).json()["missing"]
    return missing if len(missing) == 3 and any("sweeper stuck" in each for each in missing) else []


async def test_what_nobody_was_notified_of_cannot_be_acknowledged(
    settings: Settings, redis: Redis, database: Databases
) -> None:
    plan = event(support_plan_opened())
    await Publisher(redis, "care").publish([plan])
    async with served(notifications.create, settings) as http:
        await eventually(lambda: database("notifications")["views"].count_documents({}))
        answer = await http.post("/v1/notifications/f1:social_worker/acknowledge")
    assert answer.status_code == 404


async def test_a_report_dated_in_the_future_is_refused(settings: Settings, sender: dict[str, str]) -> None:
    async with served(intake.create, settings) as http:
        answer = await http.post("/v1/reports", json={**REPORT, "reportedAt": "2126-01-01T00:00:00Z"}, headers=sender)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "reportedAt"


async def test_whoever_reads_a_name_is_on_record(
    settings: Settings, sender: dict[str, str], database: Databases
) -> None:
    async with served(intake.create, settings) as http:
        told = (await http.post("/v1/reports", json=REPORT, headers=sender)).json()
        family = await http.get(f"/v1/families/{told['familyId']}")
        child = await http.get(f"/v1/children/{told['childIds'][0]}")
    assert family.json()["caregivers"][0]["name"] == "Rosa Quispe"
    assert child.json()["name"] == "José"
    reads = await database("intake")["reads"].find().sort("at", 1).to_list(None)
    assert [(each["staff"], each["subjects"]) for each in reads] == [
        ("s-1", [f"family/{told['familyId']}"]),
        ("s-1", [f"child/{told['childIds'][0]}"]),
    ]


async def said(redis: Redis, *events: Event) -> None:
    await Publisher(redis, "intake").publish(events)


async def test_care_opens_a_plan_and_requests_a_placement(
    settings: Settings, redis: Redis, database: Databases
) -> None:
    await said(redis, event(family_at_risk()), event(child_needs_care("c1", "c2")))
    async with served(care.create, settings) as http:
        plan = await eventually(lambda: found(http, "/v1/families/f1"))
        placement = await eventually(lambda: found(http, "/v1/children/c1"))
        listed = (await http.get("/v1/families", params={"district": "060101"})).json()
        await eventually(lambda: redis.xlen("care"))
    assert plan["kind"] == "plan"
    assert placement["keepTogether"] == ["c1", "c2"]
    assert [each["familyId"] for each in listed["items"]] == ["f1"]


async def test_education_lists_the_most_urgent_children_first_page_by_page(
    settings: Settings, redis: Redis, database: Databases
) -> None:
    children = tuple(
        ChildAtRisk(child_id=f"c{n}", birth_month="2017-03", working=n % 2 == 0, in_school=n % 2 == 1) for n in range(7)
    )
    await said(redis, event(family_at_risk(children=children)))
    async with served(education.create, settings) as http:
        await eventually(lambda: found(http, "/v1/children/c6"))
        seen: list[tuple[int, str]] = []
        page: dict[str, Any] = {"next": None}
        while "next" in page and (page["next"] or not seen):
            cursor = {"cursor": page["next"]} if page["next"] else {}
            page = (await http.get("/v1/children", params={"limit": 3, **cursor})).json()
            seen += [(each["priority"], each["childId"]) for each in page["items"]]
    assert len(seen) == 7
    assert seen == sorted(seen)


async def test_an_item_is_acknowledged_by_the_first_and_it_is_said_on(
    settings: Settings, redis: Redis, database: Databases
) -> None:
    await said(redis, event(family_at_risk()))
    async with served(notifications.create, settings) as http:
        page = await eventually(lambda: found(http, "/v1/inbox", items=True))
        item = next(each for each in page["items"] if each["role"] == "social_worker")
        answer = await http.post(f"/v1/notifications/{item['id']}/acknowledge")
        again = await http.post(f"/v1/notifications/{item['id']}/acknowledge")
        await eventually(lambda: acknowledgements(redis))
    assert answer.json()["acknowledged"] == again.json()["acknowledged"]
    assert await acknowledgements(redis) == 1


async def test_who_looked_before_another_cause_came_does_not_acknowledge_that(settings: Settings, redis: Redis) -> None:
    await said(redis, *(event(family_at_risk(), hour) for hour in range(2)))
    async with served(notifications.create, settings) as http:
        await eventually(lambda: has_causes(http, 2))
        early = await http.post("/v1/notifications/f1:social_worker/acknowledge", params={"causes": 1})
        late = await http.post("/v1/notifications/f1:social_worker/acknowledge", params={"causes": 2})
    assert (early.json()["causeCount"], early.json().get("acknowledged")) == (2, None)
    assert late.json()["acknowledged"]["by"] == "s-1"


@pytest.mark.parametrize("create", [intake.create, education.create, care.create, notifications.create])
async def test_every_service_tells_of_itself(
    create: Callable[[], FastAPI], settings: Settings, redis: Redis, database: Databases
) -> None:
    async with served(create, settings) as http:
        await eventually(lambda: ready(http))
        metrics = (await http.get("/metrics")).text
        asyncapi = (await http.get("/asyncapi")).json()
        docs = (await http.get("/docs")).text
        closed = await http.get("/v1/timeline/family/f1", headers={"Authorization": "Bearer forged"})
    names = ("heard", "said", "folded", "refolded", "conflicts", "dead", "lag", "pending", "outbox_waiting")
    assert all(f"ayllu_{name}" in metrics for name in (*names, "event_to_view_seconds"))
    assert asyncapi["asyncapi"] == "3.0.0"
    assert "https://" not in docs, "the page must not fetch anything from elsewhere"
    assert closed.status_code == 401


async def found(http: httpx.AsyncClient, path: str, *, items: bool = False) -> dict[str, Any]:
    answer = await http.get(path)
    body: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
    return body if not items or body.get("items") else {}


async def has_causes(http: httpx.AsyncClient, count: int) -> bool:
    page = (await http.get("/v1/inbox", params={"role": "social_worker"})).json()
    return [len(each["causes"]) for each in page["items"]] == [count]


async def acknowledgements(redis: Redis) -> int:
    events = [fields[b"event"] for _, fields in await redis.xrange("notifications")]
    return sum(b"NotificationAcknowledged" in each for each in events)
