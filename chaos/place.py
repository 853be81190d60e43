"""The place of a run: servers on small disks, kept running; proxies before them; `ayllu up` behind those; clocks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from redis.asyncio import Redis

from chaos.clock import Clocks, NoCompiler
from chaos.disk import Disk, MayNotMount, small_disk
from chaos.proxy import Proxy
from chaos.senders import Sender
from ops.servers.children import server_child, service_child
from ops.servers.embedded import USER, MongoServer, RedisServer
from ops.servers.place import SERVICES, http_client, running
from ops.servers.processes import LOCALHOST, free_port, private_folder
from ops.servers.supervisor import Supervisor
from services.intake.store.keys import add_key
from shared.mongo import Client, close, connect
from shared.settings import Settings
from shared.streams.redis import redis_client
from tests.clusters.outside import QUICK, launched

SOURCES = ("municipality", "clinic", "school")
SERVERS = ("redis", "mongo")


@dataclass
class Place:
    """One Ayllu of real processes, and the means to cause faults in it."""

    folder: Path
    supervisor: Supervisor
    """Of Redis and mongod; the services have that of `ayllu up`."""

    proxies: dict[str, Proxy]
    """Before `redis`, `mongo` and `intake`."""

    disks: dict[str, Disk]
    """By server; empty where no file system may be mounted."""

    clocks: Clocks | None
    """None where there is no compiler."""

    redis: Redis
    mongo: Client
    """Clients that do not go through the proxies."""

    http: httpx.AsyncClient
    senders: list[Sender] = field(default_factory=list)
    doors: list[str] = field(default_factory=list)
    """Where reports may be sent."""

    @property
    def data(self) -> Path:
        """The folder of `ayllu up`."""
        return self.folder / "ayllu"

    @property
    def running(self) -> dict[str, Any]:
        """running.json as it is now."""
        return running(self.data)

    async def pid(self, name: str) -> int:
        """The process of a server or service, as soon as one runs."""
        while True:
            pids = {**self.running["pids"], **self.supervisor.pids}
            if name in pids:
                return int(pids[name])
            await asyncio.sleep(0.05)  # a file is read: nobody tells that it was written

    @asynccontextmanager
    async def replica(self, service: str) -> AsyncIterator[Supervisor]:
        """Another process of a service, ready inside the block, stopped at its end."""
        supervisor, port = Supervisor(lambda _: None), free_port()
        child = service_child(f"{service}-2", port, self.data, self.http)
        door = f"http://{LOCALHOST}:{port}"
        try:
            await supervisor.start(replace(child, environment={**(child.environment or {}), **QUICK}))
            if service == "intake":
                self.doors.append(door)
            yield supervisor
        finally:
            if door in self.doors:
                self.doors.remove(door)
            await supervisor.stop()


@asynccontextmanager
async def place(folder: Path, megabytes: Mapping[str, int], at_end: Callable[[], object]) -> AsyncIterator[Place]:
    """Everything running, inside the block. `megabytes` are the sizes of the servers' disks; `at_end` is called when
    everything has stopped and the disks are still there."""
    async with AsyncExitStack() as stack:
        disks = _disks(stack, private_folder(private_folder(folder) / "servers"), megabytes)
        stack.callback(at_end)
        clocks = _clocks(folder / "clocks")
        redis, mongo = RedisServer(folder / "servers"), MongoServer(folder / "servers", small_disk=bool(disks))
        supervisor = await _kept_running(stack, redis, mongo)
        proxies = {"redis": await _proxy(stack, redis.port), "mongo": await _proxy(stack, mongo.port)}
        urls = _through(redis, proxies["redis"].port, mongo, proxies["mongo"].port)
        await stack.enter_async_context(launched(folder / "ayllu", **urls, **(clocks.environment if clocks else {})))
        proxies["intake"] = await _proxy(stack, int(running(folder / "ayllu")["intake"].rpartition(":")[2]))
        found = Settings(redis_url=SecretStr(redis.url), mongo_url=SecretStr(mongo.url))
        http = http_client(limits=httpx.Limits(max_connections=None))
        made = Place(folder, supervisor, proxies, disks, clocks, redis_client(found), connect(found), http)
        stack.push_async_callback(_let_go, made)
        made.doors.append(f"http://{LOCALHOST}:{proxies['intake'].port}")
        made.senders += [Sender(each, await add_key(made.mongo["intake"], each)) for each in SOURCES]
        yield made


async def _kept_running(stack: AsyncExitStack, *servers: RedisServer | MongoServer) -> Supervisor:
    supervisor = Supervisor(lambda _: None)
    stack.push_async_callback(supervisor.stop)
    for server in servers:
        server.prepare()
    await supervisor.start(*(server_child(server) for server in servers))
    return supervisor


def _through(redis: RedisServer, redis_port: int, mongo: MongoServer, mongo_port: int) -> dict[str, str]:
    """The servers' addresses by way of these ports.

    With a replica set in the address, the driver would ask for its members and connect to them, past the proxy.
    """
    direct = f"{USER}:{mongo.password}@{LOCALHOST}:{mongo_port}/?authSource=admin&directConnection=true"
    return {
        "AYLLU_REDIS_URL": f"redis://:{redis.password}@{LOCALHOST}:{redis_port}/0",
        "AYLLU_MONGO_URL": f"mongodb://{direct}",
    }


def _disks(stack: AsyncExitStack, folder: Path, megabytes: Mapping[str, int]) -> dict[str, Disk]:
    try:
        return {name: stack.enter_context(small_disk(folder / name, size)) for name, size in megabytes.items()}
    except MayNotMount:
        return {}


def _clocks(folder: Path) -> Clocks | None:
    try:
        return Clocks(folder, SERVICES)
    except NoCompiler:
        return None


async def _proxy(stack: AsyncExitStack, port: int) -> Proxy:
    made = Proxy(port)
    await made.start()
    stack.push_async_callback(made.close)
    return made


async def _let_go(place: Place) -> None:
    await place.http.aclose()
    await place.redis.aclose()
    await close(place.mongo)
