"""Who takes part: which processes each runs, how events reach them, and how to tell that all is done."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import httpx
from faststream.redis import BinaryMessageFormatV1

from benchmarks.core import SERVICES, Held, NotTheSame, held, held_by_ours
from benchmarks.place import STREAM, Entry, Place, Program
from benchmarks.programs.tasks import app, task
from ops.commands.audit import unlike_history
from ops.servers.processes import LOCALHOST, free_port
from shared.events import EVENT_FIELD, LISTENERS, Event, partition_of
from shared.events.partitions import streams_of
from shared.folds.folding import mark, marks
from shared.folds.outbox import UNDER_WAY

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
"""Of Celery: less than its defaults, nothing but the work."""


class Contender:
    """A process for each service, each reading one stream; a subclass says what differs."""

    title: str
    module: str
    """What Python runs, with the name of the service."""

    streams: Sequence[str] = (STREAM,)

    def programs(self, place: Place) -> list[Program]:
        return [Program(service, [self.module, service]) for service in SERVICES]

    def ready(self) -> bool:
        """Whether it may be measured, once the warm-up is in its views."""
        return True

    def entry(self, event: Event) -> Entry:
        """The entry of an event, and its stream."""
        return STREAM, {EVENT_FIELD: event.text}

    def send(self, place: Place, events: Sequence[Event]) -> None:
        """Publish events to all services."""
        place.add([self.entry(event) for event in events])

    def in_views(self, place: Place) -> bool:
        """Whether everything sent is in the views."""
        return all(place.drained(stream, *SERVICES) for stream in self.streams)

    def settled(self, place: Place) -> bool:
        """Whether nothing is left to do."""
        return self.in_views(place)

    def held(self, place: Place) -> Held:
        return held(place.mongo)

    def mark(self, event: Event) -> Any:
        """What shows in a document that an event is in it."""
        return event.id

    def marks(self, changed: Mapping[str, Any]) -> Iterable[Any]:
        """The marks in changed fields of a document."""
        for name, value in changed.items():
            if name.partition(".")[0] == "events":
                yield from value if isinstance(value, list) else [value]


class Ayllu(Contender):
    """(a) The services as they are run, under uvicorn; some of them, or several replicas on partitioned streams."""

    title = "Ayllu"

    def __init__(
        self, services: Sequence[str] = SERVICES, replicas: int = 1, partitions: int = 1, **environment: str
    ) -> None:
        self.ports: dict[str, int] = {}
        """Of the processes that were last started."""

        self.streams = streams_of(STREAM, partitions)
        self._services, self._replicas, self._partitions = services, replicas, partitions
        self._environment = {"AYLLU_PARTITIONS": str(partitions), **environment}

    def programs(self, place: Place) -> list[Program]:
        """One for each service and replica, on ports that are free now."""
        numbers = [""] if self._replicas == 1 else [f"-{number + 1}" for number in range(self._replicas)]
        names = {f"{service}{number}": service for number in numbers for service in self._services}
        self.ports = {name: free_port() for name in names}
        return [
            Program(
                name,
                served(f"services.{service}.app:create", self.ports[name], "--factory"),
                {"AYLLU_REPLICA": name, **self._environment},
            )
            for name, service in names.items()
        ]

    def ready(self) -> bool:
        """Each replica reads as many partitions as the others."""
        share = self._partitions / self._replicas
        return self._partitions == 1 or all(partitions_read(port) == share for port in self.ports.values())

    def entry(self, event: Event) -> Entry:
        """On the partition of its family, as the services choose it."""
        return self.streams[partition_of(event, self._partitions)], {EVENT_FIELD: event.text}

    def settled(self, place: Place) -> bool:
        """Everything is heard, and what they say of it is published and heard by who listens."""
        heard = all(
            place.drained(stream, *(group for group in groups if group in self._services))
            for name, groups in LISTENERS.items()
            for stream in streams_of(name, self._partitions)
        )
        return heard and not any(place.mongo[service].history.count_documents(UNDER_WAY) for service in self._services)

    def held(self, place: Place) -> Held:
        """What its histories hold, of which its views are the fold, by every rule. Raises NotTheSame."""
        if any(unlike := place.connected(unlike_history).values()):
            raise NotTheSame(f"{sum(map(len, unlike))} views are not what their history folds to")
        return held_by_ours(place.mongo)

    def mark(self, event: Event) -> Any:
        return mark(event)

    def marks(self, changed: Mapping[str, Any]) -> Iterable[Any]:
        return marks(bytes(changed.get("folded", b"")))


class Tutorial(Contender):
    """(b) The FastStream tutorial way: a handler is called with each message and awaits an upsert with Motor."""

    title = "FastStream, a handler a message"
    module = "benchmarks.programs.tutorial"

    def entry(self, event: Event) -> Entry:
        """As FastStream's own `publish` would, without its cost, which is not the consumers'."""
        told = event.model_dump(mode="json", exclude_none=True)
        encoding = BinaryMessageFormatV1.encode(
            message=told, reply_to=None, headers=None, correlation_id=event.correlationid
        )
        try:
            encoding.send(None)  # a coroutine that awaits nothing
        except StopIteration as encoded:
            return STREAM, {"__data__": encoded.value}
        raise RuntimeError("FastStream's encoding waits for something")


class CeleryTasks(Contender):
    """(c) Celery on Redis: a task for each event and service, and a worker with one child for each service."""

    title = "Celery, a task an event and service"

    def programs(self, place: Place) -> list[Program]:
        """Celery's own command; the sender is told where Redis is."""
        app.conf.broker_url = place.redis_server.url
        worker = ["celery", "-A", "benchmarks.programs.tasks", "worker", "-c", "1", *QUIET]
        return [Program(name, [*worker, "-Q", name, "-n", f"{name}@benchmark"]) for name in SERVICES]

    def send(self, place: Place, events: Sequence[Event]) -> None:
        for event in events:
            for service in SERVICES:
                task.apply_async((service, event.text), queue=service)

    def in_views(self, place: Place) -> bool:
        """Whether no task waits or is held; the last may still run, which verification waits for."""
        return not any(map(place.redis.llen, SERVICES)) and not place.redis.hlen("unacked")


class ByHand(Contender):
    """(d) A loop by hand with redis-py and PyMongo, for this one purpose, no framework."""

    title = "a loop by hand"
    module = "benchmarks.programs.by_hand"


CONTENDERS: dict[str, Contender] = {"a": Ayllu(), "b": Tutorial(), "c": CeleryTasks(), "d": ByHand()}


def served(application: str, port: int, *options: str) -> list[str]:
    """What Python runs: uvicorn, as `ayllu up` does."""
    where = [application, "--host", LOCALHOST, "--port", str(port), *options]
    return ["uvicorn", *where, "--no-access-log", "--timeout-graceful-shutdown", "20"]


def listening(port: int) -> bool:
    """Whether a process says that it is ready."""
    try:
        return httpx.get(f"http://{LOCALHOST}:{port}/health/ready", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def partitions_read(port: int) -> float:
    """How many partitions a process reads."""
    told = httpx.get(f"http://{LOCALHOST}:{port}/metrics", trust_env=False).text
    return sum(map(float, re.findall(r"^ayllu_partitions(?:{.*})? (\S+)$", told, re.MULTILINE)))
