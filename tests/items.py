"""An inbox item as tests fold it: that of the social worker for the family `f1`."""

from functools import partial

from services.notifications.domain import Item, begin, decide
from services.notifications.domain import evolve as evolve_with
from shared.events import ChildAtRisk, Event
from shared.settings import Periods
from tests.factories import fold

evolve = partial(evolve_with, periods=Periods())
ITEM = "family/f1/social_worker"


def item(*heard: Event) -> Item:
    """The item that heard these events."""
    return fold(begin, evolve, ITEM, heard)


def notified(before: Item, heard: Event) -> list[str]:
    """What is published of an event."""
    return [type(fact).__name__ for _, fact in decide(before, heard)]


def born(*months: str | None) -> tuple[ChildAtRisk, ...]:
    """Children c0, c1, … of these birth months."""
    return tuple(ChildAtRisk(child_id=f"c{n}", birth_month=month) for n, month in enumerate(months))
