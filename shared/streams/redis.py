"""The one door to Redis: a server alone, or a cluster, as the scheme of the address says (docs/durability.md)."""

from typing import Any, cast
from urllib.parse import urlsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.exceptions import ConnectionError, RedisClusterException

from shared.settings import Settings

CLUSTER_SCHEMES = {"redis+cluster": "redis", "rediss+cluster": "rediss"}
ALONE_SECONDS, MEMBER_SECONDS = 10, 4
"""How long an answer may take. One who waits for a silent member of a cluster misses that another took over."""

MOST_CONNECTIONS = 1000
"""More than streams there can be to read; each takes one."""


class Cluster(RedisCluster):
    """A client of a cluster whose every trouble with the servers is a `RedisError`, as that of a server alone is."""

    async def initialize(self, *arguments: Any, **options: Any) -> "Cluster":
        """Ask the cluster who keeps what. Raises ConnectionError while it cannot tell."""
        try:
            await super().initialize(*arguments, **options)
        except RedisClusterException as error:
            raise ConnectionError(str(error)) from error
        return self

    async def _determine_slot(self, command: str, *arguments: Any) -> int:
        """Where a command goes by its key. redis-py would ask one member before each read, and that one even when dead.

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
