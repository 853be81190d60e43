"""Reports as a sending system writes them, and whether they reached every view, once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from ops.commands.audit import audit
from services.notifications.domain import begin, is_for
from shared.events import LISTENERS, ChildNeedsCare, Concern, Event, FamilyAtRisk, now
from shared.folds.documents import VIEWS
from shared.folds.folding import in_order
from shared.folds.history import CHANGES, HISTORY, History
from tests.e2e.instance import Ayllu
from tests.factories import named_report
from tests.waiting import eventually

Answer = Mapping[str, Any]


def a_report(*concerns: Concern, family: str | None = None, **told: Any) -> dict[str, Any]:
    """A report full of names, on child labour unless said; about a family of its own unless it is named."""
    report = named_report(*(concerns or (Concern.CHILD_LABOUR,))).model_dump(
        mode="json", exclude_none=True, exclude={"family_id", "child_ids"}
    )
    report["family"]["id"] = family or f"H-{uuid4()}"
    return {**report, "reportId": str(uuid4()), "reportedAt": now().isoformat(), **told}


def carried(report: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """The CloudEvent that carries a report."""
    ordinary = {"specversion": "1.0", "id": str(uuid4()), "source": "clinic", "type": "ReportSubmitted"}
    return {**ordinary, "data": report, **attributes}


def lines(reports: Iterable[Mapping[str, Any]]) -> str:
    """Reports as NDJSON."""
    return "".join(f"{json.dumps(each)}\n" for each in reports)


async def sent(ayllu: Ayllu, reports: Sequence[Mapping[str, Any]]) -> list[Answer]:
    """Send reports as one batch; every one must be accepted. Returns the answers."""
    response = await ayllu.send("/v1/reports:batch", lines(reports))
    answers: list[Answer] = [json.loads(line) for line in response.text.splitlines()]
    assert [each["status"] for each in answers] == [202] * len(reports)
    return answers


async def everywhere_once(ayllu: Ayllu, answers: Sequence[Answer], within: float = 30) -> None:
    """Wait until what these answers promise was said and is in every view that it concerns, exactly once."""
    await eventually(lambda: _said_and_folded(ayllu, answers), within=within, every=0.2)
    risks = {"FamilyAtRisk", "ChildNeedsCare"}
    promised = {e["id"] for answer in answers if answer["childIds"] for e in answer["events"] if e["type"] in risks}
    for service in LISTENERS["intake"]:
        rows = await ayllu.database(service)[HISTORY].find(CHANGES, {"heard": 1}).to_list(None)
        heard = {Event.parse(text).id for row in rows for text in row["heard"]}
        assert promised <= heard, service
    await eventually(lambda: _items_show_their_causes(ayllu), within=within, every=0.2)


async def _said_and_folded(ayllu: Ayllu, answers: Sequence[Answer]) -> bool:
    promised = {event["id"] for answer in answers for event in answer["events"]}
    said = len(promised.intersection([each.id async for each in History(ayllu.database("intake")).said()]))
    found = await audit(ayllu.mongo)
    waiting = [name for name, count in found.waiting.items() if count]
    missing = {name: len(each) for name, each in found.missing.items() if each}
    doubled = {name: len(each) for name, each in found.doubled.items() if each}
    assert (said, missing, doubled, waiting) == (len(promised), {}, {}, []), f"of {len(promised)} promised"
    return True


async def _items_show_their_causes(ayllu: Ayllu) -> bool:
    """Whether each item of the inbox shows the latest of the reports that it heard of, each once."""
    database = ayllu.database("notifications")
    items = await database[VIEWS].find({}, {"state.causes.eventId": 1, "state.causes.type": 1}).to_list(None)
    changes = await History(database).of([each["_id"] for each in items])
    for item in items:
        heard = in_order(event for change in changes[item["_id"]] for event in change.heard)
        role = begin(item["_id"]).role
        risks = [event for event in heard if isinstance(event.data, FamilyAtRisk | ChildNeedsCare)]
        causes = [event.id for event in risks if is_for(role, event.data)]
        shown = [each["eventId"] for each in item["state"].get("causes", []) if each["type"] != "RiskReassessed"]
        assert shown == causes[len(causes) - len(shown) :], item["_id"]
    return True
