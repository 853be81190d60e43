"""An Ayllu of real processes, driven as its users drive it: HTTP, Redis, the `ayllu` command, running.json."""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis

from ops.place import SERVICES, running
from ops.processes import is_free, tied
from shared.events import EVENT_FIELD, Role
from shared.mongo import Client, Database, close, connect
from shared.redis import redis_client
from shared.settings import Settings
from tests.factories import PRIVATE
from tests.waiting import eventually

AYLLU = Path(sys.executable).with_name("ayllu")
QUICK = {"AYLLU_CLAIM_IDLE_SECONDS": "1", "AYLLU_SWEEP_SECONDS": "0.5"}
"""What a crash leaves is taken over sooner than in earnest, so that tests need not wait."""

SPELLINGS = {spelling.encode() for word in PRIVATE for spelling in (word, json.dumps(word)[1:-1])}
"""What is private in a report, as it is written plainly and in JSON."""

START_SECONDS = 60
STOP_SECONDS = 40
EVERYWHERE = "*"


class Ended(NamedTuple):
    """A command that has ended: its exit code, and all it printed."""

    code: int
    output: str


class Ayllu:
    """One running Ayllu: its addresses, its servers and its command."""

    def __init__(self, folder: Path, process: asyncio.subprocess.Process) -> None:
        self.folder = folder
        self.screen = _screen(folder)
        self.process = process
        self.http = httpx.AsyncClient(timeout=30)
        place = self.place
        found = Settings(redis_url=SecretStr(place["redis"]), mongo_url=SecretStr(place["mongo"]))
        self.redis: Redis = redis_client(found)
        self.mongo: Client = connect(found)
        self._tokens: dict[tuple[Role, str], str] = {}

    @property
    def place(self) -> dict[str, Any]:
        """running.json as it is now."""
        return running(self.folder)

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by name."""
        return dict(self.place["pids"])

    def database(self, service: str) -> Database:
        """A service's own database."""
        return self.mongo[service]

    async def post(self, report: Mapping[str, Any], key: str | None = None) -> httpx.Response:
        """Send one report."""
        return await self.http.post(f"{self.place['intake']}/v1/reports", json=report, headers=self._sender(key))

    async def send(
        self, path: str, content: bytes | str, key: str | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send intake a body as it is."""
        return await self.http.post(
            f"{self.place['intake']}{path}", content=content, headers={**self._sender(key), **(headers or {})}
        )

    async def add(self, stream: str, event: str | bytes, field: str = EVENT_FIELD) -> str:
        """XADD, as an outsider does; returns the id of the entry."""
        entry: Any = await self.redis.xadd(stream, {field: event})
        return str(entry.decode())

    async def get(self, service: str, path: str, token: str | None = None) -> httpx.Response:
        """Read with a staff token: that of running.json, unless another is given."""
        headers = {"Authorization": f"Bearer {token or self.place['staffToken']}"}
        return await self.http.get(f"{self.place[service]}{path}", headers=headers)

    async def read(self, service: str, path: str) -> Any:
        """What a read answers; it must succeed."""
        response = await self.get(service, path)
        assert response.status_code == 200, (service, path, response.status_code)
        return response.json()

    async def command(self, *words: str | Path, within: float = 60) -> Ended:
        """Run `ayllu …` for this instance."""
        return await command(*words, "--data", self.folder, within=within)

    async def token(self, role: Role, district: str = EVERYWHERE) -> str:
        """A staff token for Ana, from `ayllu token`."""
        if (role, district) not in self._tokens:
            made = await self.command("token", "--role", role.value, "--district", district, "--staff", "ana")
            assert made.code == 0, made.output
            self._tokens[role, district] = made.output.strip()
        return self._tokens[role, district]

    async def ready(self) -> None:
        """Wait until every service is."""
        await eventually(self._all_ready, within=START_SECONDS, every=0.1)

    async def restarted(self, name: str, how: signal.Signals) -> None:
        """End the process of this name, and wait until another has taken its place and works."""
        before = self.pids[name]
        os.kill(before, how)
        await eventually(lambda: self.pids.get(name, before) != before, within=30, every=0.05)
        await self.ready()

    async def close(self) -> None:
        """Let go of the connections."""
        await self.http.aclose()
        await self.redis.aclose()
        await close(self.mongo)

    async def _all_ready(self) -> bool:
        answers = [await self.http.get(f"{self.place[name]}/health/ready") for name in SERVICES]
        assert all(each.status_code == 200 for each in answers), [each.text for each in answers]
        return True

    def _sender(self, key: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {key or self.place['senderKey']}"}


@asynccontextmanager
async def up(folder: Path, *options: str, **environment: str) -> AsyncIterator[Ayllu]:
    """`ayllu up`, ready inside the block, asked to end at its end."""
    words = ("up", "--data", str(folder), "--port-base", str(free_port_base()), *options)
    with _screen(folder).open("ab") as screen:
        process = await asyncio.create_subprocess_exec(
            *tied([str(AYLLU), *words], signal.SIGTERM),
            env={**os.environ, **QUICK, **environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=screen,
            stderr=screen,
        )
    try:
        await eventually(lambda: process.returncode is not None or (folder / "running.json").exists(), START_SECONDS)
        assert process.returncode is None, f"ayllu up ended: {_screen(folder).read_text()[-2000:]}"
        ayllu = Ayllu(folder, process)
        try:
            yield ayllu
        finally:
            await ayllu.close()
    finally:
        await ended(process)
    assert logs_with_names(folder) == []


def logs_with_names(folder: Path) -> list[str]:
    """The logs of an instance, what it printed included, in which anything private of a report is found."""
    logs = [*(folder / "logs").iterdir(), _screen(folder)]
    return [path.name for path in logs if named([path.read_bytes()])]


def named(texts: Iterable[bytes]) -> bool:
    """Whether anything private of a report is found in one of these."""
    return any(spelling in text for text in texts for spelling in SPELLINGS)


async def ended(process: asyncio.subprocess.Process, how: signal.Signals = signal.SIGTERM) -> int:
    """Ask a process to end and wait; what does not listen is ended by force."""
    if process.returncode is None:
        process.send_signal(how)
    try:
        return await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        return await process.wait()


async def command(*words: str | Path, within: float = 60) -> Ended:
    """Run `ayllu …` to its end."""
    process = await asyncio.create_subprocess_exec(
        *tied([str(AYLLU), *map(str, words)], signal.SIGTERM),
        env={**os.environ, "COLUMNS": "300"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), within)
    except TimeoutError:
        await ended(process)
        raise
    return Ended(int(process.returncode or 0), printed.decode())


def free_port_base(ports: int = 29) -> int:
    """A port base above which the ports of an instance, of three replicas each, are free."""
    bases = random.sample(range(20_000, 30_000, 30), 200)
    return next(base for base in bases if all(is_free(base + number) for number in range(1, ports + 1)))


def alive(pids: Iterable[int]) -> list[int]:
    """Those of the processes that still run."""
    return [pid for pid in pids if _runs(pid)]


def _screen(folder: Path) -> Path:
    """What `ayllu up` prints is kept beside its folder."""
    return folder.with_suffix(".screen")


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
