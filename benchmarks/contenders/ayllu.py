"""(a) This project: the services as they are run, with history, outboxes, what they tell each other."""

from collections.abc import Iterable
from typing import Any

from benchmarks.contenders.contender import Contender
from benchmarks.place import Place
from benchmarks.views import SERVICES
from ops.processes import LOCALHOST, free_port
from shared.events import Event
from shared.folding import MARK_SIZE, mark


class Ayllu(Contender):
    """The real services under uvicorn."""

    name = "a"
    title = "Ayllu"
    does = (
        "the three services as they are run: views with every rule, history rows, outboxes, "
        "what they say published and heard, acknowledgement, HTTP, metrics, logs"
    )

    def arguments(self, service: str) -> list[str]:
        """What Python runs: uvicorn, as `ayllu up` does."""
        where = ["--factory", f"services.{service}.app:create", "--host", LOCALHOST, "--port", str(free_port())]
        return ["uvicorn", *where, "--no-access-log", "--timeout-graceful-shutdown", "20"]

    def settled(self, place: Place) -> bool:
        """Everything in the views; what they say of it is published and in the views of who listens."""
        heard = self.in_views(place) and all(place.drained(each, "notifications") for each in ("care", "education"))
        return heard and not any(place.mongo[service].outbox.count_documents({}) for service in SERVICES)

    def mark(self, event: Event) -> Any:
        """What shows in a document that an event is in it."""
        return mark(event)

    def marks(self, document: dict[str, Any]) -> Iterable[Any]:
        """The marks in changed fields of a document."""
        folded = bytes(document.get("folded", b""))
        return (folded[at : at + MARK_SIZE] for at in range(0, len(folded), MARK_SIZE))
