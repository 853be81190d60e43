"""A view and how events are folded into it: pure, and the same in whatever order they arrive."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Generic
from uuid import uuid4

from shared.events import Event, Fact, Place
from shared.folds.rules import Fold, State

MARK_SIZE = 8
BEFORE_ALL: Place = ("",)


@dataclass(frozen=True)
class View(Generic[State]):
    """One document: the fold of the events in `folded`; `last` is the latest place among them.

    `folded` is the set of events in the state, eight bytes each. They have been decided on, and never are again, even
    if the rules change.
    """

    id: str
    state: State
    version: int = 0
    last: Place = BEFORE_ALL
    folded: bytes = b""

    def lacks(self, events: Sequence[Event]) -> list[Event]:
        """Those of `events` that are not in the state yet, in order, each once."""
        late = any(event.place <= self.last for event in events)
        known = frozenset(marks(self.folded)) if late else frozenset()
        missing = {event.id: event for event in events if event.place > self.last or mark(event) not in known}
        return in_order(missing.values())


def act(view: View[Any], source: str, subject: str, fact: Fact, moment: datetime) -> Event:
    """The event of somebody who saw this view and did something about it.

    It is ordered after all that was seen, whatever the clocks say. Anything more that folds before it was not seen.
    """
    event_id = str(uuid4())
    after = _after_all(view.last, view.version) if view.last > BEFORE_ALL else moment
    return Event(
        id=event_id,
        source=source,
        type=type(fact).__name__,
        subject=subject,
        time=max(moment, after),
        recordedtime=moment,
        correlationid=event_id,
        data=fact,
    )


@dataclass(frozen=True)
class Folded(Generic[State]):
    """A view with new events folded in: which were new, and which to publish in response."""

    view: View[State]
    heard: Sequence[Event]
    say: Sequence[Event]


def mark(event: Event) -> bytes:
    """Eight bytes that stand for an event in `View.folded`."""
    return blake2b(event.id.encode(), digest_size=MARK_SIZE).digest()


def marks(folded: bytes) -> list[bytes]:
    """The marks in `View.folded`."""
    return [folded[at : at + MARK_SIZE] for at in range(0, len(folded), MARK_SIZE)]


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events as they happened, each once."""
    return sorted({event.id: event for event in events}.values(), key=lambda event: event.place)


def fold_on(fold: Fold[State], source: str, view: View[State], missing: Sequence[Event]) -> Folded[State]:
    """Fold in events that all come after `view.last`."""
    return _run(fold, source, view, view.state, missing, missing)


def refold(
    fold: Fold[State], source: str, view: View[State], history: Iterable[Event], missing: Sequence[Event]
) -> Folded[State]:
    """Fold the whole history again with the missing events; decide only on those."""
    return _run(fold, source, view, fold.begin(view.id), in_order((*history, *missing)), missing)


def restored(fold: Fold[State], document: str, version: int, heard: Sequence[Event]) -> View[State]:
    """The view of these events at this version, by today's rules."""
    state = fold.begin(document)
    for event in (events := in_order(heard)):
        state = fold.evolve(state, event)
    last = events[-1].place if events else BEFORE_ALL
    return View(document, state, version, last, b"".join(map(mark, heard)))


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
    last = max(view.last, events[-1].place)
    after = _after_all(last, view.version)
    concluded = fold.conclude(view.state, state, missing[-1])
    say += (missing[-1].reaction(source, subject, fact, after) for subject, fact in concluded)
    folded = view.folded + b"".join(map(mark, missing))
    return Folded(View(view.id, state, view.version + 1, last, folded), missing, say)


def _after_all(last: Place, version: int) -> datetime:
    """After the latest event, and after what was concluded when each version before came of it."""
    return datetime.fromisoformat(last[0]) + timedelta(microseconds=version + 1)
