"""`ayllu up`: starts servers and services in order, keeps them running, stops them cleanly; see `running.json`."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from ops.servers.children import SERVER_URLS, server_child, service_child
from ops.servers.folder import Folder
from ops.servers.place import SERVICES, http_client
from ops.servers.processes import LOCALHOST, DidNotStart, account, is_free
from ops.servers.supervisor import Supervisor
from ops.servers.tokens import issue
from services.intake.app import programme
from services.intake.store.keys import Senders, add_key
from shared.events import Role
from shared.mongo import Client, close, connect
from shared.settings import Settings
from shared.trouble import TROUBLE
from shared.web.access import EVERYWHERE
from shared.web.problems import Problem
from shared.web.signing import Signer, member
from shared.web.tokens import MOST_HOURS

READY_SECONDS = 60
RENEW_SECONDS = MOST_HOURS * 3600 / 2
"""The staff token of `running.json` is made anew at half its life."""

RENEW_AGAIN_SECONDS = 60
PORTS_WAIT_SECONDS = 3
GRACE_SECONDS = 45
"""Uvicorn's 20 for requests, then 15 for the batch in hand, then its outbox."""

Say = Callable[[str], object]


async def up(
    data: Path,
    *,
    port_base: int = 8000,
    replicas: dict[str, int] | None = None,
    on_ready: Callable[[], object] = lambda: None,
    say: Say = print,
) -> None:
    """Run everything until SIGTERM, or until cancelled as Ctrl-C does. Raises DidNotStart, NoServer, WrongRules."""
    stopping = asyncio.Event()
    async with _stopped_by_signals(stopping), _house(data, say) as house:
        starting = asyncio.create_task(house.start(_ports(port_base, replicas or {})))
        await _first(starting, stopping)
        if not stopping.is_set():
            on_ready()
        pause: float = RENEW_SECONDS
        while not await _is_set(stopping, within=pause):
            pause = RENEW_SECONDS if await house.renew() else RENEW_AGAIN_SECONDS
    say("everything is stopped")


def _ports(base: int, replicas: Mapping[str, int]) -> dict[str, int]:
    """Each process by name, the first of each service before the second of any, and its port."""
    if unknown := set(replicas) - set(SERVICES):
        raise DidNotStart(f"There is no service {', '.join(sorted(unknown))}; there are {', '.join(SERVICES)}.")
    return {
        service if replica == 1 else f"{service}-{replica}": base + 10 * (replica - 1) + number
        for replica in range(1, max(1, *replicas.values(), 1) + 1)
        for number, service in enumerate(SERVICES, 1)
        if replica <= replicas.get(service, 1)
    }


async def _is_set(stopping: asyncio.Event, within: float) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), within)
    return stopping.is_set()


@asynccontextmanager
async def _stopped_by_signals(stopping: asyncio.Event) -> AsyncIterator[None]:
    loop, signals = asyncio.get_running_loop(), (signal.SIGTERM, signal.SIGHUP)
    for each in signals:
        loop.add_signal_handler(each, stopping.set)
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)


