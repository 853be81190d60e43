"""Whatever is written on a stream: it becomes a view or a bounded dead letter, and its neighbours get through."""

import json
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.intake.api.reception import Carrier
from services.intake.api.texts import NotJson, admitted
from shared.events import EVENT_FIELD, LISTENERS, Event, Fact
from shared.streams.dead import DEAD, KEPT_BYTES, KEPT_FIELDS
from tests.e2e.instance import Ayllu
from tests.e2e.reports import a_report, carried
from tests.factories import child_needs_care, enrolment_check_opened, event, family_at_risk, support_plan_opened
from tests.waiting import eventually

Fields = dict[bytes, bytes]
"""A stream entry."""

FIELD = EVENT_FIELD.encode()
DEEP = 20_000

ORDINARY: dict[str, list[Any]] = {
    "intake": [json.loads(event(fact).text) for fact in (family_at_risk(), child_needs_care("c1", "c2"))],
    "care": [json.loads(event(support_plan_opened()).text)],
    "education": [json.loads(event(enrolment_check_opened()).text)],
    "reports": [carried(a_report())],
}
"""Of each stream, what is said there on an ordinary day."""

NUMBERS = ["1e999", "-1e999", "NaN", "Infinity", "9" * 5000, "-" + "9" * 30, "1e-999", "0.1e1000000", "-0"]
TEXTS = ["\x00", "a\x00b", "\u202e", "x" * 100_000, "", " ", "$where", "../..", "{{7*7}}", "ñ" * 300, "😀"]
RAW = [*NUMBERS, '"\\ud800"', '"\\u0000"', "[" * DEEP, '{"a":' * DEEP, "[" * 300 + "]" * 300, "[[[]]]", "null", "{}"]

raw_values = st.sampled_from(RAW) | st.sampled_from(TEXTS).map(json.dumps)
"""JSON, or what pretends to be, to put in the place of something."""


