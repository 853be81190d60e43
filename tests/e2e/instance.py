"""An Ayllu of real processes, driven as its users drive it: HTTP, Redis, the `ayllu` command, running.json."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis

from ops.servers.place import SERVICES, running
from shared.events import EVENT_FIELD, LISTENERS, Role
from shared.mongo import Client, Database, close, connect
from shared.settings import Settings
from shared.streams.redis import redis_client
from tests.clusters.outside import Ended, command, launched, screen
from tests.factories import PRIVATE
from tests.waiting import eventually

SPELLINGS = {spelling.encode() for word in PRIVATE for spelling in (word, json.dumps(word)[1:-1])}
"""What is private in a report, as it is written plainly and in JSON."""

START_SECONDS = 60
EVERYWHERE = "*"


class Ayllu:
    """One running Ayllu: its addresses, its servers and its command."""

    def __init__(self, folder: Path, process: asyncio.subprocess.Process) -> None:
        self.folder = folder
        self.screen = screen(folder)
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

    async def taken(self, stream: str, *services: str) -> bool:
        """Whether these services, or all who listen, have read all of a stream and acknowledged it."""
        last = (await self.redis.xinfo_stream(stream))["last-generated-id"]
        groups = {each["name"].decode(): each for each in await self.redis.xinfo_groups(stream)}
        told = [groups[service] for service in services or LISTENERS[stream]]
        return all(each["last-delivered-id"] == last and not each["pending"] for each in told)

    async def get(self, service: str, path: str, token: str | None = None) -> httpx.Response:
        """Read with a staff token: that of running.json, unless another is given."""
        headers = {"Authorization": f"Bearer {token or self.place['staffToken']}"}
        return await self.http.get(f"{self.place[service]}{path}", headers=headers)

    async def read(self, service: str, path: str) -> Any:
        """What a read answers; it must succeed."""
        response = await self.get(service, path)
        assert response.status_code == 200, (service, path, response.status_code)
        return response.json()

    async def command(self, *words: str | Path, within: float = 60, given: str = "") -> Ended:
        """Run `ayllu …` for this instance, with what is given on its standard input."""
        return await command(*words, "--data", self.folder, within=within, given=given)

    async def token(self, role: Role, district: str = EVERYWHERE) -> str:
        """A staff token for Ana, from `ayllu token issue`."""
        if (role, district) not in self._tokens:
            made = await self.command("token", "issue", "--role", role.value, "--district", district, "--staff", "ana")
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
    async with launched(folder, *options, **environment) as process:
        ayllu = Ayllu(folder, process)
        try:
            yield ayllu
        finally:
            await ayllu.close()
    assert logs_with_names(folder) == []


@contextmanager
def still(ayllu: Ayllu, *names: str) -> Iterator[None]:
    """These processes stand still inside the block, and go on after it."""
    pids = [ayllu.pids[each] for each in names]
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in alive(pids):
            os.kill(pid, signal.SIGCONT)


def logs_with_names(folder: Path) -> list[str]:
    """The logs of an instance, what it printed included, in which anything private of a report is found."""
    logs = [*(folder / "logs").iterdir(), screen(folder)]
    return [path.name for path in logs if named([path.read_bytes()])]


def named(texts: Iterable[bytes]) -> bool:
    """Whether anything private of a report is found in one of these."""
    return any(spelling in text for text in texts for spelling in SPELLINGS)


def alive(pids: Iterable[int]) -> list[int]:
    """Those of the processes that still run."""
    return [pid for pid in pids if _runs(pid)]


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
