"""Who is who across reports, on a real MongoDB: what contradicts is flagged and another child, never merged."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from services.intake import app as intake
from services.intake.api.identities import Identities, Submission
from services.intake.store.keys import add_key
from shared.events import Household, Report, ReportSubmitted
from shared.mongo import Database
from shared.settings import Settings
from tests.factories import MORNING, at, report, reported_child
from tests.integration.serving import REPORT, served
from tests.programme import PROGRAMME

Databases = Callable[[str], Database]


class Told:
    """Reports as intake's identities see them, one after the other."""

    def __init__(self, database: Database) -> None:
        self._identities = Identities(database, PROGRAMME)
        self._count = 0

    async def of(self, *children: dict[str, Any], family: str = "H1") -> ReportSubmitted:
        """A new report of the school on a family of its own id."""
        self._count += 1
        return await self.again(*children, name=f"r{self._count}", family=family)

    async def again(self, *children: dict[str, Any], name: str, family: str = "H1") -> ReportSubmitted:
        """A report of this id."""
        told = report(
            report_id=name,
            family=Household(id=family),
            children=tuple(reported_child(**each) for each in children),
            reported_at=MORNING,
        )
        sent = Report.model_validate(told.model_dump(exclude={"family_id", "child_ids", "contradicts"}))
        (event,) = await self._identities.events([Submission("school", sent, at(5))])
        assert isinstance(event.data, ReportSubmitted)
        return event.data


@pytest.fixture
def told(database: Databases) -> Told:
    return Told(database("intake"))


SAME = [
    ({"birth_date": "2016-03-01"}, {"birth_date": "2016-03-01"}),
    ({"birth_date": "2016-03-01"}, {"age_years": 10}),
    ({"birth_date": "2016-03-03"}, {"age_years": 10}),  # ten tomorrow
    ({"birth_year": 2016}, {"birth_year": 2017}),
    ({"age_years": 9}, {"birth_date": "2016-05-05"}),
    ({"sex": "female"}, {"sex": "female", "age_years": 9}),
    ({"sex": "female"}, {}),
    ({}, {"birth_date": "2016-03-01", "sex": "male"}),
    ({"birth_date": "2016-03-01"}, {"birth_date": "1900-01-01"}),
]


@pytest.mark.parametrize(("first", "second"), SAME)
async def test_a_child_told_of_in_two_reports_that_agree_is_one(told: Told, first: Any, second: Any) -> None:
    one, other = await told.of({"id": "02", **first}), await told.of({"id": "02", **second})
    assert one.child_ids == other.child_ids
    assert one.contradicts == other.contradicts == ()


OTHERS = [
    ({"birth_date": "2016-03-01"}, {"birth_date": "2016-03-11"}),
    ({"sex": "female"}, {"sex": "male"}),
    ({"birth_year": 2016}, {"birth_year": 2018}),
    ({"age_years": 8}, {"age_years": 10}),
    ({"age_years": 4}, {"birth_date": "2010-05-05"}),
]


@pytest.mark.parametrize(("first", "second"), OTHERS)
async def test_another_birth_or_another_sex_is_flagged_and_another_child(told: Told, first: Any, second: Any) -> None:
    one, other = await told.of({"id": "02", **first}), await told.of({"id": "02", **second})
    assert one.child_ids != other.child_ids
    assert (one.contradicts, other.contradicts) == ((), one.child_ids)


@pytest.mark.parametrize("name", [{"id": "02"}, {"name": "Ana"}, {}])
async def test_in_one_report_too_another_birth_is_another_child(told: Told, name: Any) -> None:
    found = await told.of({**name, "birth_date": "2016-03-01"}, {**name, "birth_date": "2018-01-01"})
    assert len(set(found.child_ids)) == 2


async def test_whom_an_id_means_does_not_depend_on_the_order_of_the_entries(told: Told) -> None:
    girl, boy = {"id": "02", "sex": "female"}, {"id": "02", "sex": "male"}
    one, other = await told.of(girl, boy, family="H1"), await told.of(boy, girl, family="H2")
    assert [bool(each) for each in one.contradicts] == [bool(each) for each in reversed(other.contradicts)]


async def test_what_is_learnt_later_counts_as_what_was_told_first(told: Told) -> None:
    first = await told.of({"id": "02", "birth_year": 2016})
    day = await told.of({"id": "02", "birth_date": "2016-03-01"})
    girl = await told.of({"id": "02", "sex": "female"})
    other_day = await told.of({"id": "02", "birth_date": "2016-09-01"})
    boy = await told.of({"id": "02", "sex": "male"})
    assert first.child_ids == day.child_ids == girl.child_ids
    assert other_day.contradicts == boy.contradicts == first.child_ids


