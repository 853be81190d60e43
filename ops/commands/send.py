"""Reports to intake, in batches, as often as it takes; safe to repeat."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from ops.servers.place import http_client
from shared.trouble import Backoff

BATCH = 500
BATCH_CHARACTERS = 3_000_000
"""Under intake's 16 MiB even if every character takes four bytes."""

PATIENCE_SECONDS = 60


class Refused(Exception):
    """Intake refused the whole batch: the reason it gave."""


@dataclass
class Sent:
    """The result for the reports of a file."""

    accepted: int = 0
    known: int = 0
    refused: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    """Which ones were refused, counted from 0, and what intake answered."""

    ignored: Counter[str] = field(default_factory=Counter)
    """Fields that intake does not know, with the reports that have them."""

    answers: list[dict[str, Any]] = field(default_factory=list)


async def send(
    lines: Iterable[str], intake: str, key: str, done: Callable[[int], object], *, keep_answers: bool = False
) -> Sent:
    """Send reports; waits out 429, 503 and lost connections. Raises Refused for a wrong key."""
    sent, number = Sent(), 0
    async with http_client(base_url=intake, headers={"Authorization": f"Bearer {key}"}, timeout=60) as http:
        for batch in _batches(lines):
            answers = await _post(http, batch)
            for answer in answers:
                _count(sent, number, answer)
                number += 1
            if keep_answers:
                sent.answers += answers
            done(len(batch))
    return sent


def _count(sent: Sent, number: int, answer: dict[str, Any]) -> None:
    sent.ignored.update(answer.get("ignored", ()))
    if answer["status"] == 202:
        sent.accepted += 1
    elif answer["status"] == 200:
        sent.known += 1
    else:
        sent.refused.append((number, answer))


async def _post(http: httpx.AsyncClient, batch: list[str]) -> list[dict[str, Any]]:
    backoff, deadline = Backoff(first=0.5), time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            response = await http.post("/v1/reports:batch", content="\n".join(batch).encode())
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Refused(f"{http.base_url} is not an address of intake, such as http://127.0.0.1:8001") from error
        except httpx.TransportError as error:
            if time.monotonic() > deadline:
                raise Refused(f"intake does not answer at {http.base_url} ({type(error).__name__})") from error
            await backoff.wait()
            continue
        if response.status_code == 200:
            return [json.loads(line) for line in response.text.split("\n") if line]
        if response.status_code != 429 and (response.status_code < 500 or time.monotonic() > deadline):
            raise Refused(f"intake answered {response.status_code}: {_detail(response)}")
        await asyncio.sleep(float(response.headers.get("Retry-After", 1)))  # what intake asks for


def _detail(response: httpx.Response) -> str:
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.text[:300]


def _batches(lines: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for line in lines:
        if len(batch) == BATCH or (batch and size + len(line) > BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch
