"""The faults: one function for each kind, which returns when the fault is over."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from redis.exceptions import RedisError

from chaos.clock import NoCompiler
from chaos.place import SERVERS, Place
from ops.servers.place import SERVICES

HOUR = 3600
REPLIES_LOST = 0.3
CUTS_A_SECOND = 3

Needs = Literal["disks", "clocks"]


@dataclass(frozen=True)
class Fault:
    """A fault as it was drawn: seconds into the round it begins, how long it lasts, and a number to draw from."""

    kind: str
    target: str
    begins: float
    lasts: float
    number: int


@dataclass(frozen=True)
class Kind:
    """A kind of fault: what it does, to whom, for how many seconds (at least, at most), how often it is drawn."""

    does: str
    inflict: Callable[[Place, Fault], Awaitable[None]]
    targets: tuple[str, ...]
    lasts: tuple[float, float] = (0, 0)
    weight: float = 1
    needs: Needs | None = None


async def _killed(place: Place, fault: Fault) -> None:
    with suppress(ProcessLookupError):
        os.kill(await place.pid(fault.target), signal.SIGKILL)


async def _stopped(place: Place, fault: Fault) -> None:
    pid = await place.pid(fault.target)
    with suppress(ProcessLookupError):  # it may be killed meanwhile
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.lasts)  # how long a fault lasts was drawn
        finally:
            os.kill(pid, signal.SIGCONT)


async def _cut(place: Place, fault: Fault) -> None:
    """Cut again and again; new connections get through in between, and at the end not for a while."""
    proxy = place.proxies[fault.target]
    for _ in range(round(fault.lasts / 2 * CUTS_A_SECOND)):
        proxy.cut()
        await asyncio.sleep(1 / CUTS_A_SECOND)  # the rate of the cuts
    proxy.refuse(True)
    proxy.cut()
    try:
        await asyncio.sleep(fault.lasts / 2)  # how long was drawn
    finally:
        proxy.refuse(False)


async def _replies_lost(place: Place, fault: Fault) -> None:
    proxy = place.proxies[fault.target]
    proxy.lose_replies(REPLIES_LOST, fault.number)
    try:
        await asyncio.sleep(fault.lasts)  # how long was drawn
    finally:
        proxy.lose_replies(0)


async def _emptied(place: Place, _: Fault) -> None:
    """Empty Redis as soon as it answers."""
    while True:
        try:
            await place.redis.flushall()
        except (RedisError, OSError):
            await asyncio.sleep(0.2)  # it is away, and nothing tells when it is back
        else:
            return


async def _disk_full(place: Place, fault: Fault) -> None:
    """Fill the disk, and again every now and then: a server that ends frees some room."""
    disk = place.disks[fault.target]
    try:
        for _ in range(round(fault.lasts / 0.25)):
            await asyncio.to_thread(disk.fill)
            await asyncio.sleep(0.25)  # nothing tells that there is room again
    finally:
        disk.free()


async def _clock_off(place: Place, fault: Fault) -> None:
    clocks, hour = place.clocks, random.Random(fault.number).choice((-HOUR, HOUR))
    if clocks is None:
        raise NoCompiler
    clocks.move(fault.target, hour)
    try:
        await asyncio.sleep(fault.lasts)  # how long was drawn
    finally:
        clocks.move(fault.target, 0)


async def _replica(place: Place, fault: Fault) -> None:
    """Add a replica, and stop or kill it after a while."""
    async with place.replica(fault.target) as supervisor:
        await asyncio.sleep(fault.lasts)  # how long was drawn
        if random.Random(fault.number).random() < 0.5:
            os.kill(supervisor.pids[f"{fault.target}-2"], signal.SIGKILL)


KINDS: dict[str, Kind] = {
    "service-killed": Kind("SIGKILL of a service", _killed, SERVICES, weight=1.5),
    "redis-killed": Kind("SIGKILL of Redis", _killed, ("redis",)),
    "mongo-killed": Kind("SIGKILL of mongod", _killed, ("mongo",)),
    "stopped": Kind("SIGSTOP of a process for 10 s, then SIGCONT", _stopped, (*SERVICES, *SERVERS), (10, 10), 0.5),
    "cut": Kind(
        "connections to Redis, mongod or intake cut, and none let through for a while",
        _cut,
        (*SERVERS, "intake"),
        (1, 3),
    ),
    "replies-lost": Kind(
        "connections cut after the request was sent and before the reply",
        _replies_lost,
        (*SERVERS, "intake"),
        (1.5, 3),
        weight=1.5,
    ),
    "redis-emptied": Kind("FLUSHALL", _emptied, ("redis",), weight=0.8),
    "mongo-disk-full": Kind("no room for mongod to write", _disk_full, ("mongo",), (2, 4), needs="disks"),
    "redis-disk-full": Kind("no room for the append-only file of Redis", _disk_full, ("redis",), (2, 4), needs="disks"),
    "clock-off": Kind("the clock of one service an hour ahead or behind", _clock_off, SERVICES, (2, 4), needs="clocks"),
    "replica": Kind("a replica added, then asked to end or killed", _replica, SERVICES, (1, 2)),
}