async def test_the_other_child_of_an_id_is_one_child_in_all_reports_on_it(told: Told) -> None:
    first = await told.of({"id": "02", "birth_date": "2016-03-01", "sex": "male"})
    sister = [{"birth_date": "2018-01-01"}, {"age_years": 8}, {"birth_year": 2018, "sex": "female"}, {"sex": "female"}]
    others = [await told.of({"id": "02", **each}) for each in sister]
    assert len({each.child_ids for each in others}) == 1
    assert {each.contradicts for each in others} == {first.child_ids}


async def test_a_third_birth_under_one_id_is_a_third_child(told: Told) -> None:
    found = [await told.of({"id": "02", "birth_year": year}) for year in (2012, 2014, 2016, 2014)]
    assert [each.child_ids for each in found] == [*(each.child_ids for each in found[:3]), found[1].child_ids]
    assert len({each.child_ids for each in found}) == 3


@pytest.mark.parametrize(("unique", "children"), [(False, 2), (True, 1)])
async def test_an_id_in_two_families_is_two_children_unless_the_senders_ids_are_unique(
    told: Told, database: Databases, unique: bool, children: int
) -> None:
    await add_key(database("intake"), "school", child_ids="unique" if unique else "family")
    found = [await told.of({"id": "02"}, family=family) for family in ("H1", "H2")]
    assert len({child_id for each in found for child_id in each.child_ids}) == children


async def test_a_report_sent_twice_is_about_the_same_children(told: Told) -> None:
    children = ({"id": "02", "sex": "female"}, {"id": "02", "sex": "male"}, {"name": "RN"}, {"name": "RN"})
    first = await told.again(*children, name="r1")
    await told.of({"id": "02", "birth_date": "2016-03-01"})
    again = await told.again(*children, name="r1")
    assert (again.child_ids, again.contradicts) == (first.child_ids, first.contradicts)
    assert len(set(first.child_ids)) == 4


async def test_two_replicas_that_hear_of_a_child_at_once_never_make_one_of_a_girl_and_a_boy(
    database: Databases,
) -> None:
    replicas = [Told(database("intake")) for _ in range(2)]
    for child in map(str, range(20)):
        sexes = zip(replicas, ("female", "male"), strict=True)
        both = await asyncio.gather(*(each.of({"id": child, "sex": sex}) for each, sex in sexes))
        assert both[0].child_ids != both[1].child_ids


async def test_the_sender_is_told_of_a_contradiction_and_a_repeated_report_gets_the_same_answer(
    settings: Settings, sender: dict[str, str]
) -> None:
    child = REPORT["children"][0]
    other = {**REPORT, "reportId": "r-2", "children": [{**child, "birthDate": "2015-01-01"}]}
    async with served(intake.create, settings) as http:
        first = (await http.post("/v1/reports", json=REPORT, headers=sender)).json()
        second = (await http.post("/v1/reports", json=other, headers=sender)).json()
        again = await http.post("/v1/reports", json=other, headers=sender)
        family = (await http.get(f"/v1/families/{first['familyId']}")).json()
    assert [each["field"] for each in second["notes"]] == ["children.0.id"]
    assert (again.status_code, again.json()) == (200, second)
    flagged = {each["childId"]: each.get("contradicts") for each in family["children"]}
    assert flagged == {first["childIds"][0]: None, second["childIds"][0]: first["childIds"][0]}


async def test_what_a_refused_repetition_tells_of_a_child_is_not_learnt(
    settings: Settings, sender: dict[str, str]
) -> None:
    child = {"id": "02", "livesWith": "mother"}
    told = [{**child}, {**child, "sex": "male"}, {**child, "sex": "female"}]
    reports = [
        {**REPORT, "reportId": name, "children": [each]} for name, each in zip(("a", "a", "b"), told, strict=True)
    ]
    async with served(intake.create, settings) as http:
        first, refused, later = [await http.post("/v1/reports", json=each, headers=sender) for each in reports]
        batch = "\n".join(
            json.dumps({**each, "family": {"id": "H-of-a-batch"}, "reportId": f"{each['reportId']}-2"})
            for each in reports
        )
        answers = (await http.post("/v1/reports:batch", content=batch, headers=sender)).text.splitlines()
    assert (first.status_code, refused.status_code) == (202, 409)
    assert (later.json()["childIds"], later.json()["notes"]) == (first.json()["childIds"], [])
    one, _, two = map(json.loads, answers)
    assert (two["childIds"], two["notes"]) == (one["childIds"], [])
