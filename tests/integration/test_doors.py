"""The doors of the services, on real servers: what senders are told beside the answer, and what staff may ask."""

import gzip
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from services.care import app as care
from services.education import app as education
from services.intake import app as intake
from services.intake.store.keys import KEYS, OtherChildIds, Senders, add_key
from services.notifications import app as notifications
from shared.events import EVENT_FIELD
from shared.mongo import Database
from shared.settings import Settings
from shared.streams.dead import DEAD
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

Databases = Callable[[str], Database]
MISSPELLED = {**REPORT, "childrens": [], "family": {"id": "f-1", "adress": "Jr. Puga 1"}}
ENVELOPE = {"specversion": "1.0", "id": "e-1", "source": "/clinic", "type": "ReportSubmitted", "subject": "f-1"}
STRUCTURED = "Application/CloudEvents+JSON; charset=UTF-8"
LISTS = [
    (education.create, "/v1/children"),
    (care.create, "/v1/families"),
    (care.create, "/v1/children"),
    (notifications.create, "/v1/inbox"),
]
SERVICES = [intake.create, education.create, care.create, notifications.create]


@asynccontextmanager
async def ready(create: Callable[[], FastAPI], settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A service that works: one that ends while it starts leaves connections behind."""
    async with served(create, settings) as http:
        await eventually(lambda: is_ready(http))
        yield http


async def is_ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


@pytest.fixture
async def door(settings: Settings, sender: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of intake that sends reports."""
    async with ready(intake.create, settings) as http:
        http.headers.update(sender)
        yield http


async def test_unknown_fields_are_told_with_the_answer_each_time_and_are_not_kept(
    door: httpx.AsyncClient, database: Databases
) -> None:
    first, again = [await door.post("/v1/reports", json=MISSPELLED) for _ in range(2)]
    clean = await door.post("/v1/reports", json={**REPORT, "family": {"id": "f-1"}})
    assert [each.status_code for each in (first, again, clean)] == [202, 200, 200]
    assert first.json()["ignored"] == again.json()["ignored"] == ["family.adress", "childrens"]
    assert "ignored" not in clean.json()
    kept = await database("intake")["reports"].find_one({})
    assert kept is not None
    assert "adress" not in json.dumps(kept["answer"])


async def test_unknown_fields_are_told_in_a_batch_and_in_an_event(
    door: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    body = "\n".join(json.dumps(each) for each in (REPORT, {**MISSPELLED, "reportId": "r-2"}))
    batch = await door.post("/v1/reports:batch", content=body)
    carried = json.dumps({**ENVELOPE, "data": {**MISSPELLED, "reportId": "r-3"}})
    event = await door.post("/v1/events", content=carried, headers={"Content-Type": STRUCTURED})
    told = [json.loads(line).get("ignored") for line in batch.text.splitlines()]
    assert told == [None, ["family.adress", "childrens"]]
    assert event.json()["ignored"] == ["data.family.adress", "data.childrens"]
    assert "adress" not in "".join(capfd.readouterr())


async def test_a_broken_line_of_a_batch_is_answered_by_itself(door: httpx.AsyncClient) -> None:
    whole = json.dumps(REPORT).encode()
    lines = [b"\xef\xbb\xbf" + whole, whole, b"", b'{"x": NaN}', "José".encode("latin-1"), b"[]", b'{"x":1,"x":2}']
    answer = await door.post("/v1/reports:batch", content=b"\n".join(lines) + b"\n")
    assert [json.loads(line)["status"] for line in answer.text.splitlines()] == [400, 202, 400, 400, 400, 400, 400]


@pytest.mark.parametrize("path", ["/v1/reports", "/v1/reports:batch", "/v1/events"])
@pytest.mark.parametrize(
    ("body", "headers", "remedy"),
    [
        (gzip.compress(json.dumps(REPORT).encode()), {}, "send it uncompressed"),
        (gzip.compress(json.dumps(REPORT).encode()), {"Content-Encoding": "GZIP"}, "send it uncompressed"),
        (json.dumps(REPORT).encode("utf-16"), {}, "save it as UTF-8 without BOM"),
    ],
)
async def test_a_body_that_is_no_text_is_refused_whole(
    door: httpx.AsyncClient, path: str, body: bytes, headers: dict[str, str], remedy: str
) -> None:
    answer = await door.post(path, content=body, headers={"Content-Type": STRUCTURED, **headers})
    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(f"{remedy}.")


async def test_a_refused_entry_of_the_stream_is_a_dead_letter_with_the_same_words(
    settings: Settings, redis: Redis, database: Databases
) -> None:
    wrong = json.dumps({**ENVELOPE, "data": {**REPORT, "district": "60105"}})
    for entry in (wrong, "nonsense", json.dumps({**ENVELOPE, "data": REPORT})[:-1] + ', "data": {}}'):
        await redis.xadd("reports", {EVENT_FIELD: entry})
    async with ready(intake.create, settings):
        await eventually(lambda: three(database("intake")))
    letters = await database("intake")[DEAD].find().sort("entry", 1).to_list(None)
    assert [each["reason"] for each in letters] == [
        "data.district: six digits; Excel drops the leading zero: 060105?",
        "the event is not JSON at line 1, column 1",
        "the event has the field data twice in one object: one of them would be lost",
    ]


async def three(database: Database) -> bool:
    return await database[DEAD].count_documents({}) == 3


@pytest.mark.parametrize("create", SERVICES)
async def test_head_is_answered_as_get_without_the_body(
    create: Callable[[], FastAPI], settings: Settings, redis: Redis, database: Databases
) -> None:
    async with ready(create, settings) as http:
        for path in ("/health/live", "/openapi.json", "/v1/timeline/family/nobody"):
            asked, told = await http.get(path), await http.head(path)
            assert told.status_code == asked.status_code, path
            assert told.headers["content-length"] == asked.headers["content-length"]
            assert told.content == b""
        assert (await http.head("/v1/reports")).status_code in (404, 405)


async def test_who_asks_for_the_head_of_a_family_with_names_is_on_record(
    door: httpx.AsyncClient, settings: Settings, database: Databases
) -> None:
    family = (await door.post("/v1/reports", json=REPORT)).json()["familyId"]
    async with ready(intake.create, settings) as staff:
        assert (await staff.head(f"/v1/families/{family}")).status_code == 200
    reads = await database("intake")["reads"].find().to_list(None)
    assert [each["subjects"] for each in reads] == [[f"family/{family}"]]


def cursor(value: Any) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()


ODD = [
    {"cursor": ""},
    {"cursor": "ñ"},
    {"cursor": cursor([2**63, "x"])},
    {"cursor": cursor([-(2**63) - 1, "x"])},
    {"cursor": cursor([10**100, "x"])},
    {"cursor": cursor([1.5, "x"])},
    {"cursor": cursor([True, "x"])},
    {"cursor": cursor([["x"], "x"])},
    {"cursor": cursor([{"$gt": 1}, "x"])},
    {"cursor": cursor([1, 1])},
    {"cursor": cursor([1])},
    {"cursor": cursor(None)},
    {"cursor": cursor([1, "\ud800"])},
    {"cursor": cursor([float("nan"), "x"])},
    {"limit": 10**30},
    {"limit": "9" * 5000},
    {"limit": -1},
    {"limit": ""},
    {"limit": "1.5"},
    {"district": ""},
    {"district": "60105"},
    {"district": "069999"},
    {"district": "٠٦٠١٠١"},
    {"district": "060101\x00"},
    {"district": "*"},
]


@pytest.mark.parametrize(("create", "path"), LISTS)
async def test_odd_questions_of_staff_are_refused_by_name(
    create: Callable[[], FastAPI], path: str, settings: Settings, redis: Redis, database: Databases
) -> None:
    async with ready(create, settings) as http:
        for odd in ODD:
            answer = await http.get(path, params=odd)
            assert answer.status_code == 422, (odd, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await http.get(path, params={"district": "060101", "cursor": cursor([1, "\x00"])})).status_code == 200


@pytest.mark.parametrize("create", SERVICES)
async def test_odd_names_are_of_nobody(
    create: Callable[[], FastAPI], settings: Settings, redis: Redis, database: Databases
) -> None:
    async with ready(create, settings) as http:
        for name in ("%00", "a%00b", "%ED%A0%80", "%FF", "$where", "..%2F..", "x" * 5000, "%F0%9F%98%80", "."):
            for place in ("families", "children", "timeline/family", "timeline/child", "timeline"):
                answer = await http.get(f"/v1/{place}/{name}")
                assert answer.status_code < 500, (place, name)


async def test_odd_counts_of_causes_are_refused(settings: Settings, redis: Redis, database: Databases) -> None:
    async with ready(notifications.create, settings) as http:
        for causes in ("9" * 5000, "0", "-1", "", "true", "1e3"):
            answer = await http.post("/v1/notifications/f1:social_worker/acknowledge", params={"causes": causes})
            assert answer.status_code == 422, causes


async def test_whether_child_ids_are_unique_is_what_a_key_of_the_source_says(database: Databases) -> None:
    intake_database = database("intake")
    await intake_database[KEYS].insert_one({"_id": "old", "source": "old", "rate": None, "revoked": None})
    await add_key(intake_database, "registry", child_ids="unique")
    await add_key(intake_database, "clinic")
    senders = Senders(intake_database)
    assert [await senders.unique_child_ids(each) for each in ("registry", "clinic", "old", "nobody", "/clinic")] == [
        True,
        False,
        False,
        False,
        False,
    ]
    with pytest.raises(OtherChildIds, match=r"^The first key of clinic says that its child ids are family"):
        await add_key(intake_database, "clinic", child_ids="unique")


async def test_a_key_of_before_child_ids_were_told_leaves_the_operator_free_to_say_what_they_are(
    database: Databases,
) -> None:
    intake_database = database("intake")
    await intake_database[KEYS].insert_one({"_id": "old", "source": "old", "rate": None, "revoked": None})
    await add_key(intake_database, "old", child_ids="unique")
    assert await Senders(intake_database).unique_child_ids("old")
