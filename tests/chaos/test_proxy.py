"""What a client meets whose connection to Redis is cut, and what Redis has done all the same."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError

from chaos.proxy import Proxy
from tests.conftest import Servers


@pytest.fixture
async def proxy(servers: Servers) -> AsyncIterator[Proxy]:
    proxy = Proxy(int(servers.redis_url.rpartition(":")[2].partition("/")[0]))
    await proxy.start()
    yield proxy
    await proxy.close()


@pytest.fixture
async def client(servers: Servers, proxy: Proxy) -> AsyncIterator[Redis]:
    """A client that tries everything once, connected already."""
    port = servers.redis_url.rpartition(":")[2].partition("/")[0]
    url = servers.redis_url.replace(f":{port}/", f":{proxy.port}/")
    async with Redis.from_url(url, retry=Retry(NoBackoff(), 0), single_connection_client=True) as client:
        await client.ping()
        yield client


async def test_left_alone_it_passes_everything_on(client: Redis) -> None:
    await client.set("long", "x" * 1_000_000)
    assert len(await client.get("long")) == 1_000_000


async def test_a_lost_reply_looks_like_a_failure_and_the_work_is_done(
    client: Redis, proxy: Proxy, redis: Redis
) -> None:
    proxy.lose_replies(1)
    with pytest.raises(ConnectionError):
        await client.rpush("list", "once")
    assert proxy.lost == 1
    assert await redis.lrange("list", 0, -1) == [b"once"]


async def test_a_client_that_was_cut_off_connects_again(client: Redis, proxy: Proxy) -> None:
    proxy.cut()
    with pytest.raises(ConnectionError):
        await client.ping()
    assert await client.ping()


async def test_while_it_refuses_nobody_comes_through(client: Redis, proxy: Proxy) -> None:
    proxy.refuse(True)
    proxy.cut()
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await client.ping()
    proxy.refuse(False)
    assert await client.ping()
