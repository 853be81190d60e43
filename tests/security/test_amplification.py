"""No request makes an answer many times its size: refusals are told up to a fixed room, and the others counted."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.intake.api.answers import MOST_REFUSAL_BYTES
from services.intake.api.bodies import MOST_LINES
from shared.events import Concern
from tests.integration.serving import REPORT

MOST_OF_ONE_REFUSAL = 16 * 1024
A_STATUS = 40
"""What a line of which only the status is told takes."""

TIMES = 12
"""So many times its own size a report may be answered with, if it is accepted: ids, reasons, events."""

FIXED = MOST_REFUSAL_BYTES + MOST_LINES * A_STATUS


def small(number: int, **told: Any) -> dict[str, Any]:
    ordinary = {name: REPORT[name] for name in ("reportedAt", "reporter", "district", "consent")}
    return {"reportId": f"r{number}", "family": {}, **ordinary, **told}


def batch(count: int, **told: Any) -> bytes:
    return b"\n".join(json.dumps(small(number, **told), separators=(",", ":")).encode() for number in range(count))


ALONE = {"livesWith": "alone"}
UNSEEN = {"\u00ad" * 30 + chr(0x100 + number): 1 for number in range(50)}
BATCHES = {
    "numbers": b"0\n" * MOST_LINES,
    "empty objects": b"{}\n" * MOST_LINES,
    "empty lines": b"\n" * MOST_LINES,
    "wrong codes": (json.dumps({"concerns": ["a"] * 20}) + "\n").encode() * MOST_LINES,
    "children alone": batch(100, children=[ALONE] * 50),
    "impossible births": batch(100, children=[{**ALONE, "birthDate": "1900-01-01"}] * 50),
    "every concern": batch(100, concerns=[each.value for each in Concern], children=[ALONE]),
    "names of unseen letters": batch(100, **UNSEEN),
    "one conflict again and again": batch(1, children=[ALONE] * 50) + b"\n" + (batch(1) + b"\n") * 500,
}


@pytest.mark.parametrize("body", BATCHES.values(), ids=BATCHES)
async def test_a_batch_is_answered_with_little_more_than_it_is(door: httpx.AsyncClient, body: bytes) -> None:
    answer = await door.post("/v1/reports:batch", content=body)
    assert answer.status_code == 200
    assert len(answer.content) == int(answer.headers["Content-Length"]) <= TIMES * len(body) + FIXED


def bodies() -> Iterator[tuple[str, bytes]]:
    whole = json.dumps(small(0))[:-1]
    yield "50,000 wrong children", json.dumps(small(0, children=[{}] * 50_000)).encode()
    yield "50 wrong children of 50 wrong codes", json.dumps(small(0, children=[{"concerns": ["a"] * 50}] * 50)).encode()
    yield "nested without an end", b'{"a":' * 100_000
    yield "nested under a field that is known", f'{whole},"children":{"[" * 900}{"]" * 900}}}'.encode()
    yield "nested under one that is not", f'{whole},"x":{"[" * 300}{"]" * 300}}}'.encode()
    yield "long names", json.dumps({"x" * 10_000 + str(n): {"\x1b" * 1000: 1} for n in range(50)}).encode()
    yield "a long name twice", f'{{"{"y" * 100_000}":1,"{"y" * 100_000}":1}}'.encode()
    yield "long values", json.dumps({name: "z" * 100_000 for name in REPORT}).encode()
    yield "a long number", b'{"reportId":' + b"9" * 100_000 + b"}"


@pytest.mark.parametrize("body", dict(bodies()).values(), ids=dict(bodies()))
async def test_one_refusal_has_a_most(door: httpx.AsyncClient, body: bytes) -> None:
    answer = await door.post("/v1/reports", content=body)
    assert answer.status_code in (400, 422)
    assert len(answer.content) <= MOST_OF_ONE_REFUSAL


async def test_lines_of_which_nothing_else_is_told_have_their_status_and_are_counted(door: httpx.AsyncClient) -> None:
    answer = await door.post("/v1/reports:batch", content=b"{}\n" * (MOST_LINES - 1) + batch(1))
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [each["line"] for each in lines] == list(range(1, MOST_LINES + 1))
    assert [each["status"] for each in lines] == [422] * (MOST_LINES - 1) + [202]
    told = [each for each in lines if "errors" in each]
    first, *others = lines[len(told) : -1]
    assert len(told) > 1000
    assert f"this line and {len(others):,} more is not told" in first["detail"]
    assert all(set(each) == {"line", "status"} for each in others)
    assert lines[-1]["reportId"] == "r0"
