"""What a contender is: processes that take events into the three views, and how to know that they have."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from benchmarks.place import STREAM, Entry, Place, Program
from benchmarks.views import SERVICES
from shared.events import EVENT_FIELD, Event


class Contender:
    """One process for each service, each reading the stream; a subclass says what differs."""

    name: ClassVar[str]
    """One letter, as in `--only`."""

    title: ClassVar[str]
    does: ClassVar[str]
    """What it does for an event, for the page."""

    one_in: ClassVar[int] = 1
    """It is given the first events only: one part in so many, where all would take too long."""

    program: ClassVar[str] = ""
    """Its module in `benchmarks.programs`."""

    streams: ClassVar[Sequence[str]] = (STREAM,)
    """Where events are published."""

    def programs(self, place: Place) -> list[Program]:
        """The processes, one for each service."""
        return [
            Program(f"{self.name}-{service}", self.arguments(service), self.environment(place)) for service in SERVICES
        ]

    def arguments(self, service: str) -> list[str]:
        """What Python runs: a module and its arguments."""
        return [f"benchmarks.programs.{self.program}", service]

    def environment(self, place: Place) -> dict[str, str]:
        """What its processes are told besides where the servers are."""
        return {}

    def prepare(self, place: Place, batches: Sequence[Sequence[Event]]) -> None:
        """Whatever has to be there before the processes start; `batches` is what `send` will be called with."""

    def entry(self, event: Event) -> Entry:
        """The entry of an event, and its stream."""
        return STREAM, self.encode(event)

    def encode(self, event: Event) -> dict[str, Any]:
        """The fields of the entry of an event."""
        return {EVENT_FIELD: event.text}

    def send(self, place: Place, events: Sequence[Event]) -> None:
        """Publish events to all services."""
        place.add([self.entry(event) for event in events])

    def in_views(self, place: Place) -> bool:
        """Whether everything sent is in the views."""
        return all(place.drained(stream, *SERVICES) for stream in self.streams)

    def settled(self, place: Place) -> bool:
        """Whether nothing is left to do."""
        return self.in_views(place)

    def warm(self) -> bool:
        """Whether it may be measured, once the warm-up is in its views."""
        return True

    def counted(self) -> dict[str, float]:
        """What its processes counted themselves, until now."""
        return {}

    def mark(self, event: Event) -> Any:
        """What shows in a document that an event is in it."""
        return event.id

    def marks(self, document: dict[str, Any]) -> Iterable[Any]:
        """The marks in changed fields of a document."""
        for name, value in document.items():
            if name.partition(".")[0] == "events":
                yield from value if isinstance(value, list) else [value]
