"""Where everything runs: one Redis and one mongod for all, emptied between runs, and the processes of one run."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import SecretStr
from pymongo import MongoClient
from redis import Redis
from redis.exceptions import ResponseError

from benchmarks.core import SERVICES, Mongo
from benchmarks.meter import SENDER, Meter
from ops.servers.embedded import MongoServer, RedisServer
from ops.servers.processes import open_log, tied
from shared.mongo import Client, close, connect
from shared.settings import Settings
from shared.web.signing import renewed

STREAM = REPORTS = "intake"
"""What intake says; and its database, of reports and of families with names."""

EVERY_SERVICE = (REPORTS, *SERVICES)
CHUNK, STOP_SECONDS = 500, 20
PASSED_ON = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "PYTHONPATH")

Result = TypeVar("Result")
Each = TypeVar("Each")
Tell = Callable[[str], object]
"""Told what is happening, while it runs."""

Entry = tuple[str, Mapping[Any, Any]]
"""A stream, and the fields of an entry for it."""


class TooLate(Exception):
    """Something did not finish in time; its log says more."""


class Program(NamedTuple):
    """A process: its name, the module and arguments Python runs, and more environment."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = {}


@dataclass(frozen=True)
class Place:
    """The servers, their clients, and a folder for logs."""

    folder: Path
    redis_server: RedisServer
    mongo_server: MongoServer
    redis: "Redis"
    mongo: Mongo

    def meter(self, pids: Mapping[str, int]) -> Meter:
        """Of these processes, both servers, and ourselves as the sender."""
        return Meter({**pids, "redis": self.redis_server.pid, "mongod": self.mongo_server.pid, SENDER: os.getpid()})

    def clear(self, streams: Sequence[str] = (STREAM,)) -> None:
        """Nothing is left of the run before: empty streams with their groups, empty views with their indexes."""
        self.redis.flushall()
        for service in EVERY_SERVICE:
            self.mongo.drop_database(service)
        for service in SERVICES:
            self.mongo[service].views.create_indexes(import_module(f"services.{service}.store").INDEXES)
            for stream in streams:
                self.redis.xgroup_create(stream, service, id="0", mkstream=True)

    def add(self, entries: Sequence[Entry]) -> None:
        """Publish entries as fast as they go, in chunks."""
        for at in range(0, len(entries), CHUNK):
            with self.redis.pipeline(transaction=False) as pipeline:
                for stream, fields in entries[at : at + CHUNK]:
                    pipeline.xadd(stream, dict(fields))
                pipeline.execute()

    def drained(self, stream: str, *groups: str) -> bool:
        """Whether each of these groups has read and acknowledged everything."""
        try:
            states = {each["name"].decode(): each for each in self.redis.xinfo_groups(stream)}
        except ResponseError:  # no such stream yet
            return True
        return all(name in states and states[name]["lag"] == 0 == states[name]["pending"] for name in groups)

    def disk(self, *parts: str) -> int:
        """Bytes of all databases once everything is written, as `dbStats` calls their parts; all, if none is named."""
        self.mongo.admin.command("fsync")
        sizes = [self.mongo[service].command("dbStats") for service in EVERY_SERVICE]
        return sum(int(each[part]) for each in sizes for part in parts or ("storageSize", "indexSize"))

    def connected(self, work: Callable[[Client], Awaitable[Result]]) -> Result:
        """Do something with the client that commands have."""

        async def done() -> Result:
            client = connect(Settings(mongo_url=SecretStr(self.mongo_server.url)))
            try:
                return await work(client)
            finally:
                await close(client)

        return asyncio.run(done())

    @contextmanager
    def cache(self, size: int | None) -> Iterator[None]:
        """Inside the block MongoDB has a cache of so many bytes; None: as ever, half of the machine's memory."""
        usual = self.mongo.admin.command("serverStatus")["wiredTiger"]["cache"]["maximum bytes configured"]
        try:
            self._resize_cache(size or usual)
            yield
        finally:
            self._resize_cache(usual)

    @contextmanager
    def running(self, programs: Sequence[Program]) -> Iterator[dict[str, int]]:
        """The pids of the programs by name, until the end of the block; all are ended then, by force if need be."""
        started: dict[str, subprocess.Popen[bytes]] = {}
        try:
            for each in programs:
                started[each.name] = self._start(each)
            yield {name: process.pid for name, process in started.items()}
        finally:
            for process in started.values():
                process.terminate()
            for process in started.values():
                _end(process)

    def _start(self, program: Program) -> subprocess.Popen[bytes]:
        """Its passwords are in the environment, never on a command line."""
        told = {"AYLLU_REDIS_URL": self.redis_server.url, "AYLLU_MONGO_URL": self.mongo_server.url}
        told |= {"AYLLU_TOKEN_KEYS": renewed(None, None).keys, **program.environment}
        with open(open_log(self.folder / "logs" / f"{program.name}.log"), "ab") as log:
            return subprocess.Popen(
                tied([sys.executable, "-m", *program.arguments], signal.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ} | told,
                start_new_session=True,
            )

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


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Until it is true; asks often at first, then seldom. Raises TooLate."""
    began = time.perf_counter()
    while not true():
        elapsed = time.perf_counter() - began
        if elapsed > seconds:
            raise TooLate(f"{what} did not finish in {seconds:.0f} s")
        time.sleep(min(0.1, 0.005 + elapsed / 100))  # whoever asks is measured, too: a hundredth of the time at most


def in_turn(each: Sequence[Each], round_number: int) -> Sequence[Each]:
    """Beginning with another in every round, so that what the machine does meanwhile hits all that is compared."""
    first = round_number % len(each)
    return [*each[first:], *each[:first]]


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
