"""The types a service's `domain` and `handlers` give the engine: a fold, and which documents an event concerns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from shared.events import Event, Fact

State = TypeVar("State")

Concerns = Callable[[Any], Sequence[str]]
"""A handler: from a fact to the ids of the documents it concerns, such as `family/<id>`."""

Hears = Mapping[str, Mapping[type[Fact], Concerns]]
"""For each stream, the handler of each fact received there."""


def nothing(_before: Any, _after: Any, _latest: Event) -> Sequence[tuple[str, Fact]]:
    """The conclusion of most domains."""
    return ()


@dataclass(frozen=True)
class Fold(Generic[State]):
    """The pure functions of a domain. No clock, no I/O, no randomness in any of them.

    `begin` makes the empty state of a document from its id. `evolve` returns the state after an event; an unknown event
    changes nothing. `decide` returns what to publish, as (subject, fact), given the state *before* the event, at the
    event's place. `conclude` returns what to publish about the whole document, given its state before and after a
    change, and the latest event of it: a late report may change what all reports add up to, when its own place is past.

    Raise `shape` when the fields of a state change their meaning: a view of another shape is folded again from its
    history first.
    """

    state: TypeAdapter[State]
    begin: Callable[[str], State]
    evolve: Callable[[State, Event], State]
    decide: Callable[[State, Event], Sequence[tuple[str, Fact]]]
    conclude: Callable[[State, State, Event], Sequence[tuple[str, Fact]]] = nothing
    shape: int = 1
