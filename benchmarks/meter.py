"""CPU time and memory of processes, and how much of the machine somebody else used meanwhile."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil

SENDER = "sender"
"""Whoever puts the load on; what it uses is in no total."""

SERVERS = ("redis", "mongod", SENDER)
"""Processes that are not the services' (or the contender's) own."""


@dataclass(frozen=True)
class Stretch:
    """A measured stretch of work: so many events (or reports), in so long, for so many CPU seconds of each process.

    `others` are cores that processes of somebody else used: more than a few hundredths spoil the figures.
    """

    count: int
    seconds: float
    cpu: Mapping[str, float]
    others: float

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds

    @property
    def cost(self) -> float:
        """CPU ms for each, of everything but the sender; below, of some processes alone."""
        return self.cost_of(*(name for name in self.cpu if name != SENDER))

    @property
    def services(self) -> float:
        return self.cost_of(*(name for name in self.cpu if name not in SERVERS))

    @property
    def redis(self) -> float:
        return self.cost_of("redis")

    @property
    def mongod(self) -> float:
        return self.cost_of("mongod")

    @property
    def sender(self) -> float:
        return self.cost_of(SENDER)

    def cost_of(self, *names: str) -> float:
        """CPU ms for each, of these processes together."""
        return 1000 * sum(self.cpu.get(name, 0) for name in names) / self.count


class Meter:
    """Starts when it is made, for processes by name; ourselves are counted with our ended children."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = pids
        self._cpu, self._busy, self._began = self._used(), _busy(), time.perf_counter()

    def stretch(self, count: int, seconds: float | None = None) -> Stretch:
        """What was used since the start for so many events; `seconds`, if something else than the time since."""
        elapsed, now, busy = time.perf_counter() - self._began, self._used(), _busy() - self._busy
        spent = {name: now[name] - self._cpu[name] for name in self._pids}
        return Stretch(count, seconds or elapsed, spent, max(0.0, (busy - sum(spent.values())) / elapsed))

    def resident(self) -> dict[str, float]:
        """Resident megabytes now, by process."""
        return {name: sum(each.memory_info().rss for each in _family(pid)) / 2**20 for name, pid in self._pids.items()}

    def _used(self) -> dict[str, float]:
        return {name: sum(map(_cpu, _family(pid))) for name, pid in self._pids.items()}


def _family(pid: int) -> Iterable[psutil.Process]:
    """A process and its children; ours are counted by themselves, and when they have ended with us."""
    process = psutil.Process(pid)
    return (process,) if pid == psutil.Process().pid else (process, *process.children(recursive=True))


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    ended = times.children_user + times.children_system if process.pid == psutil.Process().pid else 0
    return float(times.user + times.system + ended)


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)
