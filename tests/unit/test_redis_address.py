"""The address of Redis says whether it is a server alone or a cluster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr
from redis.asyncio import Redis
from redis.asyncio.connection import SSLConnection

from shared.settings import Settings
from shared.streams.redis import Cluster, redis_client


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Redis]:
    made = redis_client(Settings(redis_url=SecretStr(url)))
    yield made
    await made.aclose()


async def test_an_ordinary_address_is_a_server_alone() -> None:
    async with client("redis://:secret@here:6380/0") as made:
        assert not isinstance(made, Cluster)
        assert made.connection_pool.connection_kwargs["host"] == "here"


async def test_every_member_that_is_named_is_asked_who_keeps_what() -> None:
    async with client("redis+cluster://care:se%2Fcret@one:7000,two:7001,[::1]:7002,four") as made:
        assert isinstance(made, Cluster)
        assert set(made.nodes_manager.startup_nodes) == {"one:7000", "two:7001", "::1:7002", "four:6379"}
        told = made.get_connection_kwargs()
        assert (told["username"], told["password"]) == ("care", "se/cret")


async def test_a_cluster_is_spoken_to_with_tls_where_its_address_says_so() -> None:
    async with client("rediss+cluster://:secret@one:7000,two:7001?ssl_ca_certs=/etc/ayllu/ca.pem") as made:
        assert isinstance(made, Cluster)
        node = made.nodes_manager.startup_nodes["two:7001"]
        assert node.connection_class is SSLConnection
        assert node.connection_kwargs["ssl_ca_certs"] == "/etc/ayllu/ca.pem"
