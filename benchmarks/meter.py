"""CPU time and memory of processes, and how much of the machine somebody else used meanwhile."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

from benchmarks.place import Place

MEGABYTE = 1024 * 1024
SERVERS = ("redis", "mongod", "sender")
"""Processes that are not the contender's own."""


@dataclass(frozen=True)
class Reading:
    """What was used since the meter was started."""

    cpu: Mapping[str, float]
    """CPU seconds by process."""

    others: float
    """Cores that processes of somebody else used: more than a few hundredths spoil the figures."""


class Meter:
    """Starts when it is made, for a contender's processes, the servers and the sender."""

    def __init__(self, place: Place, pids: Mapping[str, int]) -> None:
        servers = {"redis": place.redis_server.pid, "mongod": place.mongo_server.pid, "sender": psutil.Process().pid}
        self._pids = {**pids, **servers}
        self._cpu, self._busy, self._began = self._used(), _busy(), time.perf_counter()

    def read(self) -> Reading:
        """What was used since the start."""
        now, busy, seconds = self._used(), _busy() - self._busy, time.perf_counter() - self._began
        spent = {name: now[name] - self._cpu[name] for name in self._pids}
        return Reading(spent, max(0.0, (busy - sum(spent.values())) / seconds))

    def resident(self) -> dict[str, float]:
        """Resident megabytes now, by process."""
        return {
            name: sum(each.memory_info().rss for each in _family(pid)) / MEGABYTE for name, pid in self._pids.items()
        }

    def _used(self) -> dict[str, float]:
        return {name: sum(_cpu(each) for each in _family(pid)) for name, pid in self._pids.items()}


def _family(pid: int) -> Iterable[psutil.Process]:
    """A process and its children; ours are counted by themselves."""
    process = psutil.Process(pid)
    return (process,) if pid == psutil.Process().pid else (process, *process.children(recursive=True))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)
