"""What others wrote has no power over the terminal of an operator: no command prints it but as plain letters."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from typer.testing import CliRunner

from ops.commands import demo
from ops.commands.cli import app
from ops.commands.screen import console
from ops.commands.send import Sent
from ops.servers.place import SERVICES
from ops.servers.processes import LOCALHOST
from services.intake.store.issued import ISSUED
from services.intake.store.keys import KEYS
from shared.mongo import Database
from shared.streams import leases
from shared.streams.dead import DEAD
from tests.clusters.outside import command
from tests.conftest import Servers
from tests.integration.serving import REPORT
from tests.signing import PAIR

with_planted = pytest.mark.parametrize("settings", ["motor"], indirect=True, scope="session")
"""Which driver a test writes with is nothing to the commands."""

CLIPBOARD, TURNED, BELL, CSI = "\x1b]52;c;ZXZpbA==", "\u202e", "\x07", "\x9b31m"
EVIL = f"x{CLIPBOARD}{BELL}{TURNED}{CSI}\r[red]:skull:"
LETTER = f"reports/{EVIL}"
MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


def is_plain(printed: str) -> bool:
    """Colours are ours; whatever else a terminal would obey is not there."""
    return not [each for each in ("\x1b]", BELL, TURNED, "\x9b", "\u202d", "\u2066") if each in printed]


@pytest.fixture
async def planted(
    servers: Servers, database: Callable[[str], Database], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers in which somebody has written in every place that a command reads."""
    monkeypatch.setenv("AYLLU_MONGO_URL", servers.mongo_url)
    monkeypatch.setenv("AYLLU_REDIS_URL", servers.redis_url)
    monkeypatch.setenv("AYLLU_TOKEN_KEY", PAIR.key)
    monkeypatch.setenv("FORCE_COLOR", "1")
    for service in SERVICES:
        await database(service)[DEAD].insert_one(a_letter())
    await database("intake")[KEYS].insert_one(
        {"_id": EVIL, "source": EVIL, "rate": None, "childIds": EVIL, "created": MOMENT, "revoked": None}
    )
    await database("intake")[ISSUED].insert_one(an_issued_token())
    for group in SERVICES:
        await redis.set(leases._key(group, 0), EVIL)
    for stream in ("reports", "intake", "intake.0", "care.0", "education.0"):
        await redis.xadd(stream, {EVIL: EVIL})
    await redis.xgroup_create("intake.0", EVIL, "0")


def a_letter() -> dict[str, Any]:
    fields = [[EVIL.encode(), EVIL.encode()], [b"\x1b]52;c;x\x07\xff", b"\x9b\xff\n" + EVIL.encode()]]
    told = {"stream": EVIL, "entry": EVIL, "bytes": 1, "sha256": EVIL, "reason": EVIL, "attempts": 1, "at": MOMENT}
    return {"_id": LETTER, "fields": fields, **told}


def an_issued_token() -> dict[str, Any]:
    told = {"staff": EVIL, "role": EVIL, "districts": [EVIL], "by": EVIL, "account": EVIL}
    return {"_id": EVIL, **told, "at": MOMENT, "until": MOMENT, "revoked": {"at": MOMENT, "by": EVIL}}


COMMANDS = [
    ("dead", "list"),
    *(("dead", "show", service, LETTER) for service in SERVICES),
    ("dead", "show", "intake", EVIL),
    ("dead", "show", EVIL, LETTER),
    ("dead", "retry", "care", LETTER),
    ("dead", "discard", "care", LETTER),
    ("dead", "discard", "care", EVIL),
    ("keys", "list"),
    ("keys", "add", EVIL),
    ("keys", "revoke", EVIL),
    ("keys", "revoke", f"{EVIL}y"),
    ("status",),
    ("status", "--partitions"),
    ("status", "--json"),
    ("token", "issue", "--role", "supervisor", "--district", EVIL, "--staff", "ana"),
    ("token", "issue", "--role", "supervisor", "--district", "*", "--staff", EVIL),
    ("token", "issue", "--role", "supervisor", "--district", "*", "--staff", "ana", "--by", EVIL),
    ("token", "revoke", "--staff", EVIL),
    ("token", "revoke", "--jti", EVIL),
    ("token", "list"),
    ("token", "list", "--all"),
    ("replay", EVIL),
    ("replay", "care", "--from", EVIL),
    ("refold", EVIL),
    ("send", EVIL),
    ("up", "--replicas", EVIL),
]


