"""The drill: an Ayllu on a replica set and a Valkey cluster, reports coming in, and primaries killed one by one."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from ops.group import Group
from ops.replica_set import ReplicaSet
from ops.server import Server
from ops.valkey_cluster import ValkeyCluster
from tests.e2e.instance import Ayllu, up
from tests.e2e.reports import Answer, everywhere_once
from tests.failover.load import load
from tests.waiting import eventually

SETTLED_SECONDS = 60


@dataclass(frozen=True)
class Outage:
    """What the end of a primary meant: to senders, and to those who wait for what was sent."""

    what: str
    silence: float
    """The longest time without an acknowledgement, in seconds."""

    behind: float
    """Seconds from the kill until the first reports acknowledged after it were in every view."""

    reports: int
    """How many were acknowledged meanwhile."""


@dataclass(frozen=True)
class Site:
    """An Ayllu, and the servers of which a member may die."""

    mongo: ReplicaSet
    valkey: ValkeyCluster
    ayllu: Ayllu

    async def outage(self, group: Group[Any], victim: Server, what: str) -> Outage:
        """Kill a member under load, wait until everything is in every view, and start the member again."""
        async with load(self.ayllu) as given:
            await given.more(10)
            killed = monotonic()
            victim.kill()
            await given.more(20)
            silence, sent = given.silence(killed), given.since(killed)
            await eventually(lambda: self._heard(sent), within=SETTLED_SECONDS, every=0.1)
            outage = Outage(what, silence, monotonic() - killed, len(given.answers))
            await asyncio.to_thread(victim.start)
            await asyncio.to_thread(group.whole)
            await given.more(10)
        await everywhere_once(self.ayllu, given.answers, within=SETTLED_SECONDS)
        return outage

    async def _heard(self, answers: Sequence[Answer]) -> bool:
        """Whether each service that has to hear of these reports has, as its timeline tells staff."""
        for answer in answers:
            promised = {event["id"] for event in answer["events"]}
            for service in ("education", "care", "notifications"):
                told = await self.ayllu.get(service, f"/v1/timeline/family/{answer['familyId']}")
                if told.status_code != 200 or not promised <= {each["id"] for each in told.json()}:
                    return False
        return True


@asynccontextmanager
async def site(folder: Path, **environment: str) -> AsyncIterator[Site]:
    """A replica set, a cluster and an Ayllu on both, all ended with the block."""
    async with AsyncExitStack() as stack:
        mongo = stack.enter_context(ReplicaSet(folder / "mongo"))
        valkey = stack.enter_context(ValkeyCluster(folder / "valkey"))
        servers = {"AYLLU_REDIS_URL": valkey.url, "AYLLU_MONGO_URL": mongo.url}
        ayllu = await stack.enter_async_context(up(folder / "ayllu", **servers, **environment))
        yield Site(mongo, valkey, ayllu)
