"""What another system meets at intake's door: the same answer twice, differences, refusals that say what to do."""

import json
from typing import Any

import httpx
import pytest

from shared.events import now
from shared.folds.history import History
from tests.e2e.instance import Ayllu
from tests.e2e.reports import a_report, carried, everywhere_once, lines
from tests.waiting import eventually

STRUCTURED = {"content-type": "application/cloudevents+json"}
MIB = 1024 * 1024


async def test_the_same_report_again_gets_the_same_answer_and_is_not_said_again(ayllu: Ayllu) -> None:
    report = a_report()
    first = await ayllu.post(report)
    await everywhere_once(ayllu, [first.json()])
    said = await _said(ayllu)
    again = await ayllu.post(report)
    after = await ayllu.post(a_report())
    await everywhere_once(ayllu, [after.json()])
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert await _said(ayllu) == said + len(after.json()["events"])


async def test_the_same_report_id_with_another_body_is_refused_with_the_names_of_what_differs(ayllu: Ayllu) -> None:
    report = a_report()
    await ayllu.post(report)
    other = {**report, "district": "060105", "children": [{**report["children"][0], "working": False}]}
    response = await ayllu.post(other)
    assert response.status_code == 409
    assert _problem(response)["differences"] == ["district", "children.0.working"]


async def test_two_systems_may_use_the_same_report_id(ayllu: Ayllu) -> None:
    report = a_report()
    clinic = await _key(ayllu, "clinic-http")
    ours, theirs = await ayllu.post(report), await ayllu.post(report, clinic)
    assert (ours.status_code, theirs.status_code) == (202, 202)
    assert ours.json()["familyId"] != theirs.json()["familyId"]


@pytest.mark.parametrize("key", ["", "Bearer ayllu_nobody", "Basic YTpi"])
@pytest.mark.parametrize("path", ["/v1/reports", "/v1/reports:batch", "/v1/events"])
async def test_a_sender_without_a_valid_key_is_refused(ayllu: Ayllu, path: str, key: str) -> None:
    headers = {"Authorization": key} if key else {}
    response = await ayllu.http.post(f"{ayllu.place['intake']}{path}", json=a_report(), headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "ayllu keys add" in _problem(response)["detail"]


async def test_a_revoked_key_is_locked_out(ayllu: Ayllu) -> None:
    key = await _key(ayllu, "a-closed-office")
    assert (await ayllu.post(a_report(), key)).status_code == 202
    await ayllu.command("keys", "revoke", "a-closed-office")
    await eventually(lambda: _status(ayllu, key, 401), within=10, every=0.2)
    listed = await ayllu.command("keys", "list")
    assert "a-closed-office" in listed.output
    assert key not in listed.output


async def test_a_sender_over_its_rate_is_told_when_to_come_back(ayllu: Ayllu) -> None:
    key = await _key(ayllu, "in-a-hurry", "--rate", "0.5")
    nothing = "0\n" * 10_000
    for _ in range(2):  # what a sender may send at once: 20,000
        assert (await ayllu.send("/v1/reports:batch", nothing, key)).status_code == 200
    response = await ayllu.post(a_report(), key)
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 3
    assert "0.5 reports a second" in _problem(response)["detail"]
    assert (await ayllu.post(a_report())).status_code == 202  # others are not held up


@pytest.mark.parametrize(
    ("path", "size"), [("/v1/reports", MIB + 1), ("/v1/events", MIB + 1), ("/v1/reports:batch", 16 * MIB + 1)]
)
async def test_a_body_over_the_limit_is_refused(ayllu: Ayllu, path: str, size: int) -> None:
    response = await ayllu.send(path, b"x" * size)
    assert response.status_code == 413
    assert f"{size // MIB} MiB" in _problem(response)["detail"]


async def test_a_line_over_the_limit_is_refused_and_its_neighbours_are_kept(ayllu: Ayllu) -> None:
    long = {**a_report(), "narrative": "x" * MIB}
    response = await ayllu.send("/v1/reports:batch", lines([a_report(), long, a_report()]))
    assert [each["status"] for each in _answers(response)] == [202, 413, 202]


async def test_a_batch_of_too_many_lines_is_refused(ayllu: Ayllu) -> None:
    assert (await ayllu.send("/v1/reports:batch", "0\n" * 10_001)).status_code == 413


async def test_a_batch_answers_line_by_line_and_names_what_is_wrong(ayllu: Ayllu) -> None:
    good = [a_report(), a_report()]
    no_district = {name: value for name, value in a_report().items() if name != "district"}
    bad = [json.dumps(no_district), "not json", "", json.dumps({**a_report(), "concerns": ["hunger"]})]
    body = "\n".join([json.dumps(good[0]), *bad, json.dumps(good[1]), json.dumps(good[0])])
    answers = _answers(await ayllu.send("/v1/reports:batch", body))
    assert [each["line"] for each in answers] == [1, 2, 3, 4, 5, 6, 7]
    assert [each["status"] for each in answers] == [202, 422, 400, 400, 422, 202, 200]
    fields = [[error["field"] for error in each.get("errors", [])] for each in answers]
    assert fields[1] == ["district"]
    assert answers[2]["detail"] == "The line is not JSON at line 3, column 1."
    assert fields[4] == ["concerns.0"]
    assert "illness_in_family" in answers[4]["errors"][0]["accepted"]
    assert answers[6]["familyId"] == answers[0]["familyId"]
    await everywhere_once(ayllu, [answers[0], answers[5]])


async def test_a_line_with_an_impossible_date_does_not_cost_its_neighbours(ayllu: Ayllu) -> None:
    impossible = {**a_report(), "reportedAt": "0001-01-01T00:00:00+14:00"}
    response = await ayllu.send("/v1/reports:batch", lines([a_report(), impossible, a_report()]))
    assert [each["status"] for each in _answers(response)] == [202, 422, 202]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reportedAt", "yesterday"),
        ("reportedAt", "9999-12-31T23:59:59Z"),
        ("reportedAt", "0001-01-01T00:00:00+14:00"),
        ("district", "Cajamarca"),
        ("district", 60101),
        ("children", [{"livesWith": "nobody"}] * 2),
        ("family", {"monthlyIncome": 1e300}),
        ("consent", {"basis": "because"}),
        ("reporter", None),
        ("reportId", "x" * 201),
        ("urgency", []),
    ],
)
async def test_a_wrong_field_is_named_with_what_would_be_accepted(ayllu: Ayllu, field: str, value: Any) -> None:
    response = await ayllu.post({**a_report(), field: value})
    assert response.status_code == 422
    errors = _problem(response)["errors"]
    assert {each["field"].split(".")[0] for each in errors} == {field}
    assert all(each["accepted"] for each in errors)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"reportId": NaN}'])
