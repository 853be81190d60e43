"""How long after its moment an event is in every view, while events keep arriving at a constant rate.

Open loop: an event is due at its moment whether or not the earlier ones are done, and its time counts from that
moment, so that what waits because of a slow consumer counts as waiting. Seen by a change stream on the views, so that
a figure includes what it takes MongoDB to tell a reader.
"""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import MongoClient

from benchmarks.contenders import Contender
from benchmarks.measure import START_SECONDS
from benchmarks.meter import Meter, Reading
from benchmarks.place import Entry, Place, running, wait_until
from benchmarks.views import SERVICES, Document, documents_of
from shared.events import Event

PATIENCE_SECONDS = 10
"""How long after the last event we wait for those that are not in the views yet."""

WATCHED_A_SECOND = 200
"""At higher rates only so many events are watched, evenly spread: watching costs CPU too."""

WARM_UP = 200
FIELDS = ("fullDocument.folded", "fullDocument.events", "updateDescription.updatedFields")
Sight = tuple[str, str, Any]
"""A service, a document, and the mark of an event in it."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds from publishing to the last view. None: too many were not in when we stopped waiting."""

    contender: str
    rate: int
    watched: int
    missing: int
    p50: float | None
    p99: float | None
    most: float | None
    cost: float | None
    """CPU ms an event of everything but the sender, with what mongod does for the watcher; None if not all were in."""

    others: float
    """Cores that processes of somebody else used meanwhile."""


def measure(place: Place, contender: Contender, events: Sequence[Event], rate: int) -> Latency:
    """Publish the events at a rate, after a warm-up; events are bounded by who calls."""
    first, others = events[:WARM_UP], events[WARM_UP:]
    watched = list(range(0, len(others), max(1, rate // WATCHED_A_SECOND)))
    place.clear(contender.streams)
    contender.prepare(place, (first, others))
    with running(place, contender.programs(place)) as pids:
        contender.send(place, first)
        wait_until(lambda: contender.settled(place), START_SECONDS, contender.title)
        with Watch(place.mongo_server.url, contender, [others[at] for at in watched]) as watch:
            meter = Meter(place, pids)
            began = publish(place, [contender.entry(event) for event in others], rate)
            watch.wait(PATIENCE_SECONDS)
            reading = meter.read()
        due = {others[at].id: began + at / rate for at in watched}
        waits = sorted(1000 * (moment - due[event_id]) for event_id, moment in watch.in_views().items())
    return _latency(contender.name, rate, len(watched), waits, reading, len(others))


def publish(place: Place, entries: Sequence[Entry], rate: int) -> float:
    """Add each entry at its moment, or as soon after as can be; returns the moment of the first."""
    began, at = time.perf_counter() + 0.05, 0
    while at < len(entries):
        due = min(len(entries), int((time.perf_counter() - began) * rate) + 1) if time.perf_counter() >= began else at
        if due > at:
            place.add(entries[at:due])
            at = due
        time.sleep(max(0.0, began + at / rate - time.perf_counter()))
    return began


def _latency(contender: str, rate: int, watched: int, waits: Sequence[float], reading: Reading, events: int) -> Latency:
    p50, p99, most = (share(waits, watched, part) for part in (0.5, 0.99, 1.0))
    missing = watched - len(waits)
    cost = None if missing else 1000 * reading.total / events
    return Latency(contender, rate, watched, missing, p50, p99, most, cost, reading.others)


def share(waits: Sequence[float], total: int, part: float) -> float | None:
    """The time within which that part of all was in; None if fewer ever were."""
    place = max(0, round(part * total) - 1)
    return waits[place] if place < len(waits) else None


class Watch:
    """Notes when each event is first seen in each of its documents."""

    def __init__(self, url: str, contender: Contender, events: Sequence[Event]) -> None:
        self._contender = contender
        self._wanted = {sight: event.id for event in events for sight in _sights(contender, event)}
        self._left = set(self._wanted)
        self._seen: dict[Sight, float] = {}
        self._client: MongoClient[Document] = MongoClient(url)
        self._open, self._done, self._stop = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        self._open.wait(START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._client.close()

    def wait(self, seconds: float) -> None:
        """Until every event is in all its documents, or the time is over."""
        self._done.wait(seconds)

    def in_views(self) -> dict[str, float]:
        """For each event that is in all its documents: when it was in the last."""
        lacking = {self._wanted[sight] for sight in self._left}
        last: dict[str, float] = {}
        for sight, moment in self._seen.items():
            event_id = self._wanted[sight]
            if event_id not in lacking:
                last[event_id] = max(moment, last.get(event_id, 0))
        return last

    def _watch(self) -> None:
        documents = sorted({document for _, document, _ in self._wanted})
        match = {"ns.db": {"$in": list(SERVICES)}, "ns.coll": "views", "documentKey._id": {"$in": documents}}
        shown = {"ns.db": 1, "documentKey": 1} | dict.fromkeys(FIELDS, 1)
        with self._client.watch([{"$match": match}, {"$project": shown}], max_await_time_ms=100) as changes:
            self._open.set()
            while self._left and not self._stop.is_set():
                if change := changes.try_next():
                    self._note(change, time.perf_counter())
        self._done.set()

    def _note(self, change: Mapping[str, Any], moment: float) -> None:
        changed = change.get("fullDocument") or change["updateDescription"]["updatedFields"]
        for mark in self._contender.marks(changed):
            sight = (change["ns"]["db"], change["documentKey"]["_id"], mark)
            if sight in self._left:
                self._left.discard(sight)
                self._seen[sight] = moment


def _sights(contender: Contender, event: Event) -> Iterator[Sight]:
    for service in SERVICES:
        for document in documents_of(service, event):
            yield service, document, contender.mark(event)
