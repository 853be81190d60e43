"""Many cases from a few: what the services keep of some families, again and again under other ids.

Folding a million families in would take hours. Views and rows are copied as the bytes that MongoDB keeps; only the
first eight characters of each family's and child's id are replaced, wherever they are, texts of events included. So
a copy is as good as folded, whatever the layout. Ids of events stay: what a view has folded matches its rows.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import WriteConcern

from benchmarks.fact import fact_of
from benchmarks.views import Mongo
from shared.events import Event, family
from shared.folds.history import CHANGES

ID = re.compile(rb"[0-9a-f]{8}(?=(-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}))")
HEAD = 8
STRIDE, HEADS = 61_803_399, 10**HEAD
"""Coprime: no two copies have the same ids, and the ids of copies are spread like the ids of families."""

CHUNK = 2000
RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)

Pattern = tuple[bytes, ...]
"""The bytes of a document, cut where the head of an id belongs."""


class Cases:
    """What the services keep of the families of some events, to be copied."""

    def __init__(self, mongo: Mongo, events: Sequence[Event], services: Sequence[str]) -> None:
        self._mongo = mongo
        self._ids = {each for event in events for each in _ids_of(event)}
        self._patterns = {
            (service, name): [self._pattern(each.raw) for each in self._collection(service, name).find(CHANGES)]
            for service in services
            for name in ("views", "history")
        }

    def copy(self, numbers: range) -> None:
        """One more of each, for each number."""
        for (service, name), patterns in self._patterns.items():
            documents = (RawBSONDocument(head(number).join(pattern)) for number in numbers for pattern in patterns)
            collection = self._collection(service, name)
            while chunk := list(islice(documents, CHUNK)):
                collection.insert_many(chunk, ordered=False)

    def _collection(self, service: str, name: str) -> Any:
        quick = WriteConcern(w=1, j=False)
        return self._mongo[service].get_collection(name, codec_options=RAW, write_concern=quick)

    def _pattern(self, raw: bytes) -> Pattern:
        cuts = [at.start() for at in ID.finditer(raw) if at[0] + at[1] in self._ids]
        ends = [0, *(cut + HEAD for cut in cuts)]
        return tuple(raw[begin:end] for begin, end in zip(ends, [*cuts, len(raw)], strict=True))


def head(number: int) -> bytes:
    """How the ids of a copy begin."""
    return b"%08d" % (number * STRIDE % HEADS)


def copied(known: str, number: int) -> str:
    """The id in a copy; number 0 is the original."""
    return head(number).decode() + known[HEAD:] if number else known


def told_again(event: Event, copy: int, time: datetime) -> Event:
    """Another event that says the same of the same family, or of a copy of it, at another time."""
    fact = fact_of(event)
    children = tuple(each.model_copy(update={"child_id": copied(each.child_id, copy)}) for each in fact.children)
    family_id = copied(fact.family_id, copy)
    event_id = str(uuid5(NAMESPACE_URL, f"{event.id} {copy} {time.isoformat()}"))
    return Event(
        id=event_id,
        source=event.source,
        type=event.type,
        subject=family(family_id),
        time=time,
        dataschema=event.dataschema,
        recordedtime=time,
        correlationid=event_id,
        data=fact.model_copy(update={"family_id": family_id, "children": children}),
    )


def _ids_of(event: Event) -> Iterator[bytes]:
    fact = fact_of(event)
    yield fact.family_id.encode()
    yield from (each.child_id.encode() for each in fact.children)
