"""Bodies that are no JSON, say a thing twice, or hold fields that nobody knows: told to the sender, with the remedy."""

import json
from typing import Any

import pytest

from services.intake.api import unknown
from services.intake.api.texts import NotJson, admitted, readable
from shared.events import Report
from tests.integration.serving import REPORT

NAME = "Rosa Quispe Mamani"


def told(**fields: Any) -> bytes:
    return json.dumps({**REPORT, **fields}).encode()


def no_json(body: bytes) -> str:
    with pytest.raises(NotJson) as caught:
        admitted(Report, body)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "is empty"),
        (b" \r\n", "is empty"),
        (b"\xef\xbb\xbf" + told(), "begins with a byte order mark: save it as UTF-8 without BOM"),
        (json.dumps(REPORT).encode("utf-16"), "is not UTF-8 but UTF-16"),
        (json.dumps(REPORT).encode("utf-16-le"), "is not UTF-8 but UTF-16"),
        (json.dumps(REPORT).encode("utf-32-be"), "is not UTF-8 but UTF-32"),
        (b"\x1f\x8b\x08\x00", "is compressed: send it uncompressed"),
        (b"PK\x03\x04\x14", "is a ZIP or Excel file"),
        ('{"narrative":\n "José"}'.encode("latin-1"), "is not UTF-8 at line 2, column 6"),
        (b'{\n "reportId": "r",\n nonsense}', "is not JSON at line 3, column 2"),
        ('{"añó": x}'.encode(), "is not JSON at line 1, column 9"),
        (b"{'reportId': 'r'}", "is not JSON at line 1, column 2"),
        (b"[]", "is a list: send one object; a list goes to /v1/reports:batch"),
        (told() + b"\n" + told(), "goes on after its end, at line 2, column 1: many reports go to /v1/reports:batch"),
        (b'{"family": {"monthlyIncome": NaN}}', "holds NaN, which is not JSON"),
        (b'{"family": {"monthlyIncome": -Infinity}}', "holds -Infinity, which is not JSON"),
        (b"[" * 100_000, "is nested too deeply"),
        (
            b'{"x":' + b"[" * 500 + b"]" * 500 + b"}",
            "cannot be read as JSON: recursion limit exceeded at line 1, column ",
        ),
        (b'{"narrative": "\\ud800"}', "cannot be read as JSON: "),
        (b'{"narrative": "\x00"}', "is not JSON at line 1, column 16"),
    ],
)
def test_what_is_no_json_is_told_with_the_remedy(body: bytes, why: str) -> None:
    assert no_json(body).startswith(why)


def test_a_broken_line_of_a_batch_is_named_by_its_number() -> None:
    with pytest.raises(NotJson, match="is not JSON at line 7, column 2"):
        admitted(Report, b"{nonsense", 7)


def test_a_short_text_is_readable() -> None:
    for body in (b"", b"0", b"0\n0\n", b"{}", "ñ".encode()):
        readable(body)


@pytest.mark.parametrize("name", ["reportId", "extra"])
def test_a_number_of_thousands_of_digits_is_refused(name: str) -> None:
    body = told(**{name: "@"}).replace(b'"@"', b"9" * 5000)
    assert no_json(body).startswith("cannot be read as JSON: number out of range at line 1, column ")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ('"concerns": ["neglect"]', "has the field concerns twice in one object: one of them would be lost"),
        ('"reported_at": "2026-03-02T08:05:00-05:00"', "has the field reportedAt twice"),  # both names are understood
        ('"x": 1, "x": 2', "has a field twice"),
        (f'"family": {{"{NAME}": 1, "{NAME}": 1}}', "has a field twice"),
    ],
)
def test_a_field_that_comes_twice_is_refused_since_one_would_be_lost(more: str, why: str) -> None:
    assert no_json(told()[:-1] + f", {more}}}".encode()).startswith(why)


def test_fields_that_are_not_known_are_told_with_the_way_to_them() -> None:
    children = [{"livesWith": "mother", "nmae": "José", "birth_date": "2016-08-14"}, {"livesWith": "mother"}]
    family = {"adress": "Jr. Amalia Puga", "caregivers": [{"name": NAME, "relation": "mother", "tel": 1}]}
    _, tree = admitted(Report, told(childrens=[{"a": 1}], family=family, children=children))
    assert set(unknown.fields(tree, Report)) == {
        "childrens",
        "family.adress",
        "family.caregivers.0.tel",
        "children.0.nmae",
    }
    assert unknown.fields(admitted(Report, told())[1], Report) == ()


def test_what_is_told_of_unknown_fields_is_bounded_and_shows_no_control_characters() -> None:
    many = {f"{number}{'x' * 200}": 1 for number in range(60)}
    found = unknown.fields(many, Report)
    assert len(found) == 50
    assert {len(each) for each in found} == {100}
    assert unknown.fields({"a\u202e\x07\n": 1}, Report, "data") == ("data.a\\u202e\\x07\\n",)


def test_an_answer_without_unknown_fields_stays_as_it_is() -> None:
    answer = {"reportId": "r"}
    assert unknown.told(answer, ()) is answer
    assert unknown.told(answer, ("nmae",)) == {"reportId": "r", "ignored": ["nmae"]}
    assert answer == {"reportId": "r"}
