"""What is said at the door is taken at its word, or refused in words that say what would be accepted."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.api.reception import Carrier
from services.intake.api.texts import admitted
from shared.events import Event, Report, ReportSubmitted
from shared.trouble import explain
from shared.web.problems import unacceptable
from tests.factories import event, report
from tests.integration.serving import REPORT

A_MOMENT = "date and time with its zone, such as 2026-03-02T08:05:00-05:00"
A_DATE = "a date, such as 2016-08-14"
WHOLE, NUMBER, YES_OR_NO = "a whole number, such as 8", "a number, such as 850.5", "true or false"
NAME = "Rosa Quispe Mamani"


def told(**fields: Any) -> bytes:
    return json.dumps({**REPORT, **fields}).encode()


def child(**fields: Any) -> bytes:
    return told(children=[{"livesWith": "mother", **fields}])


def refused(body: bytes) -> dict[str, str]:
    """Each wrong field with what would be accepted."""
    with pytest.raises(ValidationError) as caught:
        admitted(Report, body)
    problem = unacceptable(caught.value.errors(include_url=False))
    return {each["field"]: each["accepted"] for each in problem.document["errors"]}


@pytest.mark.parametrize(
    ("sent", "accepted"),
    [
        ("46083.3368", A_MOMENT),  # a day of a spreadsheet
        (46083.3368, A_MOMENT),
        ("0", A_MOMENT),
        ("1772456700", A_MOMENT),
        ("2026-03-02", A_MOMENT),
        ("2026-03-02T08:05:00", A_MOMENT),
        ("2026-02-30T08:05:00Z", A_MOMENT),
        ("2026-03-02T24:00:00Z", A_MOMENT),
        ("2026-03-02T08:05:00+99:00", A_MOMENT),
        ("٢٠٢٦-٠٣-٠٢T08:05:00Z", A_MOMENT),
        ("0026-03-02T08:05:00-05:00", f"{A_MOMENT}, of the years 2000 to 2199"),
        ("1999-12-31T23:59:59Z", f"{A_MOMENT}, of the years 2000 to 2199"),
        (True, A_MOMENT),
        (None, A_MOMENT),
    ],
)
def test_a_report_is_dated_with_day_time_and_zone(sent: Any, accepted: str) -> None:
    assert refused(told(reportedAt=sent)) == {"reportedAt": accepted}


@pytest.mark.parametrize("sent", ["2026-03-02T13:05:00Z", "2026-03-02t08:05-05:00", "2026-03-02 08:05:00.0000001-0500"])
def test_a_moment_may_be_written_in_every_way_of_the_standard(sent: str) -> None:
    moment = admitted(Report, told(reportedAt=sent))[0].reported_at
    assert moment.isoformat() == "2026-03-02T13:05:00+00:00"


@pytest.mark.parametrize(
    ("field", "sent", "accepted"),
    [
        ("birthDate", "0", A_DATE),
        ("birthDate", 0, A_DATE),
        ("birthDate", "20160814", A_DATE),
        ("birthDate", "14/08/2016", A_DATE),
        ("birthDate", "2015-02-29", A_DATE),
        ("birthDate", "2016-08-14T00:00:00", A_DATE),
        ("birthDate", "0016-08-14", f"{A_DATE}, of the years 1900 to 2199"),
        ("ageYears", True, WHOLE),
        ("ageYears", "8", WHOLE),
        ("ageYears", 8.0, WHOLE),
        ("ageYears", 8.5, WHOLE),
        ("ageYears", 26, "25 or less"),
        ("ageYears", 10**30, "25 or less"),
        ("ageYears", -1, "0 or more"),
        ("birthYear", 16, "1900 or more"),
        ("workHours", "8", NUMBER),
        ("workHours", False, NUMBER),
        ("workHours", 169, "168 or less"),
        ("working", 1, YES_OR_NO),
        ("working", "yes", YES_OR_NO),
        ("working", "true", YES_OR_NO),
        ("name", 7, "text, in quotes"),
        ("name", "", "at least 1 character"),
        ("name", "x" * 201, "at most 200 characters"),
        ("id", "a b", "1 to 200 printable ASCII characters without spaces, such as H-4711"),
        ("id", "José", "1 to 200 printable ASCII characters without spaces, such as H-4711"),
        ("sex", "girl", "one of: female, male, other"),
        ("sex", "Female", "one of: female, male, other; did you mean female?"),
        ("concerns", "poverty", "a list, such as []"),
        ("concerns", {}, "a list, such as []"),
        ("concerns", ["poverty"] * 51, "at most 50 entries"),
    ],
)
def test_what_is_said_of_a_child_is_taken_at_its_word(field: str, sent: Any, accepted: str) -> None:
    assert refused(child(**{field: sent})) == {f"children.0.{field}": accepted}


@pytest.mark.parametrize("born", ["1900-01-01", "2016-08-14", "2199-12-31"])
def test_whether_a_birth_is_plausible_is_for_the_rules_to_say(born: str) -> None:
    assert str(admitted(Report, child(birthDate=born))[0].children[0].birth_date) == born


@pytest.mark.parametrize("income", ["1e400", "-1e400", "10000001", "-0.01", "true", '"850.5"'])
def test_an_income_is_a_number_within_reason(income: str) -> None:
    body = told(family={"monthlyIncome": "@"}).replace(b'"@"', income.encode())
    assert set(refused(body)) == {"family.monthlyIncome"}


@pytest.mark.parametrize(
    ("code", "accepted"),
    [
        ("60105", "six digits; Excel drops the leading zero: 060105?"),
        (" 60105", "six digits; Excel drops the leading zero: 060105?"),
        ("069999", "a UBIGEO code that exists, such as 060101 for Cajamarca"),
        ("000000", "a UBIGEO code that exists, such as 060101 for Cajamarca"),
        ("Cajamarca", "six digits as text, a UBIGEO code such as 060101"),
        ("٠٦٠١٠١", "six digits as text, a UBIGEO code such as 060101"),
        ("060101\n", "six digits as text, a UBIGEO code such as 060101"),
        ("", "six digits as text, a UBIGEO code such as 060101"),
        (60101, "six digits as text, a UBIGEO code such as 060101"),
        (None, "six digits as text, a UBIGEO code such as 060101"),
    ],
)
def test_a_district_is_one_that_exists(code: Any, accepted: str) -> None:
    assert refused(told(district=code)) == {"district": accepted}
    if code is not None:
        assert refused(child(district=code)) == {"children.0.district": accepted}


def test_what_was_kept_before_is_read_for_ever() -> None:
    kept = json.loads(event(report()).text)
    kept["data"] |= {"district": "069999", "reportedAt": "46083.3368"}
    kept["data"]["children"] = [{"livesWith": "mother", "birthDate": "0", "ageYears": True, "working": "yes"}]
    found = Event.parse(json.dumps(kept)).data
    assert isinstance(found, ReportSubmitted)
    assert (found.reported_at.year, found.children[0].age_years, found.children[0].working) == (1970, 1, True)
    assert found.district == "069999"


def test_a_cloud_event_is_taken_at_its_word_as_well() -> None:
    whole = {"specversion": "1.0", "id": "1", "source": "clinic", "type": "ReportSubmitted", "data": {**REPORT}}
    assert admitted(Carrier, json.dumps(whole).encode())[0].data == admitted(Report, told())[0]
    whole |= {"specversion": 1.0, "data": {**REPORT, "district": "60105"}}
    with pytest.raises(ValidationError) as caught:
        admitted(Carrier, json.dumps(whole).encode())
    assert explain(caught.value) == (
        'specversion: "1.0", as text; data.district: six digits; Excel drops the leading zero: 060105?'
    )


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("phisical_violence", "physical_violence"),
        ("Physical violence", "physical_violence"),
        ("physical-violence", "physical_violence"),
        ("Violencia física", "physical_violence"),
        ("TRABAJO INFANTIL", "child_labour"),
        ("childlabour", "child_labour"),
    ],
)
def test_the_concern_that_may_be_meant_is_named_first(sent: str, meant: str) -> None:
    accepted = refused(told(concerns=[sent]))["concerns.0"]
    assert accepted.startswith(f"one of: {meant}, ")
    assert accepted.endswith(f"; did you mean {meant}?")
    assert accepted.count("poverty") == 1


@pytest.mark.parametrize("sent", [NAME, "hunger", "", 7, None, "x" * 100_000, ["poverty"]])
def test_a_concern_that_is_like_none_is_answered_with_all_there_are(sent: Any) -> None:
    accepted = refused(told(concerns=[sent]))["concerns.0"]
    assert accepted.startswith("one of: illness_in_family, ")
    assert "did you mean" not in accepted


@pytest.mark.parametrize("field", ["reporter", "family", "consent"])
def test_an_object_is_asked_for_where_something_else_came(field: str) -> None:
    assert refused(told(**{field: [NAME]})) == {field: "an object, such as {}"}


def test_what_must_be_there_is_named() -> None:
    body = {name: value for name, value in REPORT.items() if name not in ("district", "consent")}
    assert refused(json.dumps(body).encode()) == {"district": "must be there", "consent": "must be there"}


def test_all_wrong_fields_are_counted_and_the_first_twenty_listed() -> None:
    with pytest.raises(ValidationError) as caught:
        admitted(Report, told(children=[{"livesWith": NAME}] * 50))
    problem = unacceptable(caught.value.errors()).document
    assert (len(problem["errors"]), problem["errorCount"]) == (20, 50)
    assert explain(caught.value).endswith("; and 45 more")


@pytest.mark.parametrize("place", ["reportId", "reportedAt", "district", "urgency", "reporter", "family", "consent"])
def test_nothing_that_was_sent_is_repeated(place: str) -> None:
    with pytest.raises(ValidationError) as caught:
        admitted(Report, told(**{place: NAME, "concerns": [NAME], "children": [NAME]}))
    assert NAME not in json.dumps(unacceptable(caught.value.errors()).document)
    assert NAME not in explain(caught.value)
