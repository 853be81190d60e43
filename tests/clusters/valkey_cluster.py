"""A Valkey cluster on this machine: three primaries that share the slots, and a replica of each."""

from pathlib import Path
from typing import Any

from redis.exceptions import RedisError

from ops.servers.embedded import Fsync, RedisServer
from ops.servers.processes import LOCALHOST
from tests.clusters.group import Group, free_ports

SLOTS = 16_384
PRIMARIES = 3

NODE_TIMEOUT_MS = 3000
"""How long a member may be silent before the others declare it lost; Valkey's own default is 15 s."""


class ClusterMember(RedisServer):
    """A Valkey that is one of several in its cluster."""

    def __init__(self, folder: Path, port: int, bus: int, number: int, fsync: Fsync = "everysec") -> None:
        super().__init__(folder, port, fsync, f"redis-{number}")
        self.bus = bus

    @property
    def options(self) -> dict[str, Any]:
        """What is in its configuration."""
        return {
            **super().options,
            "masterauth": self.password,
            "cluster-enabled": "yes",
            "cluster-port": self.bus,
            "cluster-node-timeout": NODE_TIMEOUT_MS,
            "cluster-require-full-coverage": "no",  # the other primaries go on while one is missing
            "cluster-allow-replica-migration": "no",
        }

    def ask(self, *command: str | int) -> Any:
        """What this member itself answers. Raises RedisError."""
        with self.client() as client:
            return client.execute_command(*command)

    def replication(self) -> dict[str, Any]:
        """Its role, and the state and offset of its replication. Raises RedisError."""
        return dict(self.ask("INFO", "replication"))


class ValkeyCluster(Group[ClusterMember]):
    """The members of one cluster: the first three begin as primaries, the others as their replicas."""

    def __init__(self, folder: Path, fsync: Fsync = "everysec") -> None:
        ports = free_ports(4 * PRIMARIES)
        pairs = zip(ports[::2], ports[1::2], strict=True)
        super().__init__([ClusterMember(folder, *pair, number, fsync) for number, pair in enumerate(pairs, 1)])
        self._formed = False

    @property
    def url(self) -> str:
        """Where clients connect, every member and the password included."""
        hosts = ",".join(f"{LOCALHOST}:{each.port}" for each in self.members)
        return f"redis+cluster://:{self.members[0].password}@{hosts}"

    def owner(self, key: str) -> ClusterMember:
        """The primary that keeps this key, as a member knows it. Raises RedisError if none does."""
        slot = self._any("CLUSTER KEYSLOT", key)
        for first, last, (_, port, *_), *_ in self._any("CLUSTER SLOTS"):
            if first <= slot <= last:
                return next(each for each in self.members if each.port == port)
        raise RedisError(f"nobody keeps slot {slot}")

    def replica_of(self, primary: ClusterMember) -> ClusterMember:
        """The member that takes over from a primary. Raises RedisError."""
        for each in self.members:
            if each is not primary and each.replication().get("master_port") == primary.port:
                return each
        raise RedisError(f"{primary.name} has no replica")

    def lacks(self) -> str | None:
        """What keeps the cluster from being whole; the first time, form it."""
        try:
            if not self._formed:
                return self._form()
            replications = [each.replication() for each in self.members]
            states = [each.ask("CLUSTER INFO") for each in self.members]
        except RedisError as error:
            return str(error)[:100]
        roles = [each["role"] for each in replications]
        if roles.count("master") != PRIMARIES:
            return f"roles are {', '.join(roles)}"
        if any(each.get("master_link_status", "up") != "up" for each in replications):
            return "a replica has no link to its primary"
        return None if all(each["cluster_state"] == "ok" for each in states) else "not all members see it whole"

    def _form(self) -> str | None:
        primaries, replicas = self.members[:PRIMARIES], self.members[PRIMARIES:]
        if not self._any("CLUSTER SLOTS"):
            for number, each in enumerate(primaries):
                first, last = (SLOTS * at // PRIMARIES for at in (number, number + 1))
                each.ask("CLUSTER ADDSLOTSRANGE", first, last - 1)
            for each in self.members[1:]:
                self.members[0].ask("CLUSTER MEET", LOCALHOST, each.port, each.bus)
        known = [int(each.ask("CLUSTER INFO")["cluster_known_nodes"]) for each in self.members]
        if min(known) < len(self.members):
            return "not all members know each other"
        for primary, replica in zip(primaries, replicas, strict=True):
            replica.ask("CLUSTER REPLICATE", primary.ask("CLUSTER MYID"))
        self._formed = True
        return "replicas were made just now"

    def _any(self, *command: str | int) -> Any:
        for each in self.members:
            try:
                return each.ask(*command)
            except (RedisError, OSError):
                continue
        raise RedisError("no member answers")
