"""`ayllu send`: reports from a file to intake, in batches, safe to repeat; what is refused is kept with the reason."""

import asyncio
import csv
import io
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from ops.commands.cells import cell
from ops.servers.place import http_client
from shared.trouble import Backoff

BATCH = 500
BATCH_CHARACTERS = 3_000_000
"""Under intake's 16 MiB even if every character takes four bytes."""

PATIENCE_SECONDS = 60


class Refused(Exception):
    """Intake refused the whole batch: the reason it gave."""


class Unreadable(Exception):
    """The file cannot be read as what it should be: why, and where."""


@dataclass
class Sent:
    """What became of the reports of a file."""

    accepted: int = 0
    known: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)


def read_file(path: Path) -> str:
    """The text of a file. Raises Unreadable."""
    try:
        return decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error


def decoded(content: bytes, name: str) -> str:
    """The text, without the mark that some programs put before it. Raises Unreadable."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"{name} is not UTF-8; save it as UTF-8") from error


def read_lines(text: str, kind: str) -> Iterator[str]:
    """Reports as JSON lines from `csv`, `json` (one report or a list) or `ndjson`. Raises Unreadable."""
    if kind == "csv":
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            for row in rows:
                if None in row:
                    raise Unreadable(f"line {rows.line_num} has more cells than there are columns; nothing was sent")
                yield json.dumps(_nested(row))
        except csv.Error as error:
            raise Unreadable(f"line {rows.line_num} is no CSV ({error}); nothing was sent") from error
    elif kind == "json":
        try:
            found = json.loads(text)
        except ValueError as error:
            raise Unreadable(f"this is not JSON: {error}") from error
        yield from (json.dumps(each) for each in (found if isinstance(found, list) else [found]))
    else:
        yield from (line.strip() for line in text.split("\n") if line.strip())


def kind_of(name: str, beginning: str) -> str:
    """What a file holds, by its ending, else by how it begins."""
    ending = Path(name).suffix.lower()
    if ending in (".csv", ".ndjson", ".jsonl"):
        return "csv" if ending == ".csv" else "ndjson"
    text = beginning.lstrip()
    if text.startswith("["):
        return "json"
    if not text.startswith("{"):
        return "csv"
    first = text.split("\n", 1)[0]
    return "ndjson" if first.rstrip().endswith("}") and "\n" in text.strip() else "json"


async def send(
    lines: Iterable[str], intake: str, key: str, done: Callable[[int], object], *, keep_answers: bool = False
) -> Sent:
    """Send reports; waits out 429, 503 and lost connections. Raises Refused for a wrong key."""
    sent, number = Sent(), 0
    async with http_client(base_url=intake, headers={"Authorization": f"Bearer {key}"}, timeout=60) as http:
        for batch in _batches(lines):
            answers = await _post(http, batch)
            for line, answer in zip(batch, answers, strict=True):
                number += 1
                _count(sent, number, line, answer)
            if keep_answers:
                sent.answers += answers
            done(len(batch))
    return sent


def write_refused(path: Path, refused: list[dict[str, Any]]) -> None:
    """Write refused reports, with the reasons, readable by the owner only: they carry names."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in refused)


def _count(sent: Sent, number: int, line: str, answer: dict[str, Any]) -> None:
    if answer["status"] == 202:
        sent.accepted += 1
    elif answer["status"] == 200:
        sent.known += 1
    else:
        why = answer.get("errors") or answer.get("differences") or answer.get("detail")
        sent.refused.append({"line": number, "status": answer["status"], "why": why, "report": line})


async def _post(http: httpx.AsyncClient, batch: list[str]) -> list[dict[str, Any]]:
    backoff, deadline = Backoff(first=0.5), time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            response = await http.post("/v1/reports:batch", content="\n".join(batch).encode())
        except httpx.TransportError as error:
            if time.monotonic() > deadline:
                raise Refused(f"intake does not answer at {http.base_url} ({type(error).__name__})") from error
            await backoff.wait()
            continue
        if response.status_code == 200:
            return [json.loads(line) for line in response.text.split("\n") if line]
        if response.status_code != 429 and (response.status_code < 500 or time.monotonic() > deadline):
            raise Refused(f"intake answered {response.status_code}: {response.text[:300]}")
        await asyncio.sleep(float(response.headers.get("Retry-After", 1)))  # what intake asks for


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


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """A CSV row as a report: `family.caregivers.0.name` is the name of the first caregiver; empty cells are absent."""
    report: dict[str, Any] = {}
    for column, value in row.items():
        if value:
            *way, last = column.split(".")
            _at(report, way)[last] = cell(last, value)
    listed: dict[str, Any] = _listed(report)
    return listed


def _at(tree: dict[str, Any], way: list[str]) -> dict[str, Any]:
    for name in way:
        tree = tree.setdefault(name, {})
    return tree


def _listed(tree: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdigit() for name in tree):
        return [_listed(tree[name]) for name in sorted(tree, key=int)]
    return {name: _listed(value) for name, value in tree.items()}
