"""Headers and errors of every door: nothing personal is kept on the way, and nothing that was sent comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from redis.asyncio import Redis

from ops.servers.processes import LOCALHOST, free_port
from services.care import app as care
from services.education import app as education
from services.intake import app as intake
from services.notifications import app as notifications
from shared.mongo import Database
from shared.settings import Settings
from shared.web import problems
from shared.web.connections import MOST_HEAD_BYTES, PatientProtocol
from tests.integration.serving import REPORT, served
from tests.waiting import eventually

Databases = Callable[[str], Database]
SERVICES = [intake.create, education.create, care.create, notifications.create]
IMPERSONAL = ("/health/live", "/health/ready", "/metrics", "/docs", "/openapi.json", "/asyncapi")
STATIC = "/static-offline-docs/swagger-ui.css"
EVIL = "evil.example"
MARK = "Rosa-Quispe-Mamani"
HOSTILE: Mapping[str, str] = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "Forwarded": f"host={EVIL}",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/{MARK}",
    "Cookie": f"a={MARK}",
    "Content-Type": f"text/{MARK}",
    "Accept": MARK,
    "ce-type": MARK,
    "ce-specversion": MARK,
    "traceparent": MARK,
}
PATHS = [
    f"/{MARK}",
    f"/v1/{MARK}%0d%0aSet-Cookie:%20a=b",
    f"/v1/families/{MARK}%1b]52;c;x%07",
    f"/v1/timeline/family/{MARK}%e2%80%ae",
    f"/v1/inbox/{MARK}",
    f"//{EVIL}/{MARK}",
    f"/v1/children?cursor={MARK}&district={MARK}&limit={MARK}",
    f"/v1/inbox?cursor={MARK}&limit={MARK}&{MARK}=1",
]


@asynccontextmanager
async def ready(create: Callable[[], FastAPI], settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with served(create, settings) as http:
        await eventually(lambda: _is_ready(http))
        yield http


async def _is_ready(http: httpx.AsyncClient) -> bool:
    return (await http.get("/health/ready")).status_code == 200


def careful(answer: httpx.Response) -> bool:
    return (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


async def test_what_may_be_personal_is_kept_by_nobody_on_the_way(door: httpx.AsyncClient, settings: Settings) -> None:
    taken = await door.post("/v1/reports", json=REPORT)
    changed = await door.post("/v1/reports", json={**REPORT, "urgency": "low"})
    batch = await door.post("/v1/reports:batch", content="{}")
    assert [each.status_code for each in (taken, changed, batch)] == [202, 409, 200]
    async with ready(intake.create, settings) as staff:
        family = f"/v1/families/{taken.json()['familyId']}"
        told = [await staff.get(family), await staff.head(family), await staff.get("/v1/timeline/family/nobody")]
    assert [each.status_code for each in told] == [200, 200, 404]
    assert all(careful(each) for each in (taken, changed, batch, *told))


@pytest.mark.parametrize("create", SERVICES)
async def test_every_answer_says_what_it_is(
    create: Callable[[], FastAPI], settings: Settings, redis: Redis, database: Databases
) -> None:
    async with ready(create, settings) as http:
        for path in (*IMPERSONAL, STATIC):
            answer = await http.get(path)
            assert answer.status_code == 200, path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert "no-store" not in answer.headers.get("Cache-Control", ""), path
        for method, path in (("GET", "/nowhere"), ("DELETE", "/health/live"), ("GET", "/v1/inbox?limit=x")):
            answer = await http.request(method, path)
            assert answer.status_code >= 400
            assert careful(answer), (method, path)


async def test_a_fault_of_ours_is_answered_as_carefully(
    door: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.api.bodies.one_report", None)
    answer = await door.post("/v1/reports", json=REPORT)
    assert (answer.status_code, careful(answer)) == (500, True)


@pytest.mark.parametrize("create", SERVICES)
async def test_nobody_is_redirected_to_where_a_header_says(
    create: Callable[[], FastAPI], settings: Settings, redis: Redis, database: Databases
) -> None:
    async with ready(create, settings) as http:
        for path in ("/v1/inbox/", "/v1/children/", "/v1/families/", "/health/live/", "/docs/", "/static-offline-docs"):
            answer = await http.get(path, headers=HOSTILE)
            assert "Location" not in answer.headers, path
            assert answer.status_code == 404, path


@pytest.mark.parametrize("create", SERVICES)
async def test_nothing_of_a_hostile_request_comes_back(
    create: Callable[[], FastAPI], settings: Settings, redis: Redis, database: Databases
) -> None:
    async with ready(create, settings) as http:
        for path in PATHS:
            for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS"):
                answer = await http.request(method, f"http://ayllu{path}", headers=HOSTILE)
                told = (answer.text + repr(answer.headers.multi_items())).casefold()
                assert 400 <= answer.status_code < 500, (method, path)
                assert not [each for each in (MARK, EVIL, "\x1b", "\u202e") if each.casefold() in told], (method, path)


@pytest.mark.parametrize("path", ["/v1/reports", "/v1/reports:batch", "/v1/events"])
async def test_nothing_of_a_hostile_report_comes_back(door: httpx.AsyncClient, path: str) -> None:
    for body in (f'{{"{MARK}": 1, "{MARK}": 2}}', f'{{"reportId": "{MARK}\\u001b"}}', MARK, f"[{MARK}]"):
        for headers in (HOSTILE, {**HOSTILE, "Content-Encoding": MARK}, {**HOSTILE, "Authorization": f"Bearer {MARK}"}):
            answer = await door.post(path, content=body, headers=headers)
            assert MARK not in answer.text
            assert EVIL not in answer.text


async def test_documents_of_the_interfaces_are_told_only_where_they_are_open(
    settings: Settings, redis: Redis, database: Databases
) -> None:
    closed = settings.model_copy(update={"open_docs": Settings.model_fields["open_docs"].default})
    async with ready(intake.create, closed) as http:
        asked = ("/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json", "/asyncapi", STATIC)
        assert {(await http.get(path)).status_code for path in asked} == {404}
        assert (await http.get("/metrics")).status_code == 200


NO_HTTP = [
    f"\x16\x03\x01 {MARK}\r\n\r\n".encode(),
    f"GET /{MARK} HTTP/1.1\r\nHost: {EVIL}\r\n".encode().ljust(MOST_HEAD_BYTES + 1, b"x"),
    f"GET /\x1b]52;c;{MARK}\x07 HTTP/1.1\r\nHost: {EVIL}\r\nConnection: close\r\n\r\n".encode(),
]


async def test_who_speaks_no_http_is_told_so_as_carefully() -> None:
    async with listening() as port:
        for request in NO_HTTP:
            told = await refusal(port, request)
            head = told.casefold()
            assert head.startswith("http/1.1 4"), told
            assert "x-content-type-options: nosniff\r\n" in head
            assert "cache-control: no-store\r\n" in head
            assert not [each for each in (MARK, EVIL, "\x1b") if each in told]


@asynccontextmanager
async def listening() -> AsyncIterator[int]:
    """A port on which the protocol of the services answers, over an application that knows nothing."""
    app = FastAPI()
    problems.install(app)
    config = uvicorn.Config(app, port=free_port(), http=PatientProtocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    try:
        yield config.port
    finally:
        server.should_exit = True
        await serving


async def refusal(port: int, request: bytes) -> str:
    """What a connection is answered until it is hung up."""
    reader, writer = await asyncio.open_connection(LOCALHOST, port)
    try:
        writer.write(request)
        return (await reader.read()).decode()
    finally:
        writer.close()
