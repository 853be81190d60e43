"""The journey of a family: one report, and everyone who has to act sees it, without its names."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest_asyncio

from ops.servers.place import SERVICES
from shared.events import Concern, Role
from tests.e2e.instance import Ayllu
from tests.e2e.reports import Answer, a_report, everywhere_once
from tests.factories import DISTRICT
from tests.waiting import eventually

ROLES = {Role.SOCIAL_WORKER, Role.EDUCATION_OFFICER, Role.CARE_COORDINATOR, Role.DUTY_OFFICER}


@pytest_asyncio.fixture(scope="module")
async def answer(ayllu: Ayllu) -> AsyncIterator[Answer]:
    """What the teacher was answered who reported a boy who works and is beaten; every view knows of it."""
    response = await ayllu.post(a_report(Concern.CHILD_LABOUR, Concern.PHYSICAL_VIOLENCE))
    assert response.status_code == 202
    yield response.json()


async def test_the_sender_is_told_the_ids_the_risk_and_the_rules_behind_it(answer: Answer) -> None:
    assert answer["riskLevel"] == "high"
    violence = next(reason for reason in answer["reasons"] if reason["rule"] == "R02")
    assert (violence["es"], "Ley 30364" in violence["source"]) == ("violencia física", True)
    assert len(answer["childIds"]) == 1
    assert {(each["type"], each["subject"]) for each in answer["events"]} == {
        ("FamilyAtRisk", f"family/{answer['familyId']}"),
        ("ChildNeedsCare", f"child/{answer['childIds'][0]}"),
    }


async def test_the_report_is_in_every_view_once(ayllu: Ayllu) -> None:
    response = await ayllu.post(a_report(Concern.PHYSICAL_VIOLENCE))
    await everywhere_once(ayllu, [response.json()])


async def test_care_opens_a_support_plan(ayllu: Ayllu, answer: Answer) -> None:
    plan = await eventually(lambda: _found(ayllu, "care", f"/v1/families/{answer['familyId']}"))
    assert plan["level"] == "high"
    assert plan["district"] == DISTRICT
    assert {"free_of_work", "free_of_violence"} <= set(plan["goals"])
    assert {"school_access", "legal_help"} <= set(plan["services"])
    assert plan["children"] == answer["childIds"]


async def test_care_requests_a_placement_for_the_child(ayllu: Ayllu, answer: Answer) -> None:
    placement = await eventually(lambda: _found(ayllu, "care", f"/v1/children/{answer['childIds'][0]}"))
    assert placement["familyId"] == answer["familyId"]
    assert placement["urgency"] == "high"
    assert placement["reasons"] == ["physical_violence"]


async def test_education_checks_first_the_child_who_works_and_is_out_of_school(ayllu: Ayllu, answer: Answer) -> None:
    child = await eventually(lambda: _found(ayllu, "education", f"/v1/children/{answer['childIds'][0]}"))
    assert child["priority"] == 1
    assert child["level"] == "primary"
    assert {"out_of_school", "works"} <= set(child["checks"])


async def test_each_responsible_role_finds_an_item_with_a_time_to_respond_by(ayllu: Ayllu, answer: Answer) -> None:
    await everywhere_once(ayllu, [answer])
    for role in ROLES:
        token = await ayllu.token(role)
        page = (await ayllu.get("notifications", "/v1/inbox?limit=500", token)).json()
        (item,) = [each for each in page["items"] if each["familyId"] == answer["familyId"]]
        assert item["role"] == role
        hours = (datetime.fromisoformat(item["respondBy"]) - _recorded(item)).total_seconds() / 3600
        assert hours == 24


async def test_the_timeline_of_the_family_is_told_by_every_service(ayllu: Ayllu, answer: Answer) -> None:
    await everywhere_once(ayllu, [answer])
    told = {name: await ayllu.read(name, f"/v1/timeline/family/{answer['familyId']}") for name in SERVICES}
    steps = {name: {(each["way"], each["type"]) for each in entries} for name, entries in told.items()}
    assert {("heard", "ReportSubmitted"), ("said", "FamilyAtRisk"), ("heard", "SupportPlanOpened")} <= steps["intake"]
    assert {("heard", "FamilyAtRisk"), ("said", "SupportPlanOpened")} <= steps["care"]
    assert {("heard", "FamilyAtRisk"), ("said", "EnrolmentCheckOpened")} <= steps["education"]
    assert {("heard", "ChildNeedsCare"), ("said", "StaffNotified")} <= steps["notifications"]
    assert len({each["correlationid"] for entries in told.values() for each in entries}) == 1


async def test_an_acknowledgement_is_on_record_and_said_on(ayllu: Ayllu) -> None:
    answer = (await ayllu.post(a_report(Concern.PHYSICAL_VIOLENCE))).json()
    await everywhere_once(ayllu, [answer])
    duty_officer = await ayllu.token(Role.DUTY_OFFICER)
    item = f"{answer['familyId']}:duty_officer"
    response = await ayllu.http.post(
        f"{ayllu.place['notifications']}/v1/notifications/{item}/acknowledge",
        headers={"Authorization": f"Bearer {duty_officer}"},
    )
    assert response.status_code == 200
    assert response.json()["acknowledged"]["by"] == "ana"
    said = await eventually(lambda: _said(ayllu, "notifications", "NotificationAcknowledged", answer["familyId"]))
    assert b'"acknowledgedBy":"ana"' in said


async def _said(ayllu: Ayllu, stream: str, event_type: str, family_id: str) -> bytes | None:
    """The newest event of a type on a stream that names a family."""
    for _, fields in reversed(await ayllu.redis.xrange(stream)):
        event: bytes = fields[b"event"]
        if event_type.encode() in event and family_id.encode() in event:
            return event
    return None


async def _found(ayllu: Ayllu, service: str, path: str) -> dict[str, Any] | None:
    response = await ayllu.get(service, path)
    return response.json() if response.status_code == 200 else None


def _recorded(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["causes"][0]["recorded"])
