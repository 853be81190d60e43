"""The servers that are written to: MongoDB through `Documents.fold`, Redis through `Publisher.publish`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pymongo.write_concern import WriteConcern
from redis.asyncio import Redis

from benchmarks.core import concerned
from benchmarks.durability.ways import Way
from benchmarks.events import fact_of
from ops.servers.embedded import Fsync, RedisServer
from ops.servers.processes import LOCALHOST, free_port
from services.care import app as care
from services.care import store
from shared.events import Event
from shared.folds.documents import Documents
from shared.mongo import Client, close, connect
from shared.settings import Settings
from shared.streams.publisher import Publisher
from tests.clusters.replica_set import ReplicaSet

STREAM, DATABASE = "intake", "care"
WAIT_MS = 1000

Write = Callable[[Sequence[Event]], Awaitable[object]]
"""Writes one batch, and returns once it is as safe as the setting says."""

Prepared = tuple[Write, Callable[[], Awaitable[object]], Mapping[str, int]]
"""Also: waits until every member has everything; and the processes of the servers."""


class Servers:
    """Replica sets of one and of three members; a Redis alone, and another that has a replica."""

    def __init__(
        self, sets: dict[int, ReplicaSet], clients: dict[int, Client], redis: dict[int, Sequence[RedisServer]]
    ) -> None:
        self._sets, self._clients, self._redis = sets, clients, redis

    @asynccontextmanager
    async def prepared(self, way: Way) -> AsyncIterator[Prepared]:
        """Empty, and set as this way says."""
        setting = way.setting
        of = self._mongo(way, setting) if isinstance(setting, WriteConcern) else self._stream(way, setting)
        async with of as prepared:
            await prepared[1]()
            yield prepared

    @asynccontextmanager
    async def _mongo(self, way: Way, concern: WriteConcern) -> AsyncIterator[Prepared]:
        client = self._clients[way.members]
        await client.drop_database(DATABASE)
        database = client.get_database(DATABASE, write_concern=concern)
        documents: Documents[Any] = Documents(database, care.fold(), f"/{DATABASE}", store.INDEXES)
        await documents.prepare()
        everywhere = client[DATABASE].get_collection("settled", write_concern=WriteConcern(way.members, j=False))

        async def write(batch: Sequence[Event]) -> object:
            return await documents.fold([(event, concerned(DATABASE, fact_of(event))) for event in batch])

        pids = {f"member {at}": each.pid for at, each in enumerate(self._sets[way.members].members)}
        yield write, lambda: everywhere.insert_one({}), pids

    @asynccontextmanager
    async def _stream(self, way: Way, fsync: Fsync) -> AsyncIterator[Prepared]:
        servers = self._redis[way.members]
        for server in servers:
            async with Redis.from_url(server.url) as client:
                await client.config_set("appendfsync", fsync)
                await client.config_set("auto-aof-rewrite-percentage", 0)  # a rewrite would be one setting's bad luck
        async with Redis.from_url(servers[0].url, single_connection_client=True) as primary:  # WAIT is of a connection
            await primary.flushall()
            publisher = Publisher(primary, STREAM)

            async def write(batch: Sequence[Event]) -> object:
                await publisher.publish(batch)
                return await primary.wait(way.wait, WAIT_MS) if way.wait else None

            pids = {f"member {at}": each.pid for at, each in enumerate(servers)}
            yield write, lambda: primary.wait(way.members - 1, WAIT_MS), pids


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[Servers]:
    """All of them, ended with the block."""
    async with AsyncExitStack() as stack:
        sets = {count: stack.enter_context(ReplicaSet(folder / f"mongo-{count}", count)) for count in (1, 3)}
        clients = {count: connect(Settings(mongo_url=SecretStr(each.url))) for count, each in sets.items()}
        for client in clients.values():
            stack.push_async_callback(close, client)
        names = ("alone", "primary", "replica")
        alone, primary, replica = (stack.enter_context(RedisServer(folder / name, free_port())) for name in names)
        with replica.client() as client_of_replica:
            client_of_replica.config_set("masterauth", primary.password)
            client_of_replica.replicaof(LOCALHOST, primary.port)
        yield Servers(sets, clients, {1: (alone,), 2: (primary, replica)})
