"""Poison of every kind on a stream: a dead letter with the reason and the original bytes, and nobody is held up."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from shared.events import EVENT_FIELD, LISTENERS
from shared.streams.dead import DEAD
from tests.e2e.instance import Ayllu
from tests.e2e.reports import a_report, carried, everywhere_once
from tests.factories import event, family_at_risk, report
from tests.waiting import eventually

FIVE_MB = 5_000_000
DEEP = 100_000

Entry = tuple[bytes, bytes]
"""The one field of a stream entry: its name and what it holds."""


def _fact(**attributes: Any) -> bytes:
    """A FamilyAtRisk as intake says it, but for these attributes."""
    return _json({**json.loads(event(family_at_risk()).text), **attributes})


def _risk(**told: Any) -> dict[str, Any]:
    data: dict[str, Any] = family_at_risk().model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in {**data, **told}.items() if value is not None}


def _report(**told: Any) -> bytes:
    return _json(carried({name: value for name, value in a_report(**told).items() if value is not None}))


def _json(whole: Mapping[str, Any]) -> bytes:
    return json.dumps(whole).encode()


FIELD = EVENT_FIELD.encode()

ON_ANY: dict[str, Entry] = {
    "not JSON": (FIELD, b"a family is at risk"),
    "nothing": (FIELD, b""),
    "binary": (FIELD, bytes(range(256))),
    "5 MB": (FIELD, b"x" * FIVE_MB),
    "deep": (FIELD, b"[" * DEEP),
    "JSON but no object": (FIELD, b"[1, 2]"),
    "no number": (FIELD, b"NaN"),
    "half a letter": (FIELD, b'{"id": "\\ud800"}'),
    "wrong field name": (b"evento", _fact()),
    "binary field name": (bytes(range(128, 256)), b"1"),
}

ON_INTAKE: dict[str, Entry] = {
    "wrong type": (FIELD, _fact(subject=7)),
    "unknown type": (FIELD, _fact(type="FamilyMovedToTheMoon")),
    "missing attribute": (FIELD, _fact(time=None)),
    "missing field": (FIELD, _fact(data=_risk(familyId=None))),
    "wrong type inside": (FIELD, _fact(data=_risk(district=60101))),
    "deep inside": (FIELD, _fact().replace(b'"data": {', b'"data": {"x": ' + b"[" * DEEP + b"]" * DEEP + b", ")),
    "5 MB inside": (FIELD, _fact(id="x" * FIVE_MB)),
    "a huge number": (FIELD, _fact(data=_risk(familyId=10**400))),
    "no number inside": (FIELD, _fact().replace(b'"district": "060101"', b'"district": NaN')),
    "the first hour of all": (FIELD, _fact(time="0001-01-01T00:00:00+14:00")),
    "the last moment of all": (FIELD, _fact(time="9999-12-31T23:59:59.999999Z")),
    "a report": (FIELD, _json({**json.loads(event(report()).text), "data": {}})),
}

ON_REPORTS: dict[str, Entry] = {
    "wrong type": (FIELD, _report(reportId=7)),
    "unknown type": (FIELD, _json(carried(a_report(), type="FamilySeen"))),
    "missing attribute": (FIELD, _json({**carried(a_report()), "source": None})),
    "missing field": (FIELD, _report(district=None)),
    "5 MB inside": (FIELD, _report(narrative="x" * FIVE_MB)),
    "a huge number": (FIELD, _report(family={"monthlyIncome": 10**400})),
    "no number inside": (FIELD, _report(family={"monthlyIncome": float("nan")})),
    "dated in the future": (FIELD, _report(reportedAt="9999-12-31T23:59:59Z")),
    "the first hour of all": (FIELD, _report(reportedAt="0001-01-01T00:00:00+14:00")),
    "a fact of ours": (FIELD, _fact()),
}


POISON = [
    pytest.param(stream, entry, id=f"{kind} on {stream}")
    for stream, kinds in (("intake", ON_ANY | ON_INTAKE), ("reports", ON_ANY | ON_REPORTS))
    for kind, entry in kinds.items()
]


@pytest.mark.parametrize(("stream", "entry"), POISON)
async def test_poison_becomes_a_dead_letter_as_it_came(ayllu: Ayllu, stream: str, entry: Entry) -> None:
    name, value = entry
    added = (await ayllu.redis.xadd(stream, {name: value})).decode()
    for letter in await eventually(lambda: _buried(ayllu, stream, added), within=20):
        assert letter["reason"]
        assert letter["fields"] == [[name, value]]
        assert letter["bytes"] == len(name) + len(value)
    await eventually(lambda: ayllu.taken(stream))


async def test_the_neighbours_of_poison_are_folded(ayllu: Ayllu) -> None:
    clinic = (await ayllu.command("keys", "add", "clinic")).output.strip()
    good = [a_report() for _ in range(20)]
    async with ayllu.redis.pipeline(transaction=True) as pipeline:  # one batch for whoever reads it
        for number, each in enumerate(good):
            pipeline.xadd("reports", {EVENT_FIELD: _json(carried(each))})
            pipeline.xadd("reports", {EVENT_FIELD: f"poison {number}"})
        await pipeline.execute()
    await eventually(lambda: _is_empty(ayllu, "reports"))
    answers = [await ayllu.post(each, clinic) for each in good]
    assert {each.status_code for each in answers} == {200}
    await everywhere_once(ayllu, [each.json() for each in answers])


async def test_a_report_changed_under_its_id_is_a_dead_letter_that_names_the_field(ayllu: Ayllu) -> None:
    first = a_report()
    await ayllu.add("reports", _json(carried(first)))
    added = await ayllu.add("reports", _json(carried({**first, "district": "060105"})))
    (letter,) = await eventually(lambda: _buried(ayllu, "reports", added))
    assert letter["reason"].endswith("differs in: district")


async def test_an_operator_lists_looks_at_retries_and_discards_dead_letters(ayllu: Ayllu) -> None:
    await ayllu.command("dead", "discard", "care", "--all")
    added = await ayllu.add("intake", "a riddle")
    letter = f"intake/{added}"
    await eventually(lambda: _buried(ayllu, "intake", added))
    listed = await ayllu.command("dead", "list")
    assert listed.output.count(letter) == 3
    assert "a riddle" not in listed.output
    shown = await ayllu.command("dead", "show", "care", letter)
    assert "event: a riddle" in shown.output
    assert "1 on their way again" in (await ayllu.command("dead", "retry", "care", letter)).output
    (again,) = await eventually(lambda: _letters(ayllu, "care"))
    assert again["_id"] != letter
    assert "1 discarded" in (await ayllu.command("dead", "discard", "care", again["_id"])).output
    assert await _letters(ayllu, "care") == []
    assert (await ayllu.command("dead", "show", "care", letter)).code == 1


async def test_looking_at_a_dead_report_is_on_record(ayllu: Ayllu) -> None:
    added = await ayllu.add("reports", "Rosa Quispe is worried")
    (letter,) = await eventually(lambda: _buried(ayllu, "reports", added))
    shown = await ayllu.command("dead", "show", "intake", letter["_id"])
    assert "Rosa Quispe is worried" in shown.output
    read = await ayllu.database("intake")["reads"].find_one({"subjects": f"dead/reports/{added}"})
    assert read is not None
    assert read["staff"] == "operator"


async def _buried(ayllu: Ayllu, stream: str, entry: str) -> list[dict[str, Any]]:
    """The dead letters of an entry, once everyone who listens there has one."""
    found = [await ayllu.database(each)[DEAD].find_one({"_id": f"{stream}/{entry}"}) for each in LISTENERS[stream]]
    return [each for each in found if each] if all(found) else []


async def _letters(ayllu: Ayllu, service: str) -> list[dict[str, Any]]:
    return await ayllu.database(service)[DEAD].find().to_list(None)


async def _is_empty(ayllu: Ayllu, stream: str) -> bool:
    return int(await ayllu.redis.xlen(stream)) == 0
