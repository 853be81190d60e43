"""However many come to intake's door, however slow: who comes in earnest is served, and its memory has a bound."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from shared.web.connections import MOST_CONNECTIONS
from tests.e2e.crowd import HUNG_UP, Ways, crowd, drips, post, sends
from tests.e2e.instance import Ayllu
from tests.e2e.reports import a_report, everywhere_once
from tests.waiting import eventually

MIB = 1024 * 1024
HUNDREDS = MOST_CONNECTIONS + 100
SERVED_SECONDS = 30
"""Within so many a sender in earnest is served, told to come back included."""

MOST_MEMORY = 400 * MIB
"""Of a process of intake; compose gives it 512 MiB."""


async def test_hundreds_who_are_slow_on_purpose_keep_nobody_out(own_ayllu: Ayllu) -> None:
    key = await crowds_key(own_ayllu)
    slow_head = drips(b"POST /v1/reports HTTP/1.1\r\nHost: intake\r\nX-Endless: ")
    slow_body = drips(post("/v1/reports", key, b"{", announced=100_000))
    large_body = drips(post("/v1/reports", key, b" " * (MIB - 1000), announced=MIB))
    found = await served_all_the_same(own_ayllu, slow_head, slow_body, large_body)
    assert set(found) <= {"408", "503", HUNG_UP}, found


async def test_more_than_there_is_room_for_keep_nobody_out(own_ayllu: Ayllu) -> None:
    key = await crowds_key(own_ayllu)
    a_valid_report = sends(lambda: post("/v1/reports", key, json.dumps(a_report()).encode()))
    no_http = sends(lambda: b"\x16\x03\x01 this is no HTTP\r\n\r\n")
    endless_head = sends(lambda: b"POST /v1/reports HTTP/1.1\r\n" + b"X-Endless: yes\r\n" * 10_000)
    no_patience = sends(lambda: b"GET /openapi.json HTTP/1.1\r\nHost: intake\r\n\r\n" * 1000)
    found = await served_all_the_same(own_ayllu, a_valid_report, no_http, endless_head, no_patience)
    assert set(found) <= {"202", "400", "431", "503", HUNG_UP}, found


async def test_a_slow_request_is_hung_up_on_with_the_reason(own_ayllu: Ayllu) -> None:
    async with crowd(own_ayllu.place["intake"], 5, drips(b"GET /health/live HTTP/1.1\r\nX-Endless: ")) as found:
        await eventually(lambda: found["408"] == 5, within=SERVED_SECONDS)


async def served_all_the_same(ayllu: Ayllu, *ways: Ways) -> Counter[str]:
    """While a crowd behaves in these ways, reports are accepted and staff read; returns what came of the crowd."""
    pid, answers = ayllu.pids["intake"], []
    async with crowd(ayllu.place["intake"], HUNDREDS, *ways) as found:
        await eventually(lambda: found.total() >= HUNDREDS - MOST_CONNECTIONS, within=SERVED_SECONDS)
        for _ in range(3):
            answers.append(await eventually(lambda: accepted(ayllu), within=SERVED_SECONDS))
            await ayllu.read("care", "/v1/families")
        assert memory(pid) < MOST_MEMORY
    assert ayllu.pids["intake"] == pid
    await everywhere_once(ayllu, answers)
    return found


async def crowds_key(ayllu: Ayllu) -> str:
    made = await ayllu.command("keys", "add", "crowd")
    return made.output.strip()


async def accepted(ayllu: Ayllu) -> dict[str, Any] | None:
    """One try of a sender who comes in earnest, on a connection of its own; the answer once it is accepted."""
    async with httpx.AsyncClient(timeout=SERVED_SECONDS) as http:
        url, key = f"{ayllu.place['intake']}/v1/reports", ayllu.place["senderKey"]
        answer = await http.post(url, json=a_report(), headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code in (202, 503), answer.text
    if answer.status_code == 503:
        await asyncio.sleep(int(answer.headers["Retry-After"]))
        return None
    told: dict[str, Any] = answer.json()
    return told


def memory(pid: int) -> int:
    """What a process holds in memory, in bytes."""
    told = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return int(told["VmRSS"].split()[0]) * 1024