async def _first(work: "asyncio.Task[None]", stopping: asyncio.Event) -> None:
    """Until the work is done or it is time to stop; whatever the work raises is raised here."""
    waiting = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait((work, waiting), return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            await work
    finally:
        for task in (work, waiting):
            task.cancel()
        await asyncio.gather(work, waiting, return_exceptions=True)


@asynccontextmanager
async def _house(data: Path, say: Say) -> AsyncIterator["House"]:
    """A running Ayllu that is stopped and unlocked at the end, whatever happens."""
    folder = Folder(data)
    try:
        async with http_client(timeout=3) as http:
            house = House(folder, say, http)
            try:
                yield house
            finally:
                await house.stop()
    finally:
        folder.close()


class House:
    """The processes of one folder, and what is known about them."""

    def __init__(self, folder: Folder, say: Say, http: httpx.AsyncClient) -> None:
        self._folder = folder
        self._say = say
        self._http = http
        self._supervisor = Supervisor(self._changed, GRACE_SECONDS)
        self._running: dict[str, Any] = {}
        self._signer = Signer(folder.keep_keys())

    async def start(self, ports: Mapping[str, int]) -> None:
        """Servers, then services, then `running.json`. Raises DidNotStart, NoServer, WrongRules."""
        programme()  # before anything starts: a mistake in the file of rules is told here, not in a log
        await _free(ports)
        began = time.monotonic()
        urls = await self._start_servers()
        self._folder.keep_secret("ayllu_partitions", os.environ.get("AYLLU_PARTITIONS") or "1")  # for `ayllu replay`
        self._folder.hand_out()
        async with _database(urls["AYLLU_MONGO_URL"]) as client:
            key = await self._sender_key(client)
            token = await _token(client, self._signer)
        await self._supervisor.start(
            *(service_child(*each, self._folder.path, self._http) for each in ports.items()), within=READY_SECONDS
        )
        self._running = {
            **{name: f"http://{LOCALHOST}:{port}" for name, port in ports.items()},
            "redis": urls["AYLLU_REDIS_URL"],
            "mongo": urls["AYLLU_MONGO_URL"],
            "senderKey": key,
            "staffToken": token,
        }
        self.record()
        self._say(f"everything is ready after {time.monotonic() - began:.1f} s")

    def record(self) -> None:
        """Bring `running.json` up to date."""
        if not self._running:
            return
        pids = {**self._supervisor.pids, "ayllu": os.getpid()}
        try:
            self._folder.record({**self._running, "pids": pids})
        except OSError as error:
            self._say(f"running.json is not current: {error.strerror}")

    async def renew(self) -> bool:
        """Make the staff token of `running.json` anew; returns whether it could be, as MongoDB may be away."""
        try:
            async with _database(self._running["mongo"]) as client:
                self._running["staffToken"] = await _token(client, self._signer)
        except TROUBLE as error:
            self._say(f"the staff token of running.json is not renewed yet: {type(error).__name__}")
            return False
        self.record()
        return True

    async def stop(self) -> None:
        """Services first, then servers."""
        self._running = {}
        await self._supervisor.stop()

    def _changed(self, text: str) -> None:
        with suppress(OSError):  # nobody may be listening any more: ayllu up | head
            self._say(text)
        self.record()

    async def _start_servers(self) -> dict[str, str]:
        """Those the environment does not name; returns the URLs of all."""
        urls = {name: os.environ[name] for name in SERVER_URLS if os.environ.get(name)}
        ours = {name: kind(self._folder.path) for name, kind in SERVER_URLS.items() if name not in urls}
        for server in ours.values():
            server.prepare()
        await self._supervisor.start(*(server_child(server) for server in ours.values()), within=READY_SECONDS)
        urls |= {name: server.url for name, server in ours.items()}
        for name, url in urls.items():
            self._folder.keep_secret(name.lower(), url)
        return urls

    async def _sender_key(self, client: Client) -> str:
        """The key of last time, if the database still knows it; else a new one."""
        key = self._folder.secret("sender_key")
        with suppress(Problem):
            await Senders(client["intake"], rate=1, burst=1).who(key or "")
            return key or ""
        return self._folder.keep_secret("sender_key", await add_key(client["intake"], source="demo"))


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Client]:
    client = connect(Settings(mongo_url=SecretStr(url)))
    try:
        yield client
    finally:
        await close(client)


async def _token(client: Client, signer: Signer) -> str:
    operator = member("operator", Role.SUPERVISOR, (EVERYWHERE,))
    return await issue(client, signer, operator, MOST_HOURS, by=account())


async def _free(ports: Mapping[str, int]) -> None:
    """Raises DidNotStart for a port in use; waits a little for one that was killed a moment ago."""
    deadline = time.monotonic() + PORTS_WAIT_SECONDS
    while taken := {name: port for name, port in ports.items() if not is_free(port)}:
        if time.monotonic() > deadline:
            listed = ", ".join(f"{port} (for {name})" for name, port in taken.items())
            raise DidNotStart(f"In use by another program: port {listed}. Choose others with --port-base.")
        await asyncio.sleep(0.1)
