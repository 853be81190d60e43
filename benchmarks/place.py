"""Where contenders run: one Redis and one mongod for all, emptied between runs, and the processes of one run."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from redis import Redis
from redis.exceptions import ResponseError

from benchmarks.views import RULES, SERVICES, Mongo
from ops.servers.embedded import MongoServer, RedisServer
from ops.servers.processes import open_log, tied

STREAM = "intake"
REPORTS = "intake"
"""The database of reports, and of families with names."""

CHUNK = 500
STOP_SECONDS = 20
Entry = tuple[str, Mapping[Any, Any]]
"""A stream, and the fields of an entry for it."""

PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "PYTHONPATH")


class TooLate(Exception):
    """A contender did not finish in time; its log says more."""


@dataclass(frozen=True)
class Program:
    """A process of a contender: its name, the module and arguments Python runs, and more environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """The servers, their clients, and a folder for logs."""

    folder: Path
    redis_server: RedisServer
    mongo_server: MongoServer
    redis: "Redis"
    mongo: Mongo

    @property
    def environment(self) -> dict[str, str]:
        """What a process is told; passwords are in the environment, never on a command line."""
        return {
            **{name: os.environ[name] for name in PASSED_ON if name in os.environ},
            "AYLLU_REDIS_URL": self.redis_server.url,
            "AYLLU_MONGO_URL": self.mongo_server.url,
            "AYLLU_TOKEN_SECRET": "a secret that signs nothing here",
        }

    def clear(self, streams: Sequence[str] = (STREAM,)) -> None:
        """Nothing is left of the run before: empty streams with their groups, empty views with their indexes."""
        self.redis.flushall()
        self.mongo.drop_database(REPORTS)
        for service in SERVICES:
            self.mongo.drop_database(service)
            self.mongo[service].views.create_indexes(list(RULES[service].indexes))
            for stream in streams:
                self.redis.xgroup_create(stream, service, id="0", mkstream=True)

    def add(self, entries: Sequence[Entry]) -> None:
        """Publish entries as fast as they go, in chunks."""
        for at in range(0, len(entries), CHUNK):
            with self.redis.pipeline(transaction=False) as pipeline:
                for stream, fields in entries[at : at + CHUNK]:
                    pipeline.xadd(stream, dict(fields))
                pipeline.execute()

    @contextmanager
    def cache(self, size: int | None) -> Iterator[None]:
        """Inside the block MongoDB has a cache of so many bytes; None: as ever, half of the machine's memory."""
        usual = self.mongo.admin.command("serverStatus")["wiredTiger"]["cache"]["maximum bytes configured"]
        try:
            self._resize_cache(size or usual)
            yield
        finally:
            self._resize_cache(usual)

    def drained(self, stream: str, *groups: str) -> bool:
        """Whether each of these groups has read and acknowledged everything."""
        try:
            states = {each["name"].decode(): each for each in self.redis.xinfo_groups(stream)}
        except ResponseError:  # no such stream yet
            return True
        return all(name in states and states[name]["lag"] == 0 == states[name]["pending"] for name in groups)

    def _resize_cache(self, size: int) -> None:
        self.mongo.admin.command("setParameter", 1, wiredTigerEngineRuntimeConfig=f"cache_size={size}")


@contextmanager
def place() -> Iterator[Place]:
    """Servers of our own, on loopback, gone with their data at the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ayllu-bench-")))
        redis_server = stack.enter_context(RedisServer(folder))
        mongo_server = stack.enter_context(MongoServer(folder, cache_gigabytes=None))
        redis = stack.enter_context(Redis.from_url(redis_server.url, socket_timeout=10))
        mongo: Mongo = stack.enter_context(MongoClient(mongo_server.url))
        yield Place(folder, redis_server, mongo_server, redis, mongo)


@contextmanager
def running(place: Place, programs: Sequence[Program]) -> Iterator[dict[str, int]]:
    """The pids of the programs by name, until the end of the block; all are ended then, by force if need be."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for each in programs:
            started[each.name] = _start(place, each)
        yield {name: process.pid for name, process in started.items()}
    finally:
        for process in started.values():
            process.terminate()
        for process in started.values():
            _end(process)


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Seconds until it is true; asks often at first, then seldom. Raises TooLate."""
    began = time.perf_counter()
    while not true():
        elapsed = time.perf_counter() - began
        if elapsed > seconds:
            raise TooLate(f"{what} did not finish in {seconds:.0f} s")
        time.sleep(min(0.1, 0.005 + elapsed / 100))  # whoever asks is measured, too: a hundredth of the time at most
    return time.perf_counter() - began


def _start(place: Place, program: Program) -> subprocess.Popen[bytes]:
    log = open_log(place.folder / "logs" / f"{program.name}.log")
    try:
        return subprocess.Popen(
            tied([sys.executable, "-m", *program.arguments], signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**place.environment, **program.environment},
            start_new_session=True,
        )
    finally:
        os.close(log)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
