"""Events through `Publisher.publish`, with each way in which Redis keeps and copies them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from redis.asyncio import Redis

from benchmarks.durability.measure import Cell, Write, cell
from benchmarks.durability.ways import RedisWay
from ops.servers.embedded import RedisServer
from ops.servers.processes import LOCALHOST, free_port
from shared.events import Event
from shared.streams.publisher import Publisher

STREAM = "intake"
WAIT_MS = 1000


class RedisRuns:
    """A Redis alone, and another that has a replica."""

    def __init__(self, servers: dict[int, Sequence[RedisServer]]) -> None:
        self._servers = servers

    async def run(self, way: RedisWay, size: int, events: Sequence[Event], budget: float) -> Cell:
        """One setting with one size of batch, on an empty stream."""
        servers = self._servers[way.replicas]
        primary = Redis.from_url(servers[0].url, single_connection_client=True)  # WAIT is about its connection
        async with primary:
            for each in servers:
                await _configure(each, way)
            await primary.flushall()

            async def settle() -> None:
                await primary.wait(way.replicas, WAIT_MS)

            await settle()
            pids = [each.pid for each in servers]
            return await cell(way.title, size, events, budget, _publish(primary, way), settle, pids)


@contextmanager
def redis_runs(folder: Path) -> Iterator[RedisRuns]:
    """The servers, ended with the block."""
    with ExitStack() as stack:
        alone, primary, replica = (
            stack.enter_context(RedisServer(folder / name, free_port())) for name in ("alone", "primary", "replica")
        )
        with replica.client() as client:
            client.config_set("masterauth", primary.password)
            client.replicaof(LOCALHOST, primary.port)
        yield RedisRuns({0: (alone,), 1: (primary, replica)})


async def _configure(server: RedisServer, way: RedisWay) -> None:
    async with Redis.from_url(server.url) as client:
        await client.config_set("appendfsync", way.fsync)
        await client.config_set("auto-aof-rewrite-percentage", 0)  # a rewrite would be one setting's bad luck


def _publish(redis: "Redis", way: RedisWay) -> Write:
    publisher = Publisher(redis, STREAM)

    async def write(batch: Sequence[Event]) -> object:
        await publisher.publish(batch)
        return await redis.wait(way.wait, WAIT_MS) if way.wait else None

    return write
