"""Reading views: one, a page of them, and the timeline of a subject, within the reader's districts."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AfterValidator, Field, TypeAdapter

from shared.events import Event, Frozen, unknown_district
from shared.folds.documents import VIEWS
from shared.folds.folding import in_order
from shared.folds.history import History
from shared.mongo import Database, Document
from shared.web.access import SignedIn, Staff
from shared.web.openapi import problems
from shared.web.problems import Problem

Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
Cursor = Annotated[str | None, Query(max_length=400, description="`next` of the previous page")]
Stored = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""The largest number MongoDB accepts here; a larger one would be an error."""

PLACE: TypeAdapter[tuple[str | Stored, str]] = TypeAdapter(tuple[str | Stored, str])
MOST = 1000


def _existing(code: str) -> str:
    if why := unknown_district(code):
        raise ValueError(why)
    return code


DistrictQuery = Annotated[
    Annotated[str, AfterValidator(_existing)] | None, Query(description="UBIGEO code, six digits, such as 060101")
]
TOLD = {"id", "type", "source", "subject", "time", "recordedtime", "correlationid", "causationid"}
About = Callable[[str], dict[str, Any]]
"""From a subject (`family/<id>` or `child/<id>`) to a filter on the views about it."""


class Page(Frozen):
    """Some views, and the cursor of the next page if there is one."""

    items: list[dict[str, Any]]
    next: str | None = None


def not_found(what: str) -> Problem:
    """Nothing with that id is in the reader's districts."""
    return Problem(404, f"There is no {what} with this id in your districts.")


async def view(
    database: Database, staff: Staff, document: str, what: str, wanted: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The state of one view; Problem 404 if it does not exist or is in another district."""
    query = {"_id": document, **staff.scope(), **(wanted or {})}
    found = await database[VIEWS].find_one(query, {"state": 1, "version": 1})
    if found is None:
        raise not_found(what)
    return _shown(found)


async def views(
    database: Database,
    staff: Staff,
    wanted: dict[str, Any],
    cursor: str | None = None,
    limit: int = 100,
    order: str = "_id",
) -> Page:
    """A page of views, lowest `order` first; `order` names a field that all of these views have."""
    query = {"$and": [wanted, staff.scope(), _after(order, cursor)]}
    found = database[VIEWS].find(query, {"state": 1, "version": 1}).sort([(order, 1), ("_id", 1)])
    rows = await found.limit(limit + 1).to_list(None)
    more = _encode(order, rows[limit - 1]) if len(rows) > limit else None
    return Page(items=[_shown(each) for each in rows[:limit]], next=more)


async def timeline(database: Database, staff: Staff, about: dict[str, Any]) -> list[dict[str, Any]]:
    """The events the views about a subject received and published, in order: the latest thousand of each.

    Events with names are shown without their data.
    """
    found = await database[VIEWS].find({"$and": [about, staff.scope()]}, {"_id": 1}).limit(MOST).to_list(None)
    changes = await History(database).latest([each["_id"] for each in found], MOST)
    heard = in_order(event for change in changes for event in change.heard)[-MOST:]
    said = in_order(event for change in changes for event in change.said)[-MOST:]
    entries = [*(_told(event, "heard") for event in heard), *(_told(event, "said") for event in said)]
    return sorted(entries, key=lambda each: (each["time"], each["way"], each["id"]))


def router(about: About) -> APIRouter:
    """The timeline route of every service, over the views that `about` finds."""
    routes = APIRouter(responses=problems(401, 404))

    @routes.get("/v1/timeline/{subject:path}")
    async def read_timeline(subject: str, request: Request, staff: SignedIn) -> list[dict[str, Any]]:
        """The events about `family/<id>` or `child/<id>` that this service received and published."""
        entries = await timeline(request.app.state.service.database, staff, about(subject))
        if not entries:
            raise not_found("subject")
        return entries

    return routes


def _told(event: Event, way: str) -> dict[str, Any]:
    told = event.model_dump(mode="json", exclude_none=True, include=TOLD)
    return {
        "way": way,
        **told,
        "data": {} if event.data.private else event.data.model_dump(mode="json", exclude_none=True),
    }


def _shown(found: Document) -> dict[str, Any]:
    return {**found["state"], "version": found["version"]}


def _encode(order: str, last: Document) -> str:
    value: Any = last
    for name in order.split("."):
        value = value[name]
    return urlsafe_b64encode(json.dumps([value, last["_id"]]).encode()).decode()


def _after(order: str, cursor: str | None) -> dict[str, Any]:
    if cursor is None:
        return {}
    try:
        value, last = PLACE.validate_json(urlsafe_b64decode(cursor.encode()), strict=True)
    except ValueError as error:
        raise Problem(422, "This cursor is not valid; start without one.") from error
    return {"$or": [{order: {"$gt": value}}, {order: value, "_id": {"$gt": last}}]}
