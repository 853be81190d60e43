"""The checks after a round, read from MongoDB: the only module here that knows how services keep their data."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from chaos.poison import Letter
from chaos.senders import Acknowledged
from ops.commands.audit import hears, rules
from ops.servers.place import SERVICES
from services.intake.store.collections import identity as identity_of
from shared.events import Event, NotificationAcknowledged, StaffNotified
from shared.folds.documents import VIEWS
from shared.folds.history import History
from shared.mongo import Client, Database
from shared.streams.dead import DEAD

FOLDS = {service: rules(service) for service in SERVICES}
HEARS = {service: hears(service) for service in SERVICES}

Texts = dict[str, list[Event]]
"""Events by the document that received, or published, them."""


@dataclass
class Verdict:
    """What is wrong, in words; empty if all is well."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Nothing is wrong."""
        return not any(asdict(self).values())


async def judge(
    client: Client, acknowledged: Collection[Acknowledged], confirmed: Mapping[str, int] | None = None
) -> Verdict:
    """Whether these reports, and what followed from them, are in every view once, and every view is its fold.

    `confirmed` is how often an acknowledgement of each item was confirmed to staff.
    """
    found = Verdict()
    expected = await _expected(client, acknowledged)
    promised = {event for each in acknowledged for event, _ in each.events}
    for speaker in SERVICES:
        documents = list(expected[speaker])
        heard, said = await _told(client[speaker], documents)
        states = await _states(client[speaker], documents)
        for document in documents:
            _compare(found, document, expected[speaker][document], heard[document])
            _fold(found, speaker, document, heard[document], said[document], states.get(document))
        if speaker == "intake":
            found.lost += [f"intake never said {each}" for each in promised - _ids(said)]
        if speaker == "notifications":
            _notifications(found, heard, said, states, confirmed or {})
        for listener in SERVICES:
            _concern(expected[listener], listener, speaker, said)
    return found


async def judge_letters(client: Client, planted: set[Letter], perhaps: set[Letter]) -> list[str]:
    """Where the dead letters differ from those planted; Redis may have lost those of `perhaps`."""
    there = {
        Letter(service, row["_id"]) for service in SERVICES async for row in client[service][DEAD].find({}, {"_id": 1})
    }
    missing, unplanned = planted - perhaps - there, there - planted
    return [
        *(f"{service} has no dead letter {letter}" for service, letter in sorted(missing)),
        *(f"{service} has a dead letter nobody planted: {letter}" for service, letter in sorted(unplanned)),
    ]


Expected = dict[str, dict[str, set[str]]]
"""Ids of events by service and document that must have received them."""


async def _expected(client: Client, acknowledged: Iterable[Acknowledged]) -> Expected:
    """The events intake itself must have received; those of the others follow from what it published."""
    identity = await identity_of(client["intake"])
    expected: Expected = {service: defaultdict(set) for service in SERVICES}
    for each in acknowledged:
        expected["intake"][f"family/{each.family_id}"].add(identity.event(each.source, each.report_id))
    return expected


def _concern(expected: dict[str, set[str]], listener: str, speaker: str, said: Texts) -> None:
    handlers = HEARS[listener].get(speaker, {})
    for event in (event for events in said.values() for event in events if type(event.data) in handlers):
        for document in handlers[type(event.data)](event.data):
            expected[document].add(event.id)


def _compare(found: Verdict, document: str, expected: set[str], heard: Sequence[Event]) -> None:
    times = Counter(event.id for event in heard)
    found.lost += [f"{document} has not heard {each}" for each in sorted(expected - set(times))]
    found.doubled += [f"{document} has heard {each} {count} times" for each, count in times.items() if count > 1]


def _fold(
    found: Verdict, service: str, document: str, heard: Sequence[Event], said: Sequence[Event], state: Any
) -> None:
    fold = FOLDS[service]
    begun, decided = fold.begin(document), set()
    for event in sorted(heard, key=lambda event: event.place):
        decided |= {type(fact).__name__ for _, fact in fold.decide(begun, event)}
        begun = fold.evolve(begun, event)
    if state != fold.state.dump_python(begun, mode="json", exclude_none=True):
        found.differing.append(f"{service}: {document} is not the fold of its rows")
    silent = decided - {event.type for event in said}
    found.lost += [f"{service}: {document} never said {each}" for each in sorted(silent)]


def _notifications(
    found: Verdict, heard: Texts, said: Texts, states: Mapping[str, Any], confirmed: Mapping[str, int]
) -> None:
    """Nobody is notified twice of one cause, and every confirmed acknowledgement is kept."""
    notified = Counter(
        (document, event.data.cause_id)
        for document, events in said.items()
        for event in events
        if isinstance(event.data, StaffNotified)
    )
    found.doubled += [f"{document} notified {n} times of {cause}" for (document, cause), n in notified.items() if n > 1]
    for document, state in states.items():
        causes = Counter(cause["eventId"] for cause in state.get("causes", []))
        found.doubled += [f"{document} has cause {each} {n} times" for each, n in causes.items() if n > 1]
    for document, count in confirmed.items():
        kept = sum(isinstance(event.data, NotificationAcknowledged) for event in heard.get(document, ()))
        if kept < count:
            found.lost.append(f"{document} was acknowledged {count} times, and {kept} are kept")


def _ids(texts: Texts) -> set[str]:
    return {event.id for events in texts.values() for event in events}


async def _states(database: Database, documents: Sequence[str]) -> dict[str, Any]:
    """The stored views."""
    found = await database[VIEWS].find({"_id": {"$in": list(documents)}}, {"state": 1}).to_list(None)
    return {each["_id"]: each["state"] for each in found}


async def _told(database: Database, documents: Sequence[str]) -> tuple[Texts, Texts]:
    """The events each document has received and published, from its history."""
    heard: Texts = defaultdict(list)
    said: Texts = defaultdict(list)
    for document, changes in (await History(database).of(documents)).items():
        for change in changes:
            heard[document] += change.heard
            said[document] += change.said
    return heard, said
