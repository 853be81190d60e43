"""Our services as they are run: their processes, when they are ready, when nothing is left to do, what they counted."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from http.client import HTTPConnection, HTTPException

from benchmarks.place import Place, Program, wait_until
from ops.servers.processes import LOCALHOST, free_port
from shared.events import LISTENERS
from shared.folds.outbox import UNDER_WAY

READY_SECONDS = 60


class Ours:
    """Some of our services, each in one process or several."""

    def __init__(
        self, services: Sequence[str], replicas: int = 1, environment: Mapping[str, str] | None = None
    ) -> None:
        self.ports: dict[str, int] = {}
        """Of the processes that were last started."""

        self._services = services
        self._replicas = replicas
        self._environment = environment or {}

    def programs(self, prefix: str = "") -> list[Program]:
        """Their processes, on ports that are free now."""
        names = {
            f"{prefix}{service}-{replica}" if self._replicas > 1 else f"{prefix}{service}": service
            for replica in range(1, self._replicas + 1)
            for service in self._services
        }
        self.ports = {name: free_port() for name in names}
        return [
            Program(
                name,
                served(f"services.{service}.app:create", self.ports[name], "--factory"),
                {"AYLLU_REPLICA": name, **self._environment},
            )
            for name, service in names.items()
        ]

    def wait_ready(self) -> None:
        """Until each of them listens. Raises TooLate."""
        for name, port in self.ports.items():
            wait_until(partial(ready, port), READY_SECONDS, name)

    def quiet(self, place: Place, streams: Mapping[str, Iterable[str]]) -> bool:
        """Whether all is heard, and what they say of it published and heard; `streams` are those of each name."""
        heard = all(
            place.drained(stream, *(group for group in groups if group in self._services))
            for name, groups in LISTENERS.items()
            for stream in streams.get(name, [name])
        )
        return heard and not any(place.mongo[service].history.count_documents(UNDER_WAY) for service in self._services)

    def metric(self, name: str) -> dict[str, float]:
        """What each process says of a metric, summed over its labels."""
        line = re.compile(rf"^ayllu_{name}(?:_total)?(?:{{.*}})? (\S+)$", re.MULTILINE)
        told = {process: answer(port, "/metrics") or "" for process, port in self.ports.items()}
        return {process: sum(map(float, line.findall(text))) for process, text in told.items()}


def served(application: str, port: int, *options: str) -> list[str]:
    """What Python runs: uvicorn, as `ayllu up` does."""
    where = [application, "--host", LOCALHOST, "--port", str(port), *options]
    return ["uvicorn", *where, "--no-access-log", "--timeout-graceful-shutdown", "20"]


def ready(port: int) -> bool:
    """Whether a process says that it is ready."""
    return answer(port, "/health/ready") is not None


def answer(port: int, path: str) -> str | None:
    """What a process answers; None if it does not, or not with 200."""
    connection = HTTPConnection(LOCALHOST, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    return text if response.status == 200 else None
