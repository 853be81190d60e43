"""A watermark beside each stream: all events published before that moment are there. Lost ones are published again.

What Redis confirms is not safe yet: a replica copies it a moment later, the disk has it after a second, and somebody
may empty it. But Redis loses from the end: a server that still has the watermark has every event before it, and one
without it may have lost everything. So a service raises the watermarks of its streams every few seconds, and remembers
how high they stood, and in which line of writes (docs/adr/0015).
"""

import asyncio
from collections.abc import AsyncIterable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol, cast
from uuid import uuid4

import structlog
from pymongo import UpdateOne
from redis.asyncio import Redis

from shared.events import Event
from shared.folds.documents import Documents
from shared.folds.history import LAST_SECOND
from shared.mongo import Database, written_last
from shared.trouble import TROUBLE, Backoff

WATERMARKS = "watermarks"
LOOK_SECONDS = 5
SLACK = timedelta(seconds=60)
"""A row gets its time before it becomes visible: a moment, or as long as MongoDB makes its command wait."""

NONE = b""
NOTHING = 0
"""The height of the watermark of a stream that may lack everything."""

RAISE = """
local replid = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local mark = redis.call('GET', KEYS[1]) or ''
if mark == ARGV[1] and (ARGV[3] == '' or ARGV[3] == replid) then
  mark = ARGV[2]
  redis.call('SET', KEYS[1], mark)
end
return {replid, mark}
"""
"""In one step: it is raised only if nothing can have been lost since the check."""

log = structlog.get_logger(__name__)


class Watermark(NamedTuple):
    """A watermark as Redis holds it: its text, which is unique, and Redis' name for the line of writes.

    `replid` names one unbroken line of writes: it changes after a restart and after a failover.
    """

    replid: str
    text: bytes

    @property
    def height(self) -> int:
        """In seconds since 1970 by MongoDB's clock: all earlier events are on the stream. Other text proves nothing."""
        number = self.text.partition(b" ")[0]
        height = int(number) if number.isdigit() else NOTHING
        return height if height <= LAST_SECOND else NOTHING


class Publisher(Protocol):
    """Knows the streams of a service and publishes on them: `shared/streams/publisher.py`."""

    async def streams(self) -> list[str]: ...
    async def publish_all(self, events: AsyncIterable[Event]) -> int: ...


class Watermarks:
    """The watermarks of the streams that one service publishes."""

    def __init__(self, database: Database, redis: Redis, publisher: Publisher, documents: Documents[Any]) -> None:
        self._remembered = database[WATERMARKS]
        self._redis = redis
        self._publisher = publisher
        self._documents = documents
        self.begun = asyncio.Event()
        """Whether events may be published: on a stream without a watermark no loss would be noticed."""

    async def keep(self) -> None:
        """Set missing watermarks; then keep checking all of them."""
        backoff = Backoff()
        while not self.begun.is_set():
            try:
                await self.begin()
            except TROUBLE as error:
                log.warning("watermarks_not_begun", error=type(error).__name__)
                await backoff.wait()
        while True:
            await asyncio.sleep(LOOK_SECONDS)  # Redis does not announce a loss
            try:
                await self.check()
            except TROUBLE as error:
                log.warning("watermarks_not_checked", error=type(error).__name__)

    async def check(self) -> int:
        """Publish again what may be lost, then raise the watermarks; returns how many events were published again."""
        found = await self._look({*await self._publisher.streams(), *await self._before()})
        before = await self._before()  # read last: what is remembered by now has to be there
        lost = [stream for stream in found if stream in before and _has_lost(before[stream], found[stream])]
        said = await self._say_again(lost, min(found[each].height for each in lost)) if lost else 0
        await self._raise_all(found)
        return said

    async def begin(self) -> None:
        """Raise the watermarks of new streams until each is remembered, by us or by another replica."""
        while not self.begun.is_set():
            found = await self._look(await self._publisher.streams())
            before = await self._before()
            if new := {stream: mark for stream, mark in found.items() if stream not in before}:
                await self._raise_all(new)
            else:
                self.begun.set()

    async def _look(self, streams: Iterable[str]) -> dict[str, Watermark]:
        return {stream: await self._raise(stream, NONE, _text(NOTHING)) for stream in sorted(streams)}

    async def _before(self) -> dict[str, dict[str, Any]]:
        """What is remembered of each stream."""
        return {each["_id"]: each for each in await self._remembered.find().to_list(None)}

    async def _say_again(self, lost: Iterable[str], height: int) -> int:
        since = datetime.fromtimestamp(height, UTC) - SLACK if height else None
        said = await self._publisher.publish_all(self._documents.history.said(since))
        log.warning("said_again", lost_by=lost, since=since.isoformat() if since else "ever", said=said)
        return said

    async def _raise_all(self, found: Mapping[str, Watermark]) -> None:
        """Raise them as high as possible, and remember those that rose."""
        text = _text(await self._height())
        raised = {stream: await self._raise(stream, mark.text, text, mark.replid) for stream, mark in found.items()}
        risen = {stream: mark for stream, mark in raised.items() if mark.text == text}
        if risen:
            await self._remembered.bulk_write(
                [
                    UpdateOne({"_id": stream}, {"$set": {"replid": mark.replid, "height": mark.height}}, upsert=True)
                    for stream, mark in risen.items()
                ]
            )

    async def _height(self) -> int:
        """When MongoDB wrote last, or began the oldest waiting batch: all earlier events are on the streams."""
        last = await written_last(self._remembered.database)
        oldest = await self._documents.outbox.oldest()
        return int(min(last, oldest or last).timestamp())

    async def _raise(self, stream: str, before: bytes, after: bytes, replid: str = "") -> Watermark:
        """Replace `before` by `after` if it is still there, in that line of writes; returns what is there now."""
        line, text = cast(list[bytes], await self._redis.eval(RAISE, 1, _key(stream), before, after, replid))
        return Watermark(line.decode(), text)


def _has_lost(before: Mapping[str, Any], found: Watermark) -> bool:
    return bool(before["replid"] != found.replid or before["height"] > found.height)


def _text(height: int) -> bytes:
    return f"{height} {uuid4()}".encode()


def _key(stream: str) -> str:
    """With the braces a cluster keeps it beside the stream, so that both are lost together."""
    return f"watermark.{{{stream}}}"
