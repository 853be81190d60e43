"""Which partitions a replica reads: it holds a lease on each, and its fair share of them among its group.

A lease saves work and protects nothing: conditional writes decide, so two replicas that read one partition only make
each other fold again. A wiped Redis, a paused process or a lease released a moment too late is harmless.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.settings import Settings

log = structlog.get_logger(__name__)


async def holder(redis: Redis, group: str, partition: int) -> str | None:
    """The replica of a group that reads a partition; None if nobody does."""
    replica: Any = await redis.get(_key(group, partition))
    return replica.decode() if replica else None


class Gate:
    """Where the reader of one stream waits until its replica holds the lease."""

    def __init__(self) -> None:
        self.resting = True
        """Nothing of the stream is being read or taken in."""

        self._open = asyncio.Event()

    async def passed(self) -> bool:
        """Wait until it is open; returns whether another replica may have read since the last time."""
        while not self._open.is_set():
            self.resting = True
            await self._open.wait()
        rested, self.resting = self.resting, False
        return rested

    def open(self) -> None:
        """Let the reader read."""
        self._open.set()

    def close(self) -> None:
        """Stop the reader once it has finished the batch in hand."""
        self._open.clear()


class Leases:
    """The leases of one replica: one for each partition number, for all streams that its group reads.

    Events about a family are in partitions of one number, so one replica receives all of them.
    """

    def __init__(self, redis: Redis, group: str, settings: Settings, able: Callable[[], bool] = lambda: True) -> None:
        """A replica that reaches Redis but is not `able` to work leaves the partitions to the others."""
        self.held: list[int] = []
        self._able = able
        self._redis = redis
        self._replica = settings.replica
        self._group = group
        self._milliseconds = int(settings.lease_seconds * 1000)
        self._gates: dict[int, list[Gate]] = {}

    def gate(self, partition: int) -> Gate:
        """A new gate, open whenever this replica holds the partition."""
        gate = Gate()
        self._gates.setdefault(partition, []).append(gate)
        return gate

    async def keep(self) -> None:
        """Keep holding a fair share."""
        while True:
            await asyncio.sleep(self._milliseconds / 5000)
            try:
                await (self.share() if self._able() else self.leave())
            except (RedisError, OSError) as error:
                log.warning("leases_not_renewed", error=type(error).__name__)

    async def share(self) -> None:
        """Renew leases, take free ones up to a fair share, release those above it."""
        if not self._gates:
            return
        share = _share(len(self._gates), await self._replicas(), self._replica)
        held = [partition for partition in self.held if await self._hold(partition)]
        for partition in sorted(self._gates):
            if len(held) < share and partition not in held and await self._hold(partition):
                log.info("partition_taken", partition=partition)
                held.append(partition)
        self._open(held[:share])
        self.held = held[:share] + [partition for partition in held[share:] if not await self._let_go(partition)]

    async def leave(self) -> None:
        """Release everything, so that others need not wait until the leases expire."""
        self._open([])
        try:
            for partition in self.held:
                await self._release(partition)
            await self._redis.delete(self._presence(self._replica))
        except (RedisError, OSError) as error:
            log.warning("leases_not_returned", error=type(error).__name__)
        self.held = []

    def _open(self, partitions: Sequence[int]) -> None:
        for partition, gates in self._gates.items():
            for gate in gates:
                gate.open() if partition in partitions else gate.close()

    async def _replicas(self) -> list[str]:
        """The live replicas of the group, this one included."""
        everybody = _key(self._group, "replicas")
        await self._redis.set(self._presence(self._replica), 1, px=self._milliseconds)
        await self._redis.sadd(everybody, self._replica)
        there = []
        members: Any = await self._redis.smembers(everybody)
        for name in sorted(each.decode() for each in members):
            if await self._redis.exists(self._presence(name)):
                there.append(name)
            else:
                await self._redis.srem(everybody, name)
        return there

    def _presence(self, replica: str) -> str:
        return _key(self._group, f"replica.{replica}")

    async def _hold(self, partition: int) -> bool:
        """Take the lease if nobody has it, renew it if it is ours."""
        key = _key(self._group, partition)
        before = await self._redis.set(key, self._replica, nx=True, get=True, px=self._milliseconds)
        if before is None:
            return True
        return before == self._replica.encode() and bool(await self._redis.pexpire(key, self._milliseconds))

    async def _let_go(self, partition: int) -> bool:
        """Release a partition once nothing of it is in hand."""
        if not all(gate.resting for gate in self._gates[partition]):
            return False
        await self._release(partition)
        log.info("partition_released", partition=partition)
        return True

    async def _release(self, partition: int) -> None:
        if await holder(self._redis, self._group, partition) == self._replica:
            await self._redis.delete(_key(self._group, partition))


def _key(group: str, what: int | str) -> str:
    return f"lease.{group}.{what}"


def _share(partitions: int, replicas: Sequence[str], replica: str) -> int:
    """How many partitions a replica is to read; the shares of all make up the whole."""
    there = sorted({*replicas, replica})
    return partitions // len(there) + (there.index(replica) < partitions % len(there))
