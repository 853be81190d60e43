"""The test servers as containers: the official images, started and removed by Testcontainers."""

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from testcontainers.community.redis import RedisContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

REDIS = "redis:8"
MONGO = "mongo:8"
WAITING = re.compile("waiting for connections", re.IGNORECASE)


@contextmanager
def started() -> Iterator[tuple[str, str]]:
    """URLs of a Redis with a password, and of a MongoDB that is the only member of its replica set."""
    password = secrets.token_hex(16)
    # not MongoDbContainer: it sets a root password, and a replica set with one also wants a key file
    mongo = DockerContainer(MONGO).with_exposed_ports(27017).with_command("mongod --replSet rs0 --bind_ip_all")
    with (
        RedisContainer(REDIS, password=password) as redis,
        mongo.waiting_for(LogMessageWaitStrategy(WAITING)) as mongo,
    ):
        mongo_url = f"mongodb://{mongo.get_container_host_ip()}:{mongo.get_exposed_port(27017)}/?directConnection=true"
        _become_primary(mongo_url)
        yield f"redis://:{password}@{redis.get_container_host_ip()}:{redis.get_exposed_port(6379)}/0", mongo_url


def _become_primary(url: str) -> None:
    """Initiate the replica set; its member is known by the address inside the container."""
    with MongoClient[dict[str, Any]](url) as client:
        client.admin.command("replSetInitiate", {"_id": "rs0", "members": [{"_id": 0, "host": "localhost:27017"}]})
        deadline = time.monotonic() + 30
        while not client.admin.command("hello")["isWritablePrimary"]:
            assert time.monotonic() < deadline, "the member of the replica set did not become primary"
            time.sleep(0.05)