@pytest.mark.parametrize("path", ["/v1/reports", "/v1/events"])
async def test_a_body_that_is_no_json_object_is_refused(ayllu: Ayllu, path: str, body: bytes) -> None:
    response = await ayllu.send(path, body, headers=STRUCTURED)
    assert response.status_code == 400
    assert _problem(response)["detail"].startswith("The body ")


async def test_json_that_is_no_report_is_refused(ayllu: Ayllu) -> None:
    response = await ayllu.send("/v1/reports", b"null")
    assert response.status_code == 422
    assert _problem(response)["errors"] == [{"field": "body", "accepted": "an object, such as {}"}]


async def test_a_report_may_date_from_long_ago(ayllu: Ayllu) -> None:
    response = await ayllu.post({**a_report(), "reportedAt": "2000-01-01T00:00:00Z"})
    assert response.status_code == 202
    await everywhere_once(ayllu, [response.json()])


async def test_a_report_comes_as_a_structured_cloud_event(ayllu: Ayllu) -> None:
    report = a_report()
    response = await ayllu.send("/v1/events", json.dumps(carried(report)), headers=STRUCTURED)
    assert response.status_code == 202
    assert response.json()["reportId"] == report["reportId"]
    await everywhere_once(ayllu, [response.json()])


async def test_a_report_comes_as_a_binary_cloud_event(ayllu: Ayllu) -> None:
    report = a_report()
    attributes = {"specversion": "1.0", "id": "7", "source": "clinic", "type": "ReportSubmitted"}
    headers = {"content-type": "application/json", **{f"ce-{name}": each for name, each in attributes.items()}}
    response = await ayllu.send("/v1/events", json.dumps(report), headers=headers)
    assert response.status_code == 202
    assert (await ayllu.post(report)).status_code == 200  # it is the sender's report, however it comes


async def test_a_cloud_event_of_another_kind_is_refused_by_name(ayllu: Ayllu) -> None:
    structured = json.dumps(carried(a_report(), type="FamilyAtRisk", specversion="0.3"))
    response = await ayllu.send("/v1/events", structured, headers=STRUCTURED)
    assert response.status_code == 422
    assert {each["field"] for each in _problem(response)["errors"]} == {"type", "specversion"}
    binary = await ayllu.send("/v1/events", json.dumps(a_report()), headers={"ce-type": "FamilyAtRisk"})
    assert binary.status_code == 422
    named = {each["field"] for each in _problem(binary)["errors"]}
    assert named == {"ce-type", "ce-specversion", "ce-id", "ce-source"}


async def test_a_report_comes_through_redis_and_is_deleted_there(ayllu: Ayllu) -> None:
    report = a_report()
    await ayllu.add("reports", json.dumps(carried(report, source="clinic-by-redis")))
    await eventually(lambda: _is_empty(ayllu, "reports"))
    clinic = await _key(ayllu, "clinic-by-redis")
    known = await ayllu.post(report, clinic)
    assert known.status_code == 200
    await everywhere_once(ayllu, [known.json()])


async def test_good_news_updates_the_child_and_its_answer_says_that_nobody_is_told(ayllu: Ayllu) -> None:
    child = {"livesWith": "mother", "ageYears": 9, "inSchool": True}
    response = await ayllu.post(a_report(concerns=[], children=[child], narrative=None))
    assert response.status_code == 202
    assert response.json()["riskLevel"] is None
    assert response.json()["nobodyTold"]["rule"] == "S02"
    assert [each["type"] for each in response.json()["events"]] == ["ChildUpdated"]
    assert await ayllu.read("intake", f"/v1/families/{response.json()['familyId']}")


async def test_a_report_is_dated_by_its_sender_up_to_a_day_ahead(ayllu: Ayllu) -> None:
    ahead = now().replace(year=now().year + 1)
    response = await ayllu.post(a_report(reportedAt=ahead.isoformat()))
    assert response.status_code == 422
    assert _problem(response)["errors"][0]["field"] == "reportedAt"


def _problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem["status"] == response.status_code
    assert {"type", "title", "detail"} <= set(problem)
    return problem


def _answers(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200
    return [json.loads(line) for line in response.text.splitlines()]


async def _key(ayllu: Ayllu, source: str, *options: str) -> str:
    made = await ayllu.command("keys", "add", source, *options)
    assert made.code == 0, made.output
    return made.output.strip()


async def _status(ayllu: Ayllu, key: str, wanted: int) -> bool:
    return (await ayllu.post(a_report(), key)).status_code == wanted


async def _said(ayllu: Ayllu) -> int:
    return await History(ayllu.database("intake")).count_said()


async def _is_empty(ayllu: Ayllu, stream: str) -> bool:
    return int(await ayllu.redis.xlen(stream)) == 0
