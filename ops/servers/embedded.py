"""Embedded servers: a Redis-compatible server and a real MongoDB, on this machine only, each with a password."""

import json
import secrets
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from ops.servers.binaries import NoServer, mongo_program, redis_program
from ops.servers.processes import LOCALHOST, DidNotStart, keep, write_private
from ops.servers.server import Server

USER = "ayllu"
REPLICA_SET = "rs0"

COMPRESSORS = ("snappy", "zstd")
"""With zlib a mongod as old as the packaged one tells anybody on this machine, without a password, what is in its
memory (CVE-2025-14847). Any mongod that is started here, on PATH or packaged, is without, and safe whatever its age."""

Fsync = Literal["always", "everysec", "no"]
"""When Redis has its append-only file written to the disk."""

__all__ = ["DidNotStart", "MongoServer", "NoServer", "RedisServer", "Server"]


LOG_TAIL = 4096
UNREADABLE = "Bad file format reading the append only file"


class RedisServer(Server):
    """Redis or Valkey with an append-only file."""

    name = "redis"

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        fsync: Fsync = "everysec",
        name: str | None = None,
    ) -> None:
        super().__init__(folder, port, name)
        self._fsync = fsync

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"redis://:{self.password}@{LOCALHOST}:{self.port}/0"

    @property
    def command(self) -> list[str]:
        """How to start it; no secret inside. Raises NoServer."""
        return [str(redis_program()), str(self.config)]

    @property
    def options(self) -> dict[str, Any]:
        """What is in its configuration."""
        return {
            "bind": LOCALHOST,
            "port": self.port,
            "requirepass": self.password,
            "dir": json.dumps(str(self.folder)),
            "logfile": json.dumps(str(self.log)),
            "appendonly": "yes",
            "appendfsync": self._fsync,
            "save": '""',
            "maxmemory": "256mb",  # when full, it refuses events, which then wait in the outboxes
            "maxmemory-policy": "noeviction",
            "proto-max-bulk-len": "16mb",  # what an outsider may send at once: a report has at most 1 MiB
            "daemonize": "no",
            "slowlog-log-slower-than": -1,  # a slow XADD would be kept with its names
        }

    def prepare(self) -> None:
        """Write its configuration."""
        write_private(self.config, "".join(f"{name} {value}\n" for name, value in self.options.items()))

    def missing(self) -> str | None:
        """Why it does not work yet; None if it does."""
        with self.client() as client:
            try:
                client.ping()
            except (RedisError, OSError) as error:
                self._set_aside_what_it_cannot_read()
                return f"no answer on port {self.port} ({type(error).__name__})"
        return None

    def _set_aside_what_it_cannot_read(self) -> None:
        """After a full disk, Redis may fail to read its own file at every start: start the next one without it.

        It only carries events: services notice, and publish everything again.
        """
        told = self.log.read_text(errors="replace")[-LOG_TAIL:] if self.log.exists() else ""
        if UNREADABLE in told.rpartition("Server initialized")[2] and (self.folder / "appendonlydir").exists():
            rmtree(self.folder / "unreadable", ignore_errors=True)
            (self.folder / "appendonlydir").rename(self.folder / "unreadable")

    def client(self) -> Redis:
        """A connection to this server alone."""
        once = Retry(NoBackoff(), 0)
        return Redis.from_url(self.url, socket_timeout=2, socket_connect_timeout=2, retry=once, decode_responses=True)


class MongoServer(Server):
    """A mongod that is the only member of its replica set."""

    name = "mongo"
    parameters: dict[str, int | bool] = {
        "shutdownTimeoutMillisForSignaledShutdown": 100,
        "diagnosticDataCollectionEnabled": False,
    }

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        cache_gigabytes: float | None = 0.5,
        name: str | None = None,
        *,
        small_disk: bool = False,
    ) -> None:
        """Without `cache_gigabytes` MongoDB takes half of the machine's memory.

        With `small_disk` it keeps little beside the data, and so notices a full disk at once.
        """
        super().__init__(folder, port, name)
        self._cache_gigabytes = cache_gigabytes
        self._oplog_megabytes = 32 if small_disk else 512
        self._journal = {"configString": "log=(prealloc=false,file_max=100KB)"} if small_disk else {}

    @property
    def url(self) -> str:
        """Where clients connect, password included."""
        return f"mongodb://{USER}:{self.password}@{LOCALHOST}:{self.port}/?authSource=admin&replicaSet={REPLICA_SET}"

    @property
    def command(self) -> list[str]:
        """How to start it; no secret inside. Raises NoServer."""
        return [str(mongo_program()), "--config", str(self.config)]

    def prepare(self) -> None:
        """Write its configuration and, once, the key of the replica set."""
        keep(self.secrets / "mongo_key", secrets.token_hex(64))
        cache = {"cacheSizeGB": self._cache_gigabytes} if self._cache_gigabytes else {}
        engine = {**cache, **self._journal}
        options = {
            "net": {
                "bindIp": LOCALHOST,
                "port": self.port,
                "unixDomainSocket": {"enabled": False},
                "compression": {"compressors": ",".join(COMPRESSORS)},
            },
            "security": {"authorization": "enabled", "keyFile": str(self.secrets / "mongo_key")},
            "storage": {"dbPath": str(self.folder), "wiredTiger": {"engineConfig": engine}},
            "replication": {"replSetName": REPLICA_SET, "oplogSizeMB": self._oplog_megabytes},
            "systemLog": {"destination": "file", "path": str(self.log), "logAppend": True, "quiet": True},
            "operationProfiling": {"slowOpThresholdMs": 2**31 - 1},  # a slow write would be logged with its names
            "setParameter": self.parameters,
        }
        write_private(self.config, json.dumps(options, indent=2))  # JSON is YAML

    def missing(self) -> str | None:
        """Why it does not work yet, None if it does; makes the replica set and the user if they are missing."""
        with suppress(PyMongoError), self.client(USER) as client:
            return self._settle(client)
        try:
            with self.client(None) as client:
                return self._begin(client)
        except PyMongoError as error:
            return f"port {self.port}: {str(error)[:100]}"

    def _settle(self, client: MongoClient[dict[str, Any]]) -> str | None:
        """Become primary; if the port has changed, reconfigure the replica set."""
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

    def client(self, user: str | None) -> MongoClient[dict[str, Any]]:
        """A connection to this member alone; with no user, what MongoDB allows strangers from localhost."""
        options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 1000, "timeoutMS": 2000}
        if user:
            options |= {"username": user, "password": self.password}
        return MongoClient(LOCALHOST, self.port, **options)
