"""(c) Celery on Redis: a task for each event and service, and a worker for each service."""

from collections.abc import Sequence

from benchmarks.contenders.contender import Contender
from benchmarks.place import Place
from benchmarks.programs.tasks import app, task
from benchmarks.views import SERVICES
from shared.events import Event

QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
"""Less than its defaults: nothing but the work."""


class CeleryTasks(Contender):
    """A worker with one child process for each service."""

    name = "c"
    title = "Celery, a task an event and service"
    does = (
        "one worker for each service, concurrency 1, results ignored, PyMongo: "
        "each task validated, an upsert awaited for each document"
    )

    def arguments(self, service: str) -> list[str]:
        """What Python runs: Celery's own command."""
        where = ["-A", "benchmarks.programs.tasks", "worker", "-Q", service, "-n", f"{service}@benchmark"]
        return ["celery", *where, "-c", "1", *QUIET]

    def prepare(self, place: Place, batches: Sequence[Sequence[Event]]) -> None:
        """Tell the sender where Redis is."""
        app.conf.broker_url = place.redis_server.url

    def send(self, place: Place, events: Sequence[Event]) -> None:
        """A task for each event and service."""
        for event in events:
            text = event.text
            for service in SERVICES:
                task.apply_async((service, text), queue=service)

    def in_views(self, place: Place) -> bool:
        """Whether no task waits or is held; the last may still run, which verification waits for."""
        return not any(map(place.redis.llen, SERVICES)) and not place.redis.hlen("unacked")
