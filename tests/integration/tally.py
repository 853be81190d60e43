"""The smallest service there can be: it counts what it hears of a family, and says the first and every third."""

from collections.abc import Sequence

from pydantic import TypeAdapter

from shared.events import Event, Fact, Frozen, SupportPlanOpened
from shared.folds.rules import Fold


class Tally(Frozen):
    """How many events, and their order."""

    family_id: str
    count: int = 0
    order: tuple[str, ...] = ()


def begin(document_id: str) -> Tally:
    """Nothing counted."""
    return Tally(family_id=document_id.partition("/")[2])


def evolve(state: Tally, event: Event) -> Tally:
    """One more."""
    return state.model_copy(update={"count": state.count + 1, "order": (*state.order, event.id)})


def decide(state: Tally, event: Event) -> list[tuple[str, Fact]]:
    """The first and every third event are worth saying."""
    if state.count % 3:
        return []
    said = SupportPlanOpened(family_id=state.family_id, goals=(str(state.count),), services=(), district="060101")
    return [(f"family/{state.family_id}", said)]


def silent(_: Tally, __: Event) -> list[tuple[str, Fact]]:
    """A rule that never says anything."""
    return []


def concerned(heard: Sequence[Event], document: str = "family/f1") -> list[tuple[Event, list[str]]]:
    """Events that are all about one document."""
    return [(each, [document]) for each in heard]


FOLD = Fold(TypeAdapter(Tally), begin, evolve, decide)
SILENT = Fold(TypeAdapter(Tally), begin, evolve, silent)
