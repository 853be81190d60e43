"""Which Ayllu a command talks to: the environment, else the one `ayllu up` runs in the data folder."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from redis.asyncio import Redis

from ops.servers.processes import LOCALHOST
from shared.mongo import Client, close, connect
from shared.settings import Settings, Signing
from shared.streams.redis import redis_client
from shared.web.signing import Signer

SERVICES = ("intake", "education", "care", "notifications")

Data = Annotated[Path, typer.Option("--data", envvar="AYLLU_DATA", help="The folder that `ayllu up --data` runs in.")]
HERE = Path(".ayllu")


class NotRunning(Exception):
    """No Ayllu runs here. Start one with `ayllu up`, or name its folder with --data, or set AYLLU_REDIS_URL,
    AYLLU_MONGO_URL and AYLLU_TOKEN_KEY."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


def running(data: Path) -> dict[str, Any]:
    """What `ayllu up` wrote: addresses, urls, pids, senderKey, staffToken. Raises NotRunning."""
    try:
        found: dict[str, Any] = json.loads((data / "running.json").read_text())
    except FileNotFoundError as error:
        raise NotRunning from error
    return found


def settings(data: Path) -> Settings:
    """The settings of the environment or secrets folder; else those of `ayllu up`. Raises NotRunning."""
    if "AYLLU_MONGO_URL" not in os.environ and "AYLLU_SECRETS_DIR" not in os.environ:
        local = data / "secrets"
        if local.is_dir():
            os.environ["AYLLU_SECRETS_DIR"] = str(local)
        elif not Path("/run/secrets").is_dir():
            raise NotRunning
    return Settings.load()


def signer(data: Path) -> Signer:
    """Who signs staff tokens, with the operator's private key. Raises NotRunning, NoTokenKey."""
    settings(data)  # where the secrets are
    return Signer(Signing.load().token_key.get_secret_value())


def http_client(**options: Any) -> httpx.AsyncClient:
    """An HTTP client that reaches this machine directly, without the proxy of the environment."""
    return httpx.AsyncClient(mounts={f"all://{LOCALHOST}": None}, **options)


@asynccontextmanager
async def servers(data: Path) -> AsyncIterator[tuple[Client, Redis]]:
    """Connections to MongoDB and Redis of the Ayllu a command talks to."""
    found = settings(data)
    client, redis = connect(found), redis_client(found)
    try:
        yield client, redis
    finally:
        await redis.aclose()
        await close(client)
