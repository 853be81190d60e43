"""Saying everything again after Redis was lost, hearing it again, folding every view again: how quick, how dear."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from redis.asyncio import Redis

from benchmarks.entrances import OURS, open_entrance
from benchmarks.events import reports
from benchmarks.measure import MOST_SECONDS, NotTheSame
from benchmarks.meter import Meter, Stretch
from benchmarks.once import marks
from benchmarks.place import Place, wait_until
from benchmarks.rounds import Tell
from benchmarks.views import SERVICES
from benchmarks.whole import EVERY_SERVICE, Kept, connected, feed, kept, verify_whole, whole
from ops.commands import again
from shared.mongo import Client
from shared.streams.publisher import Publisher

What = Literal["said again", "said and heard again", "folded again"]
SAID: What = "said again"
HEARD: What = "said and heard again"
FOLDED: What = "folded again"


@dataclass(frozen=True)
class Done:
    """Something done again, for all services together: events said, or views folded."""

    what: What
    work: Stretch


@dataclass(frozen=True)
class Again:
    """What was there, and each time it was done again."""

    reports: int
    kept: Sequence[Kept]
    done: Sequence[Done]


def measure(place: Place, count: int, rounds: int, tell: Tell) -> Again:
    """Some reports through all services; then everything again, round after round. Raises NotTheSame."""
    with whole(place) as entrance:
        feed(place, entrance, list(reports(count)))
        verify_whole(place, count)
    there, done = kept(place), []
    before = _digest(place)
    for number in range(rounds):
        for what, do in WAYS.items():
            done.append(Done(what, do(place)))
            tell(f"round {number + 1}, {what}: {done[-1].work.rate:,.0f}/s, {done[-1].work.cost:.2f} CPU ms each")
        if _digest(place) != before:
            raise NotTheSame("the views are not what they were before everything was done again")
    return Again(count, there, done)


def _say(place: Place) -> Stretch:
    """With nobody there to hear."""
    place.redis.flushall()
    meter = Meter(place, {})
    said = connected(place, _replay)
    if said != sum(place.redis.xlen(service) for service in EVERY_SERVICE):
        raise NotTheSame(f"{said} events said again are not on the streams")
    return meter.stretch(said).with_sender


def _hear(place: Place) -> Stretch:
    place.redis.flushall()
    with open_entrance(place, OURS, *SERVICES) as entrance:
        meter = Meter(place, entrance.pids)
        said = connected(place, _replay)
        wait_until(lambda: entrance.quiet(place), MOST_SECONDS, HEARD)
        return meter.stretch(said).with_sender


def _fold(place: Place) -> Stretch:
    meter = Meter(place, {})
    return meter.stretch(connected(place, _refold)).with_sender


WAYS: dict[What, Callable[[Place], Stretch]] = {SAID: _say, HEARD: _hear, FOLDED: _fold}


async def _replay(client: Client, redis: Redis) -> int:
    publishers = {each: Publisher(redis, each) for each in EVERY_SERVICE}
    return sum([await again.replay(client[each], by, None, _nobody) for each, by in publishers.items()])


async def _refold(client: Client, redis: Redis) -> int:
    return sum([await again.refold(client[each], each, _nobody) for each in EVERY_SERVICE])


def _nobody(done: int) -> None:
    """Progress is told to nobody."""


def _digest(place: Place) -> str:
    """Of every view: what it holds, and how many events."""
    digest = hashlib.sha256()
    for service in EVERY_SERVICE:
        for view in place.mongo[service].views.find({}, {"state": 1, "folded": 1}).sort("_id", 1):
            digest.update(f"{view['_id']} {view['state']} {sorted(marks(bytes(view['folded'])))}".encode())
    return digest.hexdigest()
