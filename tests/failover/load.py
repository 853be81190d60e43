"""Senders that report on and on, and when each report was acknowledged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from time import monotonic

import httpx

from shared.events import Concern
from tests.e2e.instance import Ayllu
from tests.e2e.reports import Answer, a_report
from tests.waiting import eventually

SENDERS = 5
PAUSE = 0.25
PATIENCE = 5.0
"""How long a sender waits for an answer before it sends the report again, in seconds."""

ACCEPTED, KNOWN, AWAY = 202, 200, 503


class Load:
    """What was acknowledged so far, and when."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.moments: list[float] = []

    async def more(self, count: int, within: float = 60) -> None:
        """Wait until so many more reports are acknowledged."""
        wanted = len(self.answers) + count
        await eventually(lambda: len(self.answers) >= wanted, within=within)

    def silence(self, since: float) -> float:
        """The longest time without an acknowledgement since a moment, in seconds."""
        moments = [since, *(each for each in self.moments if each > since)]
        return max(later - earlier for earlier, later in pairwise(moments))

    def since(self, moment: float) -> list[Answer]:
        """What was acknowledged after a moment."""
        return [answer for answer, each in zip(self.answers, self.moments, strict=True) if each > moment]

    def acknowledged(self, answer: Answer) -> None:
        """Note an answer."""
        self.answers.append(answer)
        self.moments.append(monotonic())


@asynccontextmanager
async def load(ayllu: Ayllu) -> AsyncIterator[Load]:
    """Reports for as long as the block lasts."""
    given, enough = Load(), asyncio.Event()
    async with httpx.AsyncClient(timeout=PATIENCE) as http:
        senders = [asyncio.create_task(_report_on(ayllu, http, given, enough)) for _ in range(SENDERS)]
        try:
            yield given
        finally:
            enough.set()
            await asyncio.gather(*senders)


async def _report_on(ayllu: Ayllu, http: httpx.AsyncClient, given: Load, enough: asyncio.Event) -> None:
    """Each report is sent until it is acknowledged, as a sender has to."""
    place = ayllu.place
    address, headers = f"{place['intake']}/v1/reports", {"Authorization": f"Bearer {place['senderKey']}"}
    report = a_report(Concern.PHYSICAL_VIOLENCE)
    while not enough.is_set():
        try:
            response = await http.post(address, json=report, headers=headers)
        except httpx.TransportError:
            response = httpx.Response(AWAY)
        if response.status_code in (ACCEPTED, KNOWN):
            given.acknowledged(response.json())
            report = a_report(Concern.PHYSICAL_VIOLENCE)
        else:
            assert response.status_code == AWAY, response.text
        await asyncio.sleep(PAUSE)
