"""What staff may read, with which token, and that a look at names is on record."""

from datetime import timedelta

import pytest

from ops.servers.place import SERVICES
from shared.events import Concern, Role, now
from shared.web.signing import Signer, claims, member
from tests.e2e.instance import Ayllu
from tests.e2e.reports import Answer, a_report, everywhere_once, sent
from tests.factories import PRIVATE

READS = {
    "intake": ("/v1/families/{family}", "/v1/children/{child}", "/v1/timeline/family/{family}"),
    "education": ("/v1/children/{child}", "/v1/families/{family}", "/v1/timeline/child/{child}"),
    "care": ("/v1/families/{family}", "/v1/children/{child}", "/v1/timeline/family/{family}"),
    "notifications": ("/v1/timeline/family/{family}",),
}
LISTS = {
    "education": ("/v1/children",),
    "care": ("/v1/families", "/v1/children"),
    "notifications": ("/v1/inbox",),
}


@pytest.fixture(scope="module")
async def answer(ayllu: Ayllu) -> Answer:
    """What became of a report about a beaten boy in the district of Cajamarca."""
    answer: Answer = (await ayllu.post(a_report(Concern.PHYSICAL_VIOLENCE))).json()
    await everywhere_once(ayllu, [answer])
    return answer


@pytest.mark.parametrize("service", SERVICES)
async def test_nothing_is_read_without_a_token(ayllu: Ayllu, answer: Answer, service: str) -> None:
    for path in (*_paths(service, answer), *LISTS.get(service, ())):
        response = await ayllu.http.get(f"{ayllu.place[service]}{path}")
        assert response.status_code == 401, path
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("service", SERVICES)
async def test_a_forged_token_opens_nothing(ayllu: Ayllu, answer: Answer, service: str) -> None:
    genuine = await ayllu.token(Role.SUPERVISOR)
    head, claims, signature = genuine.split(".")
    for forged in (f"{head}.{claims}.{signature[::-1]}", "nonsense", f"eyJhbGciOiJub25lIn0.{claims}."):
        for path in _paths(service, answer):
            assert (await ayllu.get(service, path, forged)).status_code == 401


async def test_an_expired_token_opens_nothing(ayllu: Ayllu, answer: Answer) -> None:
    signer = Signer((ayllu.folder / "secrets" / "ayllu_token_key").read_text())
    ana = member("ana", Role.SUPERVISOR, ("*",))
    valid, expired = (signer.sign(claims(ana, hours=1, at=now() - timedelta(hours=ago))) for ago in (0.9, 1.1))
    for service in SERVICES:
        path = _paths(service, answer)[0]
        assert (await ayllu.get(service, path, valid)).status_code == 200
        assert (await ayllu.get(service, path, expired)).status_code == 401


async def test_a_sender_key_reads_nothing_and_a_staff_token_sends_nothing(ayllu: Ayllu, answer: Answer) -> None:
    place = ayllu.place
    assert (await ayllu.get("intake", f"/v1/families/{answer['familyId']}", place["senderKey"])).status_code == 401
    assert (await ayllu.post(a_report(), place["staffToken"])).status_code == 401


@pytest.mark.parametrize("service", SERVICES)
async def test_staff_of_another_district_do_not_learn_that_the_family_is_known(
    ayllu: Ayllu, answer: Answer, service: str
) -> None:
    elsewhere = await ayllu.token(Role.SUPERVISOR, "060105")
    for path in _paths(service, answer):
        response = await ayllu.get(service, path, elsewhere)
        nobody = await ayllu.get(service, _of_nobody(path, answer), elsewhere)
        assert (response.status_code, response.json()) == (404, nobody.json()), path
    for path in LISTS.get(service, ()):
        assert (await ayllu.get(service, path, elsewhere)).json()["items"] == []


@pytest.mark.parametrize("service", SERVICES)
async def test_staff_of_the_district_read_what_they_need(ayllu: Ayllu, answer: Answer, service: str) -> None:
    here = await ayllu.token(Role.SUPERVISOR, "060101")
    for path in (*_paths(service, answer), *LISTS.get(service, ())):
        assert (await ayllu.get(service, path, here)).status_code == 200, path


async def test_each_look_at_a_name_is_on_record(ayllu: Ayllu, answer: Answer) -> None:
    family, child = f"family/{answer['familyId']}", f"child/{answer['childIds'][0]}"
    ana = await ayllu.token(Role.SOCIAL_WORKER, "060101")
    seen = await ayllu.get("intake", f"/v1/families/{answer['familyId']}", ana)
    assert seen.json()["caregivers"][0]["name"] == PRIVATE[0]
    seen = await ayllu.get("intake", f"/v1/children/{answer['childIds'][0]}", ana)
    assert seen.json()["name"] == PRIVATE[4]
    reads = await ayllu.database("intake")["reads"].find({"subjects": {"$in": [family, child]}}).to_list(None)
    of_ana = [(each["staff"], each["role"], each["subjects"]) for each in reads if each["role"] == "social_worker"]
    assert of_ana == [("ana", "social_worker", [family]), ("ana", "social_worker", [child])]


async def test_an_inbox_holds_what_its_role_has_to_answer(ayllu: Ayllu, answer: Answer) -> None:
    worker, officer = await ayllu.token(Role.SOCIAL_WORKER), await ayllu.token(Role.EDUCATION_OFFICER)
    for token, role in ((worker, "social_worker"), (officer, "education_officer")):
        page = (await ayllu.get("notifications", "/v1/inbox?role=duty_officer&limit=500", token)).json()
        assert {each["role"] for each in page["items"]} == {role}


async def test_only_the_responsible_role_acknowledges(ayllu: Ayllu, answer: Answer) -> None:
    path = f"{ayllu.place['notifications']}/v1/notifications/{answer['familyId']}:duty_officer/acknowledge"
    worker = await ayllu.token(Role.SOCIAL_WORKER)
    refused = await ayllu.http.post(path, headers={"Authorization": f"Bearer {worker}"})
    assert refused.status_code == 403
    assert "Duty officer" in refused.json()["detail"]


@pytest.mark.parametrize(("service", "path"), [(name, path) for name, paths in LISTS.items() for path in paths])
async def test_a_list_is_read_page_by_page_to_its_end(ayllu: Ayllu, service: str, path: str) -> None:
    answers = await sent(ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(5)])
    await everywhere_once(ayllu, answers)
    whole = (await ayllu.read(service, f"{path}?district=060101&limit=500"))["items"]
    paged, cursor = [], ""
    while cursor is not None:
        page = await ayllu.read(service, f"{path}?district=060101&limit=7{cursor}")
        paged += page["items"]
        cursor = f"&cursor={page['next']}" if page["next"] else None
    assert len(whole) >= 5
    assert paged == whole


def _paths(service: str, answer: Answer) -> list[str]:
    return [path.format(family=answer["familyId"], child=answer["childIds"][0]) for path in READS[service]]


def _of_nobody(path: str, answer: Answer) -> str:
    return path.replace(answer["familyId"], "nobody").replace(answer["childIds"][0], "nobody")
