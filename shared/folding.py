"""A view and how events are folded into it: pure, whatever the order in which they are heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic

from shared.events import Event
from shared.rules import Fold, State

MARK_SIZE = 8
Place = tuple[str, str]
BEFORE_ALL: Place = ("", "")


@dataclass(frozen=True)
class View(Generic[State]):
    """One document: the fold of the events in `folded`, of which `last` has the latest place.

    `folded` is the set of events that the state holds, eight bytes each: what is in it has been decided on, and
    is never decided on again, whatever the rules say by then.
    """

    id: str
    state: State
    version: int = 0
    last: Place = BEFORE_ALL
    folded: bytes = b""

    def lacks(self, events: Sequence[Event]) -> list[Event]:
        """Those of `events` that are not in the state yet, in order, each once."""
        late = [event for event in events if event.place <= self.last]
        known = self._marks() if late else frozenset()
        missing = {event.id: event for event in events if event.place > self.last or mark(event) not in known}
        return sorted(missing.values(), key=lambda event: event.place)

    def _marks(self) -> frozenset[bytes]:
        return frozenset(self.folded[at : at + MARK_SIZE] for at in range(0, len(self.folded), MARK_SIZE))


@dataclass(frozen=True)
class Folded(Generic[State]):
    """A view with new events folded in: the version it started from, what was new, and what to say."""

    view: View[State]
    was: int
    heard: Sequence[Event]
    say: Sequence[Event]


def mark(event: Event) -> bytes:
    """Eight bytes that stand for an event in `View.folded`."""
    return blake2b(event.id.encode(), digest_size=MARK_SIZE).digest()


def fold_on(fold: Fold[State], source: str, view: View[State], missing: Sequence[Event]) -> Folded[State]:
    """Fold in events that all come after `view.last`."""
    return _run(fold, source, view, view.state, missing, missing)


def refold(fold: Fold[State], source: str, view: View[State], history: Sequence[Event]) -> Folded[State]:
    """Fold the whole history again, from nothing; decide only on what the view lacked."""
    events = sorted({event.id: event for event in history}.values(), key=lambda event: event.place)
    return _run(fold, source, view, fold.begin(view.id), events, view.lacks(events))


def _run(
    fold: Fold[State],
    source: str,
    view: View[State],
    state: State,
    events: Sequence[Event],
    missing: Sequence[Event],
) -> Folded[State]:
    new = {event.id for event in missing}
    say: list[Event] = []
    for event in events:
        if event.id in new:
            say += (event.reaction(source, subject, fact) for subject, fact in fold.decide(state, event))
        state = fold.evolve(state, event)
    last = max(view.last, events[-1].place) if events else view.last
    folded = view.folded + b"".join(mark(event) for event in missing)
    return Folded(View(view.id, state, view.version + 1, last, folded), view.version, missing, say)
