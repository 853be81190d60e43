"""A case through all services: whose it is, who answers for it, what people decide about it."""

from typing import Any

import httpx
import pytest

from ops.servers.place import SERVICES
from shared.events import Concern, Role
from tests.e2e.instance import Ayllu
from tests.e2e.reports import Answer, a_report, everywhere_once
from tests.waiting import eventually

HERE, THERE, ELSEWHERE = "060101", "060108", "060105"
FAMILY_PATHS = {
    "intake": "/v1/families/{family}",
    "education": "/v1/children/{child}",
    "care": "/v1/families/{family}",
    "notifications": "/v1/timeline/family/{family}",
}


async def reported(ayllu: Ayllu, *concerns: Concern, **told: Any) -> Answer:
    answer: Answer = (await ayllu.post(a_report(*concerns, **told))).json()
    await everywhere_once(ayllu, [answer])
    return answer


async def act(ayllu: Ayllu, service: str, path: str, role: Role, district: str = "*", **body: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {await ayllu.token(role, district)}"}
    return await ayllu.http.post(f"{ayllu.place[service]}{path}", json=body, headers=headers)


async def readers(ayllu: Ayllu, answer: Answer, district: str) -> set[str]:
    """The services whose view of a family staff of a district may read."""
    token, found = await ayllu.token(Role.SUPERVISOR, district), set()
    for service, path in FAMILY_PATHS.items():
        way = path.format(family=answer["familyId"], child=answer["childIds"][0])
        if (await ayllu.get(service, way, token)).status_code == 200:
            found.add(service)
    return found


async def item_of(ayllu: Ayllu, answer: Answer, role: Role = Role.SOCIAL_WORKER, **query: Any) -> dict[str, Any] | None:
    params = "&".join(f"{name}={value}" for name, value in {"role": role, "limit": 500, **query}.items())
    items = (await ayllu.read("notifications", f"/v1/inbox?{params}"))["items"]
    return next((each for each in items if each["familyId"] == answer["familyId"]), None)


async def test_a_second_report_from_another_district_takes_the_case_from_nobody(ayllu: Ayllu) -> None:
    first = await reported(ayllu, Concern.POVERTY, family="two-districts", district=HERE)
    await reported(ayllu, Concern.NEGLECT, family="two-districts", district=THERE)
    for district in (HERE, THERE):
        assert await readers(ayllu, first, district) == set(SERVICES)
    assert await readers(ayllu, first, ELSEWHERE) == set()


async def test_a_plain_question_from_another_district_leaves_all_views_in_agreement(ayllu: Ayllu) -> None:
    first = await reported(ayllu, Concern.POVERTY, family="a-question", district=HERE)
    question = a_report(family="a-question", district=THERE, children=[], concerns=[], narrative=None)
    assert (await ayllu.post(question)).json()["nobodyTold"]["rule"] == "S01"
    assert await readers(ayllu, first, HERE) == set(SERVICES)

    async def agree() -> bool:
        return await readers(ayllu, first, THERE) == set(SERVICES)

    await eventually(agree, within=20)


async def test_an_unanswered_item_stays_with_its_district_until_it_is_answered_though_its_case_is_transferred(
    ayllu: Ayllu,
) -> None:
    answer = await reported(ayllu, Concern.POVERTY, family="moves", district=HERE)
    path = f"/v1/families/{answer['familyId']}/transfer"
    refused = await act(ayllu, "intake", path, Role.SOCIAL_WORKER, **{"from": HERE, "to": THERE})
    wrong = await act(ayllu, "intake", path, Role.SUPERVISOR, **{"from": HERE, "to": "069999"})
    nowhere = await act(ayllu, "intake", path, Role.SUPERVISOR, **{"from": HERE, "to": HERE})
    foreign = await act(ayllu, "intake", path, Role.SUPERVISOR, THERE, **{"from": HERE, "to": THERE})
    assert (refused.status_code, wrong.status_code, foreign.status_code) == (403, 422, 404)
    assert nowhere.status_code == 422
    moved = await act(ayllu, "intake", path, Role.SUPERVISOR, HERE, **{"from": HERE, "to": THERE})
    assert moved.json()["districts"] == [THERE]

    async def only_the_inbox_is_left() -> bool:
        return await readers(ayllu, answer, HERE) == {"notifications"}

    await eventually(only_the_inbox_is_left, within=20)
    assert await readers(ayllu, answer, THERE) == set(SERVICES)
    for role in (Role.SOCIAL_WORKER, Role.EDUCATION_OFFICER):
        done = await act(
            ayllu, "notifications", f"/v1/notifications/{answer['familyId']}:{role}/answer", role, HERE, what="referred"
        )
        assert done.status_code == 200
    assert await readers(ayllu, answer, HERE) <= {"notifications"}  # its timeline is that of items it may still see
    assert await item_of(ayllu, answer, district=HERE, answered="true") is None


async def test_an_answer_ends_what_waits_in_the_inbox_and_in_the_plan_and_an_acknowledgement_does_not(
    ayllu: Ayllu,
) -> None:
    answer = await reported(ayllu, Concern.PHYSICAL_VIOLENCE)
    path = f"/v1/notifications/{answer['familyId']}:social_worker"
    seen = (await act(ayllu, "notifications", f"{path}/acknowledge?causes=1", Role.SOCIAL_WORKER)).json()
    assert (seen["acknowledged"]["by"], seen["level"], "acknowledgeBy" in seen) == ("ana", "high", False)
    assert await item_of(ayllu, answer)
    done = (await act(ayllu, "notifications", f"{path}/answer", Role.SOCIAL_WORKER, what="visited")).json()
    assert (done["answered"]["what"], done["answered"]["by"], "level" in done) == ("visited", "ana", False)
    assert await item_of(ayllu, answer) is None
    assert await item_of(ayllu, answer, answered="true")

    async def plan_waits_for_nothing() -> bool:
        return "respondBy" not in await ayllu.read("care", f"/v1/families/{answer['familyId']}")

    await eventually(plan_waits_for_nothing, within=20)


@pytest.mark.parametrize(
    "body", [{"what": "danced"}, {}, {"what": "visited", "causeIds": ["none-of-it"]}, {"what": "visited", "causes": 0}]
)
async def test_an_answer_that_says_nothing_is_refused(ayllu: Ayllu, body: dict[str, Any]) -> None:
    answer = await reported(ayllu, Concern.NEGLECT, family="refused")
    path = f"/v1/notifications/{answer['familyId']}:social_worker/answer"
    assert (await act(ayllu, "notifications", path, Role.SOCIAL_WORKER, **body)).status_code == 422


async def test_a_high_report_that_names_no_child_reaches_the_duty_officer(ayllu: Ayllu) -> None:
    answer = await reported(ayllu, Concern.SEXUAL_VIOLENCE, children=[])
    item = await item_of(ayllu, answer, Role.DUTY_OFFICER)
    assert item is not None
    assert (item["level"], item["onHold"]) == ("high", True)


async def test_only_a_person_asks_for_a_placement_and_once(ayllu: Ayllu) -> None:
    answer = await reported(ayllu, Concern.ABANDONMENT)
    path = f"/v1/children/{answer['childIds'][0]}"
    assert "placement" not in await ayllu.read("care", path)
    refused = await act(ayllu, "care", f"{path}/placement", Role.SOCIAL_WORKER)
    asked = await act(ayllu, "care", f"{path}/placement", Role.CARE_COORDINATOR)
    again = await act(ayllu, "care", f"{path}/placement", Role.CARE_COORDINATOR)
    assert (refused.status_code, asked.status_code, again.status_code) == (403, 200, 409)
    assert asked.json()["placement"]["by"] == "ana"

    async def coordinator_sees_it() -> bool:
        item = await item_of(ayllu, answer, Role.CARE_COORDINATOR)
        return {"CareAssessmentRequested", "PlacementRequested"} <= {each["type"] for each in item["progress"]}

    await eventually(coordinator_sees_it, within=20)


async def test_a_family_on_hold_is_approached_once_the_authority_agrees(ayllu: Ayllu) -> None:
    answer = await reported(ayllu, Concern.SEXUAL_VIOLENCE)
    path = f"/v1/families/{answer['familyId']}"
    plan = await ayllu.read("care", path)
    assert (plan["onHold"], plan["services"]) == (True, ["authority_first"])
    told = {"authority": "upe", "reference": "EXP-2026-31"}
    refused = await act(ayllu, "care", f"{path}/approach", Role.SOCIAL_WORKER, **told)
    agreed = await act(ayllu, "care", f"{path}/approach", Role.SUPERVISOR, **told)
    again = await act(ayllu, "care", f"{path}/approach", Role.SUPERVISOR, **told)
    assert (refused.status_code, agreed.status_code, again.status_code) == (403, 200, 409)
    assert (agreed.json()["onHold"], "counselling" in agreed.json()["services"]) == (False, True)


async def test_a_family_is_on_hold_in_all_views_until_the_authority_agrees_though_no_child_lives_there(
    ayllu: Ayllu,
) -> None:
    alone = [{"livesWith": "alone", "ageYears": 9}]
    answer = await reported(ayllu, Concern.SEXUAL_VIOLENCE, family="nobody-home", children=alone)
    family, child = (f"/v1/families/{answer['familyId']}", f"/v1/children/{answer['childIds'][0]}")

    async def on_hold() -> set[bool]:
        items = [await item_of(ayllu, answer, role) for role in (Role.CARE_COORDINATOR, Role.DUTY_OFFICER)]
        return {each["onHold"] for each in (await ayllu.read("care", child), *filter(None, items))}

    assert await on_hold() == {True}
    agreed = await act(ayllu, "care", f"{family}/approach", Role.SUPERVISOR, authority="upe", reference="EXP-2026-32")
    assert agreed.status_code == 200

    async def approached() -> bool:
        return await on_hold() == {False}

    await eventually(approached, within=20)


async def test_a_child_back_in_school_that_stopped_working_is_last_on_the_list_of_education(ayllu: Ayllu) -> None:
    child = {"id": "c-1", "livesWith": "mother", "birthYear": 2016}
    answer = await reported(
        ayllu, Concern.POVERTY, family="better", children=[{**child, "inSchool": False, "working": True}]
    )
    way = f"/v1/children/{answer['childIds'][0]}"
    assert (await ayllu.read("education", way))["priority"] == 1
    better = [{**child, "inSchool": True, "working": False}]
    news = await reported(ayllu, family="better", children=better, concerns=[], narrative=None)
    assert [each["type"] for each in news["events"]] == ["ChildUpdated"]
    assert (await ayllu.read("education", way))["priority"] == 4


async def test_hardships_told_one_by_one_add_up_and_somebody_is_told(ayllu: Ayllu) -> None:
    child = [{"livesWith": "mother", "ageYears": 9}]
    first = await reported(ayllu, Concern.POVERTY, family="adds-up", children=child)
    second = await reported(ayllu, Concern.FOOD_INSECURITY, family="adds-up", children=child)
    assert (first["riskLevel"], second["riskLevel"]) == ("low", "low")

    async def told_of_the_family() -> bool:
        item = await item_of(ayllu, first)
        return item is not None and item["level"] == "medium" and item["riskLevel"] == "medium"

    await eventually(told_of_the_family, within=20)
    assert (await ayllu.read("care", f"/v1/families/{first['familyId']}"))["riskLevel"] == "medium"
