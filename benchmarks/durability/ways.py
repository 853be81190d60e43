"""The settings that are compared, and what each of them loses; the first of each is what we use."""

from typing import NamedTuple

from pymongo.write_concern import WriteConcern

from ops.servers.embedded import Fsync

NOTHING, ALL, LATEST = "nothing", "everything", "what no other had yet"


class Way(NamedTuple):
    """How MongoDB confirms a write, or when Redis has its file written to the disk; what is lost with the power of the
    primary, or of all members at once, or with the primary's disk."""

    title: str
    members: int
    setting: WriteConcern | Fsync
    power: str
    blackout: str
    disk: str
    wait: int = 0
    """For how many replicas of Redis a publisher waits."""


MONGO = (
    Way("one member, `w: majority`", 1, WriteConcern("majority", j=True), NOTHING, NOTHING, ALL),
    Way("one member, `w: 1, j: true`", 1, WriteConcern(1, j=True), NOTHING, NOTHING, ALL),
    Way("one member, `w: 1, j: false`", 1, WriteConcern(1, j=False), "0.1 s", "0.1 s", ALL),
    Way("three members, `w: majority`", 3, WriteConcern("majority", j=True), NOTHING, NOTHING, NOTHING),
    Way("three members, `w: 1, j: true`", 3, WriteConcern(1, j=True), LATEST, LATEST, LATEST),
    Way("three members, `w: 1, j: false`", 3, WriteConcern(1, j=False), LATEST, LATEST, LATEST),
)
REDIS = (
    Way("alone, `everysec`", 1, "everysec", "2 s", "2 s", ALL),
    Way("alone, `no`", 1, "no", "30 s", "30 s", ALL),
    Way("alone, `always`", 1, "always", NOTHING, NOTHING, ALL),
    Way("one replica, `everysec`", 2, "everysec", LATEST, "2 s", LATEST),
    Way("one replica, `no`", 2, "no", LATEST, "30 s", LATEST),
    Way("one replica, `always`", 2, "always", LATEST, LATEST, LATEST),
    Way("one replica, `everysec`, `WAIT 1`", 2, "everysec", NOTHING, "2 s", NOTHING, wait=1),
    Way("one replica, `no`, `WAIT 1`", 2, "no", NOTHING, "30 s", NOTHING, wait=1),
    Way("one replica, `always`, `WAIT 1`", 2, "always", NOTHING, NOTHING, NOTHING, wait=1),
)