@with_planted
@pytest.mark.usefixtures("planted")
async def test_no_command_prints_what_a_terminal_would_obey(tmp_path: Path) -> None:
    for words in COMMANDS:
        done = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--data", str(tmp_path)])
        assert done.output, words
        assert is_plain(done.output), (words, done.output)
        assert isinstance(done.exception, SystemExit | None), words


@with_planted
@pytest.mark.usefixtures("planted")
async def test_what_is_escaped_can_still_be_read(tmp_path: Path) -> None:
    shown = await command("dead", "show", "intake", LETTER, "--data", tmp_path)
    listed = await command("keys", "list", "--data", tmp_path)
    for done in (shown, listed):
        assert (done.code, r"x\u001b]52;c;ZXZpbA==\u0007\u202e\u009b31m\u000d[red]:skull:" in done.output) == (0, True)


FILES = {
    "a.ndjson": json.dumps({**REPORT, "urgency": EVIL, EVIL: 1, "children": [{EVIL: EVIL}]}),
    "b.ndjson": EVIL,
    "a.csv": f"reportId,{json.dumps(EVIL)[1:-1]}{TURNED}\n1,2\n",
    "b.csv": f"reportId,district,urgency\n1,{TURNED}{CSI},{TURNED}\n",
}


@pytest.mark.parametrize("name", FILES)
async def test_a_file_has_no_power_over_the_terminal(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(FILES[name])
    done = await command("send", path, "--check")
    assert (done.code, is_plain(done.output)) == (1, True), done.output


ANSWERS = {
    "a refusal": (400, json.dumps({"detail": EVIL}, ensure_ascii=False)),
    "no document": (400, EVIL),
    "a line": (200, json.dumps({"status": 422, "detail": EVIL}, ensure_ascii=False)),
    "fields": (200, json.dumps({"status": 422, "errors": [{"field": EVIL, "accepted": EVIL}]}, ensure_ascii=False)),
    "differences": (200, json.dumps({"status": 409, "differences": [EVIL, "children.0.name"]}, ensure_ascii=False)),
}


@pytest.mark.parametrize(("status", "body"), ANSWERS.values(), ids=ANSWERS)
async def test_what_pretends_to_be_intake_has_no_power_over_the_terminal(
    status: int, body: str, tmp_path: Path
) -> None:
    path, key = tmp_path / "a.ndjson", tmp_path / "key"
    path.write_text(json.dumps(REPORT))
    key.write_text("ayllu_x")
    async with pretending(status, body) as address:
        done = await command("send", path, "--to", address, "--key-file", key)
    assert (done.code, is_plain(done.output)) == (1, True), done.output


async def test_the_demonstration_has_no_power_over_the_terminal_either() -> None:
    entry = {"way": "said", "type": EVIL, "time": EVIL, "data": {"reason": EVIL, "concerns": [EVIL]}}
    answer = {"familyId": "f", "riskLevel": EVIL, "reasons": [{"rule": EVIL, "en": EVIL}], "events": [{"type": EVIL}]}
    async with pretending(200, json.dumps([entry], ensure_ascii=False)) as address:
        place = {**dict.fromkeys(SERVICES, address), "staffToken": "t"}
        with console.capture() as printed:
            await demo._stories(place, Sent(answers=[answer]))
    assert "\\u202e" in printed.get()
    assert is_plain(printed.get())


@asynccontextmanager
async def pretending(status: int, body: str) -> AsyncIterator[str]:
    """An address that answers everything with this."""
    content = body.encode()
    head = f"HTTP/1.1 {status} x\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).lower()
        if b"content-length: " in asked:
            await reader.readexactly(int(asked.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        writer.write(head.encode() + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, LOCALHOST, 0)
    try:
        yield f"http://{LOCALHOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
