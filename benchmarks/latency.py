"""How long after its moment an event is in every view, while events keep arriving at a constant rate.

Open loop: an event is due at its moment whether or not the earlier ones are done, and its time counts from that
moment, so that what waits because of a slow consumer counts as waiting. Seen by a change stream on the views, so that
a figure includes what it takes MongoDB to tell a reader.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.contenders import Contender
from benchmarks.core import SERVICES, concerned
from benchmarks.events import fact_of, families_at_risk
from benchmarks.place import Entry, Place, wait_until
from shared.events import Event

RATE, WARM_UP = 200, 200
START_SECONDS = 60
PATIENCE_SECONDS = 10
"""How long after the last event we wait for those that are not in the views yet."""

VIEWS = {"$match": {"ns.db": {"$in": list(SERVICES)}, "ns.coll": "views"}}
SHOWN = ("ns.db", "documentKey", "fullDocument.folded", "fullDocument.events", "updateDescription.updatedFields")


@dataclass(frozen=True)
class Latency:
    """Milliseconds from publishing to the last view, and CPU ms an event, with what mongod does for the watcher.

    None: too many were not in when we stopped waiting. `others` are cores that processes of somebody else used.
    """

    contender: str
    rate: int
    events: int
    missing: int
    p50: float | None
    p99: float | None
    most: float | None
    cost: float | None
    others: float


def measure(place: Place, name: str, contender: Contender, seconds: int) -> Latency:
    """Publish events at the rate for so long, after a warm-up."""
    events = families_at_risk(WARM_UP + RATE * seconds)
    first, others = events[:WARM_UP], events[WARM_UP:]
    place.clear(contender.streams)
    with place.running(contender.programs(place)) as pids:
        contender.send(place, first)
        wait_until(lambda: contender.settled(place), START_SECONDS, contender.title)
        entries = [contender.entry(event) for event in others]
        with place.mongo.watch([VIEWS, {"$project": dict.fromkeys(SHOWN, 1)}], max_await_time_ms=100) as changes:
            meter, began = place.meter(pids), time.perf_counter()
            publishing = threading.Thread(target=_publish, args=(place, entries, began))
            publishing.start()
            seen = _seen(changes, contender, others, began + seconds + PATIENCE_SECONDS)
            publishing.join()
            work = meter.stretch(len(others))
    waits = sorted(1000 * (seen[event.id] - began - at / RATE) for at, event in enumerate(others) if event.id in seen)
    p50, p99, most = (share(waits, len(others), part) for part in (0.5, 0.99, 1.0))
    missing = len(others) - len(waits)
    return Latency(name, RATE, len(others), missing, p50, p99, most, None if missing else work.cost, work.others)


def share(waits: Sequence[float], total: int, part: float) -> float | None:
    """The time within which that part of all was in; None if fewer ever were."""
    place = max(0, round(part * total) - 1)
    return waits[place] if place < len(waits) else None


def _publish(place: Place, entries: Sequence[Entry], began: float) -> None:
    """Add each entry at its moment, or as soon after as can be."""
    at = 0
    while at < len(entries):
        due = min(len(entries), int((time.perf_counter() - began) * RATE) + 1)
        place.add(entries[at:due])
        at = due
        time.sleep(max(0.0, began + at / RATE - time.perf_counter()))


def _seen(changes: Any, contender: Contender, events: Sequence[Event], until: float) -> dict[str, float]:
    """For each event that is seen in each of its documents by then: when it was in the last."""
    left = {
        event.id: {(service, document) for service in SERVICES for document in concerned(service, fact_of(event))}
        for event in events
    }
    marked, seen = {contender.mark(event): event.id for event in events}, dict[str, float]()
    while len(seen) < len(events) and time.perf_counter() < until:
        if (change := changes.try_next()) is None:
            continue
        moment, where = time.perf_counter(), (change["ns"]["db"], change["documentKey"]["_id"])
        changed = change.get("fullDocument") or change["updateDescription"]["updatedFields"]
        for event_id in {marked[mark] for mark in contender.marks(changed) if mark in marked} - seen.keys():
            left[event_id].discard(where)
            if not left[event_id]:
                seen[event_id] = moment
    return seen
