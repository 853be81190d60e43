"""The only access to Redis: one server or a cluster, by the scheme of the address (docs/durability.md)."""

from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.exceptions import ConnectionError, RedisClusterException

from shared.settings import Settings

CLUSTER_SCHEMES = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
ALONE_SECONDS, MEMBER_SECONDS = 10, 4
"""How long an answer may take: long waits for a silent member of a cluster would hide that another took over."""

MOST_CONNECTIONS = 1000
"""More than there can be streams; reading each takes one connection."""


class Cluster(RedisCluster):
    """A client of a cluster that raises a `RedisError` for every failure, as the client of one server does."""

    async def initialize(self, *arguments: Any, **options: Any) -> "Cluster":
        """Ask the cluster which member keeps what. Raises ConnectionError while it cannot tell."""
        try:
            await super().initialize(*arguments, **options)
        except RedisClusterException as error:
            raise ConnectionError(str(error)) from error
        return self

    async def _determine_slot(self, command: str, *arguments: Any) -> int:
        """Where a command goes, by its key. redis-py would ask one member before each read, even a dead one.

        Proven by tests/failover: without this, readers stay away after a failover.
        """
        if command == "XREADGROUP":
            return int(self.keyslot(arguments[arguments.index(b"STREAMS") + 1]))
        return int(await super()._determine_slot(command, *arguments))


def redis_client(settings: Settings) -> Redis:
    """A client that speaks bytes.

    A client of a cluster has the commands of `Redis` too; one command, or one of a pipeline, is about one key.
    """
    url = settings.redis_url.get_secret_value()
    options: dict[str, Any] = {"socket_connect_timeout": 3, "max_connections": MOST_CONNECTIONS}
    if urlsplit(url).scheme not in CLUSTER_SCHEMES:
        return Redis.from_url(url, socket_timeout=ALONE_SECONDS, **options)
    first, others = _members(url)
    return cast(Redis, Cluster.from_url(first, startup_nodes=others, socket_timeout=MEMBER_SECONDS, **options))


def _members(url: str) -> tuple[str, list[ClusterNode]]:
    """The address of the first member, with user, password and options; and the others."""
    told = urlsplit(url)
    who, at, hosts = told.netloc.rpartition("@")
    first, *others = hosts.split(",")
    found = [urlsplit(f"//{each}") for each in others]
    nodes = [ClusterNode(str(each.hostname), each.port or 6379) for each in found]
    address = told._replace(scheme=CLUSTER_SCHEMES[told.scheme], netloc=f"{who}{at}{first}")
    return address.geturl(), nodes
