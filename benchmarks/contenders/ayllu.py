"""(a) This project: the services as they are run, with history, outboxes, what they tell each other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.contenders.contender import Contender
from benchmarks.ours import Ours
from benchmarks.place import Place, Program
from benchmarks.views import SERVICES
from shared.events import Event
from shared.folds.folding import MARK_SIZE, mark


class Ayllu(Contender):
    """The real services under uvicorn."""

    name = "a"
    title = "Ayllu"
    does = (
        "the three services as they are run: views with every rule, history rows, outboxes, "
        "what they say published and heard, acknowledgement, HTTP, metrics, logs"
    )

    def __init__(
        self, replicas: int = 1, environment: Mapping[str, str] | None = None, services: Sequence[str] = SERVICES
    ) -> None:
        self._ours = Ours(services, replicas, environment)

    def programs(self, place: Place) -> list[Program]:
        """The processes, one for each service and replica."""
        return self._ours.programs(f"{self.name}-")

    def settled(self, place: Place) -> bool:
        """Everything in the views; what they say of it is published and in the views of who listens."""
        return self._ours.quiet(place, {})

    def counted(self) -> dict[str, float]:
        """What the processes counted themselves, until now."""
        return {name: sum(self._ours.metric(name).values()) for name in ("conflicts", "refolded")}

    def mark(self, event: Event) -> Any:
        """What shows in a document that an event is in it."""
        return mark(event)

    def marks(self, document: dict[str, Any]) -> Iterable[Any]:
        """The marks in changed fields of a document."""
        folded = bytes(document.get("folded", b""))
        return (folded[at : at + MARK_SIZE] for at in range(0, len(folded), MARK_SIZE))
