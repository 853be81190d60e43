"""The children that the supervisor of `ayllu up` keeps running: servers, and processes of services."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx

from ops.servers.embedded import MongoServer, RedisServer, Server
from ops.servers.processes import LOCALHOST
from ops.servers.supervisor import Child

SERVER_URLS = {"AYLLU_REDIS_URL": RedisServer, "AYLLU_MONGO_URL": MongoServer}
SECRETS = {*SERVER_URLS, "AYLLU_TOKEN_KEY", "AYLLU_TOKEN_KEYS"}


def server_child(server: Server) -> Child:
    """A server that has been prepared."""

    async def missing() -> str | None:
        return await asyncio.to_thread(server.missing)

    return Child(server.name, server.command, server.log, missing, _environment(), last=signal.SIGTERM)


def service_child(name: str, port: int, data: Path, http: httpx.AsyncClient) -> Child:
    """A process of the service that `name` begins with (`care`, `care-2`), over what a folder has for services."""
    application = f"services.{name.partition('-')[0]}.app:create"
    arguments = ["--factory", application, "--host", LOCALHOST, "--port", str(port), "--no-access-log"]
    patience = ["--http", "shared.web.connections:PatientProtocol", "--timeout-graceful-shutdown", "20"]

    async def missing() -> str | None:
        try:
            response = await http.get(f"http://{LOCALHOST}:{port}/health/ready")
        except httpx.HTTPError as error:
            return f"no answer on port {port} ({type(error).__name__})"
        return None if response.status_code == 200 else f"/health/ready says {response.text[:500]}"

    return Child(
        name,
        [sys.executable, "-m", "uvicorn", *arguments, *patience],
        data / "logs" / f"{name}.log",
        missing,
        _environment()
        | {"AYLLU_SECRETS_DIR": str(data / "secrets" / "services"), "AYLLU_REPLICA": name}
        | {"AYLLU_OPEN_DOCS": os.environ.get("AYLLU_OPEN_DOCS") or "true"},  # it is for this machine only
    )


def _environment() -> dict[str, str]:
    """Ours, without the secrets in it: everybody with our account can read the environment of a process."""
    return {key: value for key, value in os.environ.items() if key not in SECRETS}
