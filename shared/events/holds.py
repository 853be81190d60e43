"""Whether a family is on hold: nobody approaches it until an authority agrees who knew of all that was told of it."""

from typing import Protocol, Self, TypeVar

from shared.events.envelope import Event, Utc


class Case(Protocol):
    """A view of a case: `heldAt` is when Ayllu learnt of the latest report that put it on hold."""

    @property
    def on_hold(self) -> bool: ...
    @property
    def held_at(self) -> Utc | None: ...
    def but(self, **changes: object) -> Self: ...


Seen = TypeVar("Seen", bound=Case)


def held(case: Seen, event: Event) -> Seen:
    """The case, once a report put it on hold."""
    return case.but(on_hold=True, held_at=max(filter(None, (case.held_at, event.recordedtime))))


def approached(case: Seen, event: Event) -> Seen:
    """The case, once an authority agreed. A report of before, which came later, was not part of what it agreed to."""
    if case.held_at and case.held_at > event.recordedtime:
        return case
    return case.but(on_hold=False, held_at=None)
