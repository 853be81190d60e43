"""A replica set of MongoDB on this machine: three members, of which two are enough."""

from pathlib import Path
from typing import Any

from pymongo.errors import OperationFailure, PyMongoError

from ops.servers.embedded import REPLICA_SET, USER, MongoServer
from ops.servers.processes import LOCALHOST
from tests.clusters.group import Group, free_ports

ELECTION_MS = 4000
"""How long the members miss their primary before they elect another; MongoDB's own default is 10 s."""

CATCH_UP_MS = 1000
"""How long a new primary asks a silent member for what it may have more: never anything that a majority confirmed."""

HEARTBEAT_MS = 200
"""How often they ask each other: so a new primary learns what a member has that still reports to a silent one."""

SILENT_SOURCE = {"oplogNetworkTimeoutBufferSeconds": 1}
"""How much longer than usual a member waits for the one it copies from, in seconds, before it turns to the new primary,
which until then has no majority; MongoDB's own default is 5."""

ALREADY_INITIALIZED = 23
PRIMARY = 1


class MongoMember(MongoServer):
    """A mongod that is one of several in its replica set."""

    parameters = MongoServer.parameters | SILENT_SOURCE

    def missing(self) -> str | None:
        """What keeps it from answering; whether it is primary or not is its set's business."""
        try:
            with self.client(None) as client:
                client.admin.command("hello")
        except PyMongoError as error:
            return f"port {self.port}: {str(error)[:100]}"
        return None

    def status(self) -> dict[str, Any]:
        """What it says of its replica set. Raises PyMongoError."""
        with self.client(USER) as client:
            return dict(client.admin.command("replSetGetStatus"))


class ReplicaSet(Group[MongoMember]):
    """The members of one replica set."""

    def __init__(self, folder: Path, members: int = 3) -> None:
        ports = enumerate(free_ports(members), 1)
        super().__init__([MongoMember(folder, port, 0.25, f"mongo-{number}") for number, port in ports])

    @property
    def url(self) -> str:
        """Where clients connect, every member and the password included."""
        hosts = ",".join(f"{LOCALHOST}:{each.port}" for each in self.members)
        password = self.members[0].password
        return f"mongodb://{USER}:{password}@{hosts}/?authSource=admin&replicaSet={REPLICA_SET}"

    @property
    def primary(self) -> MongoMember | None:
        """The member that takes writes, None while there is none."""
        for each in self.members:
            try:
                if each.status()["myState"] == PRIMARY:
                    return each
            except PyMongoError:
                continue
        return None

    def lacks(self) -> str | None:
        """What keeps the set from being whole; the first time, initiate it and make its user."""
        try:
            primary = self.primary
            return _behind(primary.status()["members"]) if primary else self._begin()
        except PyMongoError as error:
            return str(error)[:100]

    def _begin(self) -> str | None:
        """Before there is a user, MongoDB allows just these two from localhost."""
        for each in self.members:
            with each.client(None) as client:
                if client.admin.command("hello")["isWritablePrimary"]:
                    client.admin.command("createUser", USER, pwd=each.password, roles=["root"])
                    return "its user was made just now"
        try:
            with self.members[0].client(None) as client:
                client.admin.command("replSetInitiate", self._config)
        except OperationFailure as error:
            if error.code != ALREADY_INITIALIZED:
                raise
        return "no primary yet"

    @property
    def _config(self) -> dict[str, Any]:
        hosts = [f"{LOCALHOST}:{each.port}" for each in self.members]
        return {
            "_id": REPLICA_SET,
            "members": [{"_id": number, "host": host} for number, host in enumerate(hosts)],
            "settings": {
                "electionTimeoutMillis": ELECTION_MS,
                "catchUpTimeoutMillis": CATCH_UP_MS,
                "heartbeatIntervalMillis": HEARTBEAT_MS,
            },
        }


def _behind(members: list[dict[str, Any]]) -> str | None:
    """Members that are neither primary nor secondary, or have not all that the primary has."""
    newest = max(each["optimeDate"] for each in members)
    late = {each["name"]: each["stateStr"] for each in members if each["stateStr"] not in ("PRIMARY", "SECONDARY")}
    late |= {each["name"]: "behind" for each in members if (newest - each["optimeDate"]).total_seconds() > 1}
    return ", ".join(f"{name}: {why}" for name, why in late.items()) or None
