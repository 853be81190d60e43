"""The drill: an Ayllu on a replica set and a Valkey cluster, reports coming in, and primaries that end one by one."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from ops.commands.status import settled
from ops.servers.server import Server
from tests.clusters.group import Group
from tests.clusters.replica_set import ReplicaSet
from tests.clusters.valkey_cluster import ValkeyCluster
from tests.e2e.instance import Ayllu, up
from tests.e2e.reports import Answer, everywhere_once
from tests.failover.load import load
from tests.waiting import eventually

End = Callable[[Server], AbstractContextManager[None]]
"""How a server ends, and comes back at the end of the block."""

LISTENERS = ("education", "care", "notifications")
PARTITIONS = 6
BEFORE, AFTER = 10, 20
"""Reports acknowledged before a primary ends, and at the least after."""

SETTLED_SECONDS = 60


@dataclass(frozen=True)
class Outage:
    """What the end of a primary meant: to senders, and to those who wait for what was sent."""

    what: str
    silence: float
    """The longest time without an acknowledgement, in seconds."""

    behind: float
    """Seconds until the reports acknowledged meanwhile were in every view."""

    reports: int
    """How many were acknowledged before, meanwhile and after; every one is in every view once."""


@dataclass(frozen=True)
class Site:
    """An Ayllu, and the servers of which a member may end."""

    mongo: ReplicaSet
    valkey: ValkeyCluster
    ayllu: Ayllu

    async def outage(self, what: str, group: Group[Any], victim: Server, end: End) -> Outage:
        """End a member under load, bring it back once its work is done by another, and see that nothing is lost."""
        async with load(self.ayllu) as given:
            await given.more(BEFORE)
            ended = monotonic()
            with end(victim):
                await given.more(AFTER)
                silence = given.silence(ended)
                await self.heard(given.since(ended))
                behind = monotonic() - ended
            await asyncio.to_thread(group.whole)
            await given.more(BEFORE)
        await self.complete(given.answers)
        return Outage(f"{what}, {end.__name__}", silence, behind, len(given.answers))

    async def heard(self, answers: Sequence[Answer]) -> None:
        """Wait until each of these reports is in the timelines of all who have to hear of it."""
        for answer in answers:
            for service in LISTENERS:
                await eventually(lambda told=answer, by=service: self._told(by, told), within=SETTLED_SECONDS)

    async def complete(self, answers: Sequence[Answer]) -> None:
        """Wait until these reports are in every view once, nothing is under way, and see that nothing is dead."""
        await everywhere_once(self.ayllu, answers, within=SETTLED_SECONDS)
        status = await eventually(self._settled, within=SETTLED_SECONDS, every=0.5)
        assert {service: told["dead"] for service, told in status.items()} == dict.fromkeys(status, 0)

    async def published(self) -> None:
        """Wait until nothing is left in an outbox."""
        await eventually(self._published, within=SETTLED_SECONDS, every=0.2)

    async def _told(self, service: str, answer: Answer) -> bool:
        timeline = await self.ayllu.get(service, f"/v1/timeline/family/{answer['familyId']}")
        promised = {event["id"] for event in answer["events"] if event["type"] != "ChildUpdated"}
        return timeline.status_code == 200 and promised <= {each["id"] for each in timeline.json()}

    async def _settled(self) -> dict[str, Any] | None:
        status = await self._status()
        return status if settled(status) else None

    async def _published(self) -> bool:
        return not any(each["outboxWaiting"] for each in (await self._status()).values())

    async def _status(self) -> dict[str, Any]:
        told = await self.ayllu.command("status", "--json")
        assert told.code == 0, told.output
        return dict(json.loads(told.output))


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """A replica set, a cluster and an Ayllu on both, all ended with the block."""
    async with AsyncExitStack() as stack:
        mongo = stack.enter_context(ReplicaSet(folder / "mongo"))
        valkey = stack.enter_context(ValkeyCluster(folder / "valkey"))
        told = {"AYLLU_REDIS_URL": valkey.url, "AYLLU_MONGO_URL": mongo.url, "AYLLU_PARTITIONS": str(PARTITIONS)}
        yield Site(mongo, valkey, await stack.enter_async_context(up(folder / "ayllu", **told)))


@contextmanager
def killed(victim: Server) -> Iterator[None]:
    """A server is gone inside the block, as after a crash: whoever is connected knows at once."""
    victim.kill()
    yield
    victim.start()


@contextmanager
def silent(victim: Server) -> Iterator[None]:
    """A server answers nobody inside the block, as after its machine or its network is gone."""
    with frozen(victim.pid):
        yield


@contextmanager
def frozen(*pids: int) -> Iterator[None]:
    """These processes stand still inside the block, and go on after it."""
    try:
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
