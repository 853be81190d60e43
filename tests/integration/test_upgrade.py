"""What version 0.1 kept is brought up by a refold: nothing is lost, and nothing old is said again."""

from collections.abc import Callable
from typing import Any

import pytest
from bson import Timestamp

from ops.commands.again import refold
from ops.commands.audit import rules
from shared.events import Event, Fact
from shared.folds.documents import Documents
from shared.folds.folding import mark
from shared.folds.history import History
from shared.mongo import Database
from tests.factories import at, child_needs_care, event, family_at_risk, named_report, placement_requested

Databases = Callable[[str], Database]

OLD: dict[str, tuple[str, Fact, Fact | None, dict[str, Any]]] = {
    # service: document, what it heard, what it said, its state as it was kept
    "intake": (
        "family/f1",
        named_report(family_id="f1", child_ids=("c1",)),
        None,
        {"familyId": "f1", "district": "060101", "riskLevel": "medium", "reports": [{"reasons": ["R24 poverty"]}]},
    ),
    "care": (
        "child/c1",
        child_needs_care(),
        placement_requested(by=None),
        {"kind": "placement", "childId": "c1", "district": "060101", "urgency": "high", "reasons": ["abandonment"]},
    ),
    "education": ("child/c1", family_at_risk(), None, {"childId": "c1", "district": "060101", "priority": 3}),
    "notifications": (
        "family/f1/social_worker",
        family_at_risk(),
        None,
        {"familyId": "f1", "role": "social_worker", "district": "060101", "level": "medium", "causes": []},
    ),
}


async def kept_by_an_earlier_version(database: Database, service: str) -> tuple[str, Event]:
    """A document with one change and its view, as version 0.1 wrote them."""
    document, heard, said, state = OLD[service]
    cause = event(heard, 0)
    reaction = [cause.reaction(f"/{service}", document, said).text] if said else []
    row = {"_id": f"{document} 00000001", "at": Timestamp(1, 1), "batch": "b", "heard": [cause.text], "said": reaction}
    await database["history"].insert_one(row)
    last = [cause.place[0], cause.id]
    await database["views"].insert_one(
        {"_id": document, "version": 1, "last": last, "folded": mark(cause), "state": state}
    )
    return document, cause


@pytest.mark.parametrize("service", OLD)
async def test_a_refold_brings_up_a_view_that_an_earlier_version_kept(database: Databases, service: str) -> None:
    document, _ = await kept_by_an_earlier_version(database(service), service)
    said = await History(database(service)).count_said()
    assert await refold(database(service), service, lambda _: None) == 1
    view = await database(service)["views"].find_one({"_id": document})
    assert view is not None
    assert (view["state"]["districts"], view["version"], len(view["last"])) == (["060101"], 2, 4)
    assert await History(database(service)).count_said() == said
    assert await refold(database(service), service, lambda _: None) == 1
    assert (await database(service)["views"].find_one({"_id": document}) or {})["version"] == 2


@pytest.mark.parametrize("service", OLD)
async def test_an_event_for_a_view_that_was_not_refolded_is_folded_on_its_whole_history(
    database: Databases, service: str
) -> None:
    document, cause = await kept_by_an_earlier_version(database(service), service)
    fold = rules(service)
    documents: Documents[Any] = Documents(database(service), fold, f"/{service}")
    news = event(cause.data, 5)
    await documents.fold([(news, [document])])
    view = (await documents.kept([document]))[document]
    expected = fold.evolve(fold.evolve(fold.begin(document), cause), news)
    assert (view.state, view.version) == (expected, 2)


async def test_a_placement_that_care_once_asked_for_by_itself_is_an_assessment_now(database: Databases) -> None:
    await kept_by_an_earlier_version(database("care"), "care")
    await refold(database("care"), "care", lambda _: None)
    view = await database("care")["views"].find_one({"_id": "child/c1"})
    assert view is not None
    assert (view["state"]["kind"], "placement" in view["state"], view["state"]["requested"][:10]) == (
        "assessment",
        False,
        str(at().date()),
    )
