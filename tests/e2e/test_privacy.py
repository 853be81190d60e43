"""Names stay home: what a report says of people is in intake's database, and nowhere else."""

import json
from collections.abc import Iterable
from pathlib import Path

from bson import encode

from ops.place import SERVICES
from shared.events import LISTENERS, Concern
from tests.e2e.instance import Ayllu
from tests.e2e.reports import a_report, carried, everywhere_once
from tests.factories import PRIVATE
from tests.waiting import eventually

SPELLINGS = {spelling.encode() for word in PRIVATE for spelling in (word, json.dumps(word)[1:-1])}


async def test_no_name_of_a_report_is_anywhere_but_in_the_database_of_intake(ayllu: Ayllu) -> None:
    reports = [a_report(Concern.PHYSICAL_VIOLENCE, family="H-twice"), a_report(Concern.NEGLECT, family="H-twice")]
    answers = [(await ayllu.post(each)).json() for each in reports]
    assert (await ayllu.post({**reports[0], "urgency": "high"})).status_code == 409
    assert (await ayllu.post({**a_report(), "district": PRIVATE[0]})).status_code == 422
    await _on_the_stream(ayllu, carried(a_report(Concern.NEGLECT)), carried({**a_report(), "district": PRIVATE[0]}))
    await everywhere_once(ayllu, answers)
    found = [*await _in_databases(ayllu), *await _on_streams(ayllu), *_in_logs(ayllu), *await _in_metrics(ayllu)]
    assert found == ["database intake"]


async def test_a_timeline_tells_that_a_report_came_but_not_what_it_says(ayllu: Ayllu) -> None:
    answer = (await ayllu.post(a_report())).json()
    told = await ayllu.get("intake", f"/v1/timeline/family/{answer['familyId']}")
    assert "ReportSubmitted" in told.text
    assert not _named([told.content])


async def test_a_refusal_does_not_repeat_what_was_sent(ayllu: Ayllu) -> None:
    wrong = a_report()
    wrong["children"][0]["birthDate"] = PRIVATE[4]
    wrong["district"] = PRIVATE[0]
    refused = await ayllu.post(wrong)
    assert [each["field"] for each in refused.json()["errors"]] == ["district", "children.0.birthDate"]
    assert not _named([refused.content])


async def _on_the_stream(ayllu: Ayllu, *events: dict[str, object]) -> None:
    for event in events:
        await ayllu.add("reports", json.dumps(event))
    await eventually(lambda: _is_empty(ayllu, "reports"))


async def _is_empty(ayllu: Ayllu, stream: str) -> bool:
    return int(await ayllu.redis.xlen(stream)) == 0


async def _in_databases(ayllu: Ayllu) -> list[str]:
    found = []
    for service in SERVICES:
        database = ayllu.database(service)
        for name in await database.list_collection_names():
            if _named([encode(each) async for each in database[name].find()]):
                found.append(f"database {service}")
                break
    return found


async def _on_streams(ayllu: Ayllu) -> list[str]:
    entries = {stream: await ayllu.redis.xrange(stream) for stream in LISTENERS}
    return [f"stream {stream}" for stream, found in entries.items() if _named(_values(found))]


def _in_logs(ayllu: Ayllu) -> list[str]:
    logs = [*(ayllu.folder / "logs").iterdir(), ayllu.screen]
    assert len(logs) >= 7  # four services, two servers, and what `ayllu up` says
    return [f"log {path.name}" for path in logs if _named([Path(path).read_bytes()])]


async def _in_metrics(ayllu: Ayllu) -> list[str]:
    pages = {name: await ayllu.http.get(f"{ayllu.place[name]}/metrics") for name in SERVICES}
    return [f"metrics of {name}" for name, page in pages.items() if _named([page.content])]


def _values(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> Iterable[bytes]:
    return (part for _, fields in entries for pair in fields.items() for part in pair)


def _named(texts: Iterable[bytes]) -> bool:
    return any(spelling in text for text in texts for spelling in SPELLINGS)
