"""The settings that are compared, and what each of them loses."""

from dataclasses import dataclass

from pymongo.write_concern import WriteConcern

from ops.servers.embedded import Fsync

NOTHING = "nothing"
ALL = "everything"
LATEST = "what no other had yet"


@dataclass(frozen=True)
class MongoWay:
    """How MongoDB confirms a write, and over how many members."""

    title: str
    members: int
    concern: WriteConcern
    power: str
    """What is lost when the primary loses its power."""

    blackout: str
    """What is lost when all members lose their power at once."""

    disk: str
    """What is lost with the primary's disk."""


@dataclass(frozen=True)
class RedisWay:
    """When Redis has its file written to the disk, and for how many replicas a publisher waits."""

    title: str
    fsync: Fsync
    replicas: int
    wait: int
    power: str
    blackout: str
    disk: str


MONGO = (
    MongoWay("one member, `w: majority`", 1, WriteConcern("majority", j=True), NOTHING, NOTHING, ALL),
    MongoWay("one member, `w: 1, j: true`", 1, WriteConcern(1, j=True), NOTHING, NOTHING, ALL),
    MongoWay("one member, `w: 1, j: false`", 1, WriteConcern(1, j=False), "0.1 s", "0.1 s", ALL),
    MongoWay("three members, `w: majority`", 3, WriteConcern("majority", j=True), NOTHING, NOTHING, NOTHING),
    MongoWay("three members, `w: 1, j: true`", 3, WriteConcern(1, j=True), LATEST, LATEST, LATEST),
    MongoWay("three members, `w: 1, j: false`", 3, WriteConcern(1, j=False), LATEST, LATEST, LATEST),
)
"""The first is what `ayllu up` and docker compose use; the services always write with `w: majority`."""

REDIS = (
    RedisWay("alone, `everysec`", "everysec", 0, 0, "2 s", "2 s", ALL),
    RedisWay("alone, `no`", "no", 0, 0, "30 s", "30 s", ALL),
    RedisWay("alone, `always`", "always", 0, 0, NOTHING, NOTHING, ALL),
    RedisWay("one replica, `everysec`", "everysec", 1, 0, LATEST, "2 s", LATEST),
    RedisWay("one replica, `no`", "no", 1, 0, LATEST, "30 s", LATEST),
    RedisWay("one replica, `always`", "always", 1, 0, LATEST, LATEST, LATEST),
    RedisWay("one replica, `everysec`, `WAIT 1`", "everysec", 1, 1, NOTHING, "2 s", NOTHING),
    RedisWay("one replica, `no`, `WAIT 1`", "no", 1, 1, NOTHING, "30 s", NOTHING),
    RedisWay("one replica, `always`, `WAIT 1`", "always", 1, 1, NOTHING, NOTHING, NOTHING),
)
"""The first is what `ayllu up` and docker compose use."""
