"""Names stay home: what a report says of people is in intake's database, and nowhere else."""

import json
from collections.abc import Iterable

from bson import encode

from ops.servers.place import SERVICES
from shared.events import LISTENERS, Concern
from tests.e2e.instance import Ayllu, logs_with_names, named
from tests.e2e.reports import a_report, carried, everywhere_once
from tests.factories import PRIVATE
from tests.waiting import eventually


async def test_no_name_of_a_report_is_anywhere_but_in_the_database_of_intake(ayllu: Ayllu) -> None:
    reports = [a_report(Concern.PHYSICAL_VIOLENCE, family="H-twice"), a_report(Concern.NEGLECT, family="H-twice")]
    answers = [(await ayllu.post(each)).json() for each in reports]
    assert (await ayllu.post({**reports[0], "urgency": "high"})).status_code == 409
    assert (await ayllu.post({**a_report(), "district": PRIVATE[0]})).status_code == 422
    await _on_the_stream(ayllu, carried(a_report(Concern.NEGLECT)), carried({**a_report(), "district": PRIVATE[0]}))
    await everywhere_once(ayllu, answers)
    assert await _databases_with_names(ayllu) == ["intake"]
    assert await _streams_with_names(ayllu) == []
    assert await _metrics_with_names(ayllu) == []
    assert logs_with_names(ayllu.folder) == []


async def test_a_timeline_tells_that_a_report_came_but_not_what_it_says(ayllu: Ayllu) -> None:
    answer = (await ayllu.post(a_report())).json()
    told = await ayllu.get("intake", f"/v1/timeline/family/{answer['familyId']}")
    assert "ReportSubmitted" in told.text
    assert not named([told.content])


async def test_a_refusal_does_not_repeat_what_was_sent(ayllu: Ayllu) -> None:
    wrong = a_report()
    wrong["children"][0]["birthDate"] = PRIVATE[4]
    wrong["district"] = PRIVATE[0]
    refused = await ayllu.post(wrong)
    assert [each["field"] for each in refused.json()["errors"]] == ["district", "children.0.birthDate"]
    assert not named([refused.content])


async def test_mongo_does_not_log_what_a_slow_write_wrote(ayllu: Ayllu) -> None:
    profile = await ayllu.mongo["intake"].command("profile", -1)
    assert profile["was"] == 0
    assert profile["slowms"] > 24 * 3600 * 1000  # its default, 100 ms, is soon reached on a busy disk


async def _on_the_stream(ayllu: Ayllu, *events: dict[str, object]) -> None:
    for event in events:
        await ayllu.add("reports", json.dumps(event))
    await eventually(lambda: _is_empty(ayllu, "reports"))


async def _is_empty(ayllu: Ayllu, stream: str) -> bool:
    return int(await ayllu.redis.xlen(stream)) == 0


async def _databases_with_names(ayllu: Ayllu) -> list[str]:
    found = []
    for service in SERVICES:
        database = ayllu.database(service)
        for name in await database.list_collection_names():
            if named([encode(each) async for each in database[name].find()]):
                found.append(service)
                break
    return found


async def _streams_with_names(ayllu: Ayllu) -> list[str]:
    entries = {stream: await ayllu.redis.xrange(stream) for stream in LISTENERS}
    return [stream for stream, found in entries.items() if named(_values(found))]


async def _metrics_with_names(ayllu: Ayllu) -> list[str]:
    pages = {name: await ayllu.http.get(f"{ayllu.place[name]}/metrics") for name in SERVICES}
    return [name for name, page in pages.items() if named([page.content])]


def _values(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> Iterable[bytes]:
    return (part for _, fields in entries for pair in fields.items() for part in pair)