def places(whole: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inner = whole.items() if isinstance(whole, dict) else enumerate(whole) if isinstance(whole, list) else ()
    return [*([path] if path else []), *(place for key, value in inner for place in places(value, (*path, key)))]


def replaced(whole: Any, place: tuple[Any, ...], raw: str) -> str:
    """The document as JSON, with something else at one place, however little JSON it is."""
    copy = json.loads(json.dumps(whole))
    inner = copy
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = "@here@"
    return json.dumps(copy).replace('"@here@"', raw, 1)


def destroyed(stream: str) -> st.SearchStrategy[bytes]:
    """A valid entry of a stream with one thing destroyed."""
    wholes = st.sampled_from(ORDINARY[stream])
    chosen = wholes.flatmap(lambda whole: st.tuples(st.just(whole), st.sampled_from(places(whole)), raw_values))
    return chosen.map(lambda parts: replaced(*parts).encode("utf-8", "surrogatepass"))


def badly_encoded(stream: str) -> st.SearchStrategy[bytes]:
    """A valid entry in another encoding, cut off, or with a byte changed."""
    valid = st.sampled_from(ORDINARY[stream]).map(lambda whole: json.dumps({**whole, "ñ": "ñ"}, ensure_ascii=False))
    encoded = st.tuples(valid, st.sampled_from(["latin-1", "utf-16", "utf-32", "utf-8-sig", "cp500"]))
    cut = st.tuples(valid, st.integers(0, 400)).map(lambda parts: parts[0].encode()[: parts[1]])
    changed = st.tuples(valid, st.integers(0, 400), st.binary(min_size=1, max_size=3))
    return (
        encoded.map(lambda parts: parts[0].encode(parts[1]))
        | cut
        | changed.map(lambda parts: parts[0].encode()[: parts[1]] + parts[2] + parts[0].encode()[parts[1] + 1 :])
    )


def hostile(stream: str) -> st.SearchStrategy[list[Fields]]:
    """Some entries of every kind."""
    arbitrary = st.dictionaries(
        st.binary(max_size=20) | st.just(FIELD), st.binary(max_size=200), min_size=1, max_size=5
    )
    in_the_field = (destroyed(stream) | badly_encoded(stream)).map(lambda value: {FIELD: value})
    return st.lists(in_the_field | arbitrary, min_size=10, max_size=30)


@pytest.mark.parametrize("stream", ORDINARY)
@settings(
    max_examples=12,
    derandomize=True,  # the same entries each time
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_whatever_is_on_a_stream_becomes_a_view_or_a_dead_letter(
    ayllu: Ayllu, stream: str, data: st.DataObject
) -> None:
    await taken_in(ayllu, stream, data.draw(hostile(stream)))


@pytest.mark.parametrize("children", [51, 10_000])
@pytest.mark.parametrize("stream", ["intake", "reports"])
async def test_a_family_with_more_children_than_a_report_holds_is_a_dead_letter(
    ayllu: Ayllu, stream: str, children: int
) -> None:
    told = {"childId": "c1", "birthMonth": "2017-03"} if stream == "intake" else {"livesWith": "mother"}
    whole = ORDINARY[stream][0]
    large = {**whole, "data": {**whole["data"], "children": [told] * children}}
    await taken_in(ayllu, stream, [{FIELD: json.dumps(large).encode()}])


async def taken_in(ayllu: Ayllu, stream: str, bad: list[Fields]) -> None:
    """Between two good neighbours, entries become what they can: nothing stays pending, and no process ends."""
    pids, (first, last) = ayllu.pids, (good(stream), good(stream))
    async with ayllu.redis.pipeline(transaction=True) as pipeline:  # one batch for whoever reads it
        for fields in ({FIELD: first[0]}, *bad, {FIELD: last[0]}):
            pipeline.xadd(stream, dict(fields))
        added = (await pipeline.execute())[1:-1]
    for service, wanted in (*first[1].items(), *last[1].items()):
        view = partial(ayllu.database(service)["views"].find_one, wanted)
        await eventually(view, within=30)
    await eventually(lambda: ayllu.taken(stream), within=30)
    unusable = [
        f"{stream}/{entry.decode()}" for entry, fields in zip(added, bad, strict=True) if not usable(stream, fields)
    ]
    for service in LISTENERS[stream]:
        letters = await ayllu.database(service)[DEAD].find({"_id": {"$in": unusable}}).to_list(None)
        assert {each["_id"] for each in letters} == set(unusable), service
        assert all(is_bounded(each) for each in letters)
    assert ayllu.pids == pids


def good(stream: str) -> tuple[bytes, dict[str, dict[str, Any]]]:
    """An ordinary entry about a family of its own, and by service the view in which it is to be found."""
    name = str(uuid4())
    if stream == "reports":
        return json.dumps(carried(a_report(family=name))).encode(), {"intake": {"state.sources.familyId": name}}
    plan, item = {"_id": f"family/{name}"}, {"_id": f"family/{name}/social_worker"}
    if stream == "intake":
        return said(family_at_risk(family_id=name)), {"care": plan, "notifications": item}
    if stream == "care":
        return said(support_plan_opened(name)), {"intake": plan, "notifications": item}
    return said(enrolment_check_opened(family_id=name)), {"notifications": {"_id": f"family/{name}/education_officer"}}


def said(fact: Fact) -> bytes:
    return event(fact).text.encode()


def usable(stream: str, fields: Fields) -> bool:
    """Whether an entry is an event, as the published language has it."""
    value = fields.get(FIELD, b"")
    try:
        admitted(Carrier, value) if stream == "reports" else Event.model_validate_json(value)
    except (ValidationError, NotJson):
        return False
    return True


def is_bounded(letter: dict[str, Any]) -> bool:
    """A dead letter of any entry fits into a document, and its reason on a screen."""
    kept = sum(len(part) for pair in letter["fields"] for part in pair)
    return kept <= KEPT_BYTES and len(letter["fields"]) <= KEPT_FIELDS and 0 < len(letter["reason"]) < 2000
