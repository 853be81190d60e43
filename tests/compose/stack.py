"""One deployment under `docker compose`: its own project, ports and image, gone without a trace at the end."""

import asyncio
import json
import os
import secrets
import socket
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("intake", "education", "care", "notifications")
LASTING = (*SERVICES, "door", "redis", "mongo")


class CommandFailed(Exception):
    """A docker command did not end with 0."""


def free_ports(count: int) -> list[int]:
    """Ports of this machine that nobody listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


async def run(*command: str, check: bool = True, told: str | None = None) -> str:
    """What a command prints. Raises CommandFailed with the end of what it complained about."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AYLLU_")}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment)
    out, complaint = await process.communicate(told.encode() if told else None)
    if check and process.returncode:
        raise CommandFailed(f"{' '.join(command)}: {process.returncode}\n{complaint.decode()[-3000:]}")
    return out.decode()


class Stack:
    """The deployment: `.env.example` as it is, and then only ports and an image tag of its own."""

    def __init__(self, folder: Path) -> None:
        self.project = f"ayllu-test-{secrets.token_hex(3)}"
        self.ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
        self._env = folder / ".env"
        own = [f"{name.upper()}_PORT={port}" for name, port in self.ports.items()]
        own.append(f"AYLLU_VERSION={self.project}")
        self._env.write_text((ROOT / ".env.example").read_text() + "\n" + "\n".join(own) + "\n")

    async def compose(self, *arguments: str, check: bool = True, told: str | None = None) -> str:
        """Run docker compose on this deployment."""
        where = ("-p", self.project, "-f", str(ROOT / "docker-compose.yml"), "--env-file", str(self._env))
        return await run("docker", "compose", *where, *arguments, check=check, told=told)

    async def up(self, *arguments: str) -> None:
        """As an operator starts it."""
        await self.compose("up", "-d", "--wait", "--wait-timeout", "300", *arguments)

    async def down(self) -> None:
        """Take everything away, with its data and its image."""
        await self.compose("--profile", "ops", "down", "-v", "--remove-orphans", "--timeout", "10")
        await run("docker", "image", "rm", "-f", f"ayllu:{self.project}", check=False)

    async def ops(self, *arguments: str) -> str:
        """The `ayllu` command, as operators run it."""
        return (await self.compose("run", "--rm", "-T", "ops", *arguments)).strip()

    async def python(self, service: str, code: str) -> str:
        """Run Python inside a service, as that service."""
        return (await self.compose("exec", "-T", service, "python", "-", told=code)).strip()

    async def one_off(self, service: str, code: str) -> str:
        """Run Python with the secrets of a service that does not run all the time."""
        command = ("run", "--rm", "-T", "--no-deps", "--entrypoint", "python", service, "-")
        return (await self.compose(*command, told=code)).strip()

    async def kill(self, service: str, signal: str) -> None:
        """End the process of a service from inside, as a crash would (`docker kill` would count as wanted)."""
        await self.compose("exec", "-T", service, "sh", "-c", f"kill -{signal} -1", check=False)

    async def containers(self, service: str = "") -> list[dict[str, Any]]:
        """What `docker inspect` tells of the containers, the finished jobs too."""
        ids = (await self.compose("ps", "-aq", *([service] if service else []))).split()
        found: list[dict[str, Any]] = json.loads(await run("docker", "inspect", *ids))
        return found

    async def back(self, service: str, restarts: int) -> bool:
        """Whether a service was started again so often, by itself, and is healthy."""
        (found,) = await self.containers(service)
        return bool(found["RestartCount"] >= restarts and found["State"]["Health"]["Status"] == "healthy")

    async def status(self) -> dict[str, Any]:
        """What `ayllu status --json` tells."""
        found: dict[str, Any] = json.loads(await self.ops("status", "--json"))
        return found

    async def get(self, service: str, path: str, token: str) -> Any:
        """Read something as a member of staff; fails unless it is there."""
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.ports[service]}", headers=headers) as http:
            return (await http.get(path)).raise_for_status().json()
