"""Embedded servers: a Redis-compatible server and a real MongoDB, on this machine only, each with a password."""

import json
import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from ops.binaries import NoServer, mongo_program, redis_program
from ops.processes import (
    LOCALHOST,
    DidNotStart,
    free_port,
    is_free,
    keep,
    open_log,
    private_folder,
    tied,
    write_private,
)

START_SECONDS = 30
STOP_SECONDS = 20
USER = "ayllu"
REPLICA_SET = "rs0"

__all__ = ["DidNotStart", "MongoServer", "NoServer", "RedisServer", "Server"]


class Server(ABC):
    """A server process over a folder: the same data, passwords and, if it can be had, port at every start."""

    name: ClassVar[str]

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = private_folder(private_folder(folder.resolve()) / self.name)
        self.secrets = private_folder(folder.resolve() / "secrets")
        self.log = private_folder(folder.resolve() / "logs") / f"{self.name}.log"
        self.password = keep(self.secrets / f"{self.name}_password", secrets.token_hex(24))
        self.port = port or self._usual_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, password included."""

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """How to start it; no secret inside. Raises NoServer."""

    @abstractmethod
    def prepare(self) -> None:
        """Write what the process reads when it starts."""

    @abstractmethod
    def missing(self) -> str | None:
        """What keeps it from working, None if it works; a first start is completed on the way."""

    @property
    def pid(self) -> int:
        """The process. Raises RuntimeError unless started here."""
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it works. Raises DidNotStart."""
        self.prepare()
        log = open_log(self.log)
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                tied(self.command, signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while (missing := self.missing()) is not None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(f"{self.name} did not start: {missing}. Read {self.log}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to end, wait, and if need be end it. Stopping twice is harmless."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _usual_port(self) -> int:
        """The port of last time if it is free, so that addresses people noted stay right."""
        noted = self.folder / "port"
        port = int(noted.read_text()) if noted.exists() else free_port()
        port = port if is_free(port) else free_port()
        write_private(noted, str(port))
        return port


class RedisServer(Server):
    """Redis or Valkey with an append-only file."""

    name = "redis"

    def __init__(
        self, folder: Path, port: int | None = None, fsync: Literal["always", "everysec", "no"] = "everysec"
    ) -> None:
        super().__init__(folder, port)
        self._fsync = fsync
        self._config = self.secrets / "redis.conf"

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"redis://:{self.password}@{LOCALHOST}:{self.port}/0"

    @property
    def command(self) -> list[str]:
        """How to start it; no secret inside. Raises NoServer."""
        return [str(redis_program()), str(self._config)]

    def prepare(self) -> None:
        """Write its configuration."""
        options = {
            "bind": LOCALHOST,
            "port": self.port,
            "requirepass": self.password,
            "dir": json.dumps(str(self.folder)),
            "logfile": json.dumps(str(self.log)),
            "appendonly": "yes",
            "appendfsync": self._fsync,
            "save": '""',
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "slowlog-log-slower-than": -1,  # a slow XADD would be kept with its names
        }
        write_private(self._config, "".join(f"{name} {value}\n" for name, value in options.items()))

    def missing(self) -> str | None:
        """What keeps it from working, None if it works."""
        once = Retry(NoBackoff(), 0)
        with Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1, retry=once) as client:
            try:
                client.ping()
            except (RedisError, OSError) as error:
                return f"no answer on port {self.port} ({type(error).__name__})"
        return None


class MongoServer(Server):
    """A mongod that is the only member of its replica set."""

    name = "mongo"

    def __init__(
        self, folder: Path, port: int | None = None, cache_gigabytes: float = 0.5, *, small_disk: bool = False
    ) -> None:
        """With `small_disk` it keeps little beside the data, and so also hears of a full disk at once."""
        super().__init__(folder, port)
        self._cache_gigabytes = cache_gigabytes
        self._oplog_megabytes = 32 if small_disk else 512
        self._journal = {"configString": "log=(prealloc=false,file_max=100KB)"} if small_disk else {}
        self._config = self.secrets / "mongod.conf"

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"mongodb://{USER}:{self.password}@{LOCALHOST}:{self.port}/?authSource=admin&replicaSet={REPLICA_SET}"

    @property
    def command(self) -> list[str]:
        """How to start it; no secret inside. Raises NoServer."""
        return [str(mongo_program()), "--config", str(self._config)]

    def prepare(self) -> None:
        """Write its configuration and, once, the key of the replica set."""
        keep(self.secrets / "mongo_key", secrets.token_hex(64))
        engine = {"cacheSizeGB": self._cache_gigabytes, **self._journal}
        options = {
            "net": {"bindIp": LOCALHOST, "port": self.port, "unixDomainSocket": {"enabled": False}},
            "security": {"authorization": "enabled", "keyFile": str(self.secrets / "mongo_key")},
            "storage": {"dbPath": str(self.folder), "wiredTiger": {"engineConfig": engine}},
            "replication": {"replSetName": REPLICA_SET, "oplogSizeMB": self._oplog_megabytes},
            "systemLog": {"destination": "file", "path": str(self.log), "logAppend": True, "quiet": True},
            "operationProfiling": {"slowOpThresholdMs": 2**31 - 1},  # a slow write would be logged with its names
            "setParameter": {"shutdownTimeoutMillisForSignaledShutdown": 100, "diagnosticDataCollectionEnabled": False},
        }
        write_private(self._config, json.dumps(options, indent=2))  # JSON is YAML

    def missing(self) -> str | None:
        """What keeps it from working, None if it works; makes the replica set and the user where they are not."""
        with suppress(PyMongoError), self._client(USER) as client:
            return self._settle(client)
        try:
            with self._client(None) as client:
                return self._begin(client)
        except PyMongoError as error:
            return f"port {self.port}: {str(error)[:100]}"

    def _settle(self, client: MongoClient[dict[str, Any]]) -> str | None:
        """Become primary; with another port than last time the replica set has to be told."""
        config = client.admin.command("replSetGetConfig")["config"]  # the first command that needs the password
        if client.admin.command("hello")["isWritablePrimary"]:
            return None
        if config["members"][0]["host"] != self._member["host"]:
            changed = {**config, "version": config["version"] + 1, "members": [self._member]}
            client.admin.command("replSetReconfig", changed, force=True)
        return "not primary yet"

    def _begin(self, client: MongoClient[dict[str, Any]]) -> str | None:
        """The first start: without a user yet, MongoDB allows just these two from localhost."""
        if client.admin.command("hello")["isWritablePrimary"]:
            client.admin.command("createUser", USER, pwd=self.password, roles=["root"])
        else:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [self._member]})
        return "first start is not complete"

    @property
    def _member(self) -> dict[str, Any]:
        return {"_id": 0, "host": f"{LOCALHOST}:{self.port}"}

    def _client(self, user: str | None) -> MongoClient[dict[str, Any]]:
        options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 1000, "timeoutMS": 2000}
        if user:
            options |= {"username": user, "password": self.password}
        return MongoClient(LOCALHOST, self.port, **options)
