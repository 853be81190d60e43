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
    """CPU seconds by process: each service, redis, mongod, sender."""

    others: float
    """Cores that processes of somebody else used: more than a few hundredths spoil the figures."""

    @property
    def total(self) -> float:
        """CPU seconds of everything but the sender."""
        return sum(seconds for name, seconds in self.cpu.items() if name != "sender")

    @property
    def services(self) -> float:
        """CPU seconds of the processes that are neither server nor sender."""
        return sum(seconds for name, seconds in self.cpu.items() if name not in SERVERS)


@dataclass(frozen=True)
class Stretch:
    """A measured stretch of work: so many events (or reports, or views), in so long, for so much CPU."""

    count: int
    seconds: float
    reading: Reading

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds

    @property
    def cost(self) -> float:
        """CPU ms for each, of everything but the sender."""
        return 1000 * self.reading.total / self.count

    @property
    def services_cost(self) -> float:
        """CPU ms for each, of the services."""
        return 1000 * self.reading.services / self.count

    @property
    def with_sender(self) -> "Stretch":
        """The same, where the sender is who did the work."""
        cpu = {("command" if name == "sender" else name): spent for name, spent in self.reading.cpu.items()}
        return Stretch(self.count, self.seconds, Reading(cpu, self.reading.others))

    def cost_of(self, name: str) -> float:
        """CPU ms for each, of one process."""
        return 1000 * self.reading.cpu[name] / self.count


class Meter:
    """Starts when it is made, for the processes of a run, the servers, and the sender with its ended children."""

    def __init__(self, place: Place, pids: Mapping[str, int]) -> None:
        servers = {"redis": place.redis_server.pid, "mongod": place.mongo_server.pid, "sender": psutil.Process().pid}
        self._pids = {**pids, **servers}
        self._cpu, self._busy, self._began = self._used(), _busy(), time.perf_counter()

    def read(self) -> Reading:
        """What was used since the start."""
        now, busy, seconds = self._used(), _busy() - self._busy, time.perf_counter() - self._began
        spent = {name: now[name] - self._cpu[name] for name in self._pids}
        return Reading(spent, max(0.0, (busy - sum(spent.values())) / seconds))

    def stretch(self, count: int, seconds: float | None = None) -> Stretch:
        """What was used since the start for so many events; `seconds`, if something else than the time since."""
        elapsed = time.perf_counter() - self._began
        return Stretch(count, seconds or elapsed, self.read())

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
    """Of ourselves with what our ended children used: the processes that put load on a service."""
    times = process.cpu_times()
    ended = times.children_user + times.children_system if process.pid == psutil.Process().pid else 0
    return float(times.user + times.system + ended)


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)
