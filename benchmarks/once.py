"""Whether each event is in each view it concerns, exactly once; told by the marks that our views keep."""

from collections import Counter
from collections.abc import Iterable, Sequence

from benchmarks.measure import NotTheSame
from benchmarks.place import Place
from benchmarks.views import documents_of
from shared.events import Event
from shared.folds.folding import MARK_SIZE, mark


def verify_once(place: Place, events: Sequence[Event], services: Iterable[str]) -> None:
    """Raises NotTheSame."""
    for service in services:
        wanted = Counter((document, mark(event)) for event in events for document in documents_of(service, event))
        documents = list({document for document, _ in wanted})
        found = place.mongo[service].views.find({"_id": {"$in": documents}}, {"folded": 1})
        held = Counter((view["_id"], each) for view in found for each in marks(bytes(view["folded"])))
        if wrong := [each for each, times in wanted.items() if held[each] != times]:
            raise NotTheSame(f"{len(wrong)} of {len(wanted)} events are not in the views of {service}, or twice")


def marks(folded: bytes) -> list[bytes]:
    """The marks of the events in a view."""
    return [folded[at : at + MARK_SIZE] for at in range(0, len(folded), MARK_SIZE)]
