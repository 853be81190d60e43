"""Systems that send reports at a steady rate, repeat each until it is acknowledged, and keep the answers."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from shared.events import now
from shared.trouble import Backoff

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "report.json"
PATIENCE_SECONDS = 15
"""How long a sender waits for an answer before it sends the same again."""

MOST_UNDER_WAY = 60
"""With so many unanswered, senders wait before they send more."""

BATCHED = 0.5
LARGEST_BATCH = 12
SENT_AGAIN = 0.05
LONGEST_ANSWER = 200

Doors = Callable[[], Sequence[str]]
"""The current addresses of intake."""


class Sender(NamedTuple):
    """A sending system and its key."""

    source: str
    key: str


@dataclass(frozen=True)
class Acknowledged:
    """A report that intake has acknowledged, and what the answer promised."""

    source: str
    report_id: str
    family_id: str
    events: tuple[tuple[str, str], ...]
    """(id, type) of each event that the report led to."""


class Senders:
    """The sending systems of one round. They keep their answers: these are the truth the verdict goes by."""

    def __init__(self, senders: Sequence[Sender], doors: Doors, drawn: random.Random, http: httpx.AsyncClient) -> None:
        self.acknowledged: dict[tuple[str, str], Acknowledged] = {}
        self.wrong: list[str] = []
        self.unanswered = 0
        self.put_off = 0
        self._senders = senders
        self._doors = doors
        self._drawn = drawn
        self._http = http
        self._under_way: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def sending(self, reports: Iterator[str], rate: float) -> AsyncIterator[None]:
        """Send so many reports a second during the block, one by one and in batches."""
        task = asyncio.create_task(self._send_on(reports, rate))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def all_acknowledged(self, within: float) -> int:
        """Wait until every report under way is acknowledged; returns how many batches are not."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=within)
        return len(self._under_way)

    async def probe(self) -> Acknowledged:
        """Send the report of the documentation, about a family of its own, until it is acknowledged."""
        report = json.loads(EXAMPLE.read_text())
        report |= {"reportId": f"probe-{uuid4()}", "reportedAt": now().isoformat()}
        report["family"]["id"] = report["reportId"]
        sender = self._senders[0]
        await self._until_acknowledged(sender, [json.dumps(report)])
        return self.acknowledged[sender.source, report["reportId"]]

    async def give_up(self) -> None:
        """Stop sending."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _send_on(self, reports: Iterator[str], rate: float) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            count = self._drawn.randint(2, LARGEST_BATCH) if self._drawn.random() < BATCHED / 7 else 1
            due += count / rate
            await asyncio.sleep(due - loop.time())
            if len(self._under_way) < MOST_UNDER_WAY:
                self._under_way.add(task := asyncio.create_task(self._deliver([next(reports) for _ in range(count)])))
                task.add_done_callback(self._under_way.discard)

    async def _deliver(self, reports: list[str]) -> None:
        sender = self._drawn.choice(self._senders)
        again = self._drawn.random() < SENT_AGAIN
        await self._until_acknowledged(sender, reports)
        if again:  # as a sender does that never got the answer
            await self._until_acknowledged(sender, reports)

    async def _until_acknowledged(self, sender: Sender, reports: list[str]) -> None:
        backoff = Backoff(first=0.2, most=1)
        while reports:
            reports = await self._once(sender, reports)
            if reports:
                await backoff.wait()

    async def _once(self, sender: Sender, reports: list[str]) -> list[str]:
        """Those that have to be sent again."""
        path, content = ("", reports[0]) if len(reports) == 1 else (":batch", "\n".join(reports))
        address = f"{self._drawn.choice(self._doors())}/v1/reports{path}"
        headers = {"Authorization": f"Bearer {sender.key}", "Content-Type": "application/json"}
        try:
            response = await self._http.post(address, content=content, headers=headers, timeout=PATIENCE_SECONDS)
        except httpx.TransportError:
            self.unanswered += 1
            return reports
        if len(reports) == 1:
            answers = [{"status": response.status_code, **_document(response)}]
        elif response.status_code == 200:
            answers = [json.loads(line) for line in response.text.splitlines()]
        else:
            answers = [{"status": response.status_code, **_document(response)}] * len(reports)
        return [report for report, answer in zip(reports, answers, strict=True) if not self._noted(sender, answer)]

    def _noted(self, sender: Sender, answer: dict[str, Any]) -> bool:
        """Whether the report need not be sent again."""
        if answer["status"] in (200, 202):
            self._note(sender, answer)
            return True
        if answer["status"] in (429, 503):
            self.put_off += 1
            return False
        self.wrong.append(f"intake answered {answer['status']}: {str(answer.get('detail'))[:LONGEST_ANSWER]}")
        return bool(answer["status"] < 500)

    def _note(self, sender: Sender, answer: dict[str, Any]) -> None:
        promised = tuple((each["id"], each["type"]) for each in answer["events"])
        told = Acknowledged(sender.source, answer["reportId"], answer["familyId"], promised)
        before = self.acknowledged.setdefault((sender.source, answer["reportId"]), told)
        if before != told:
            self.wrong.append(f"intake answered report {told.report_id} with {told}, and before with {before}")


def _document(response: httpx.Response) -> dict[str, Any]:
    try:
        found: dict[str, Any] = response.json()
    except ValueError:
        found = {"detail": response.text}
    found.pop("status", None)
    return found
