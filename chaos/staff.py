"""A member of staff who acknowledges notifications, one after the other, and keeps the confirmations."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import httpx

from services.notifications.domain import item_id
from shared.events import Role

PATIENCE_SECONDS = 15


class Staff:
    """Acknowledges the social worker's item of families that were reported."""

    def __init__(self, address: Callable[[], str], token: Callable[[], str], http: httpx.AsyncClient) -> None:
        self.confirmed: Counter[str] = Counter()
        """How often each item was acknowledged, by its document."""

        self.wrong: list[str] = []
        self._address = address
        self._token = token
        self._http = http

    @asynccontextmanager
    async def acknowledging(
        self, families: Callable[[], list[str]], rate: float, drawn: random.Random
    ) -> AsyncIterator[None]:
        """So many a second, as long as the block lasts."""
        enough = asyncio.Event()
        task = asyncio.create_task(self._acknowledge_on(families, rate, drawn, enough))
        try:
            yield
        finally:
            enough.set()
            await task

    async def _acknowledge_on(
        self, families: Callable[[], list[str]], rate: float, drawn: random.Random, enough: asyncio.Event
    ) -> None:
        while not enough.is_set():
            if known := families():
                await self._acknowledge(drawn.choice(known))
            with suppress(TimeoutError):
                await asyncio.wait_for(enough.wait(), 1 / rate)

    async def _acknowledge(self, family: str) -> None:
        address = f"{self._address()}/v1/notifications/{family}:{Role.SOCIAL_WORKER}/acknowledge"
        headers = {"Authorization": f"Bearer {self._token()}"}
        try:
            response = await self._http.post(address, headers=headers, timeout=PATIENCE_SECONDS)
        except httpx.TransportError:  # whether it was done is not known
            return
        if response.status_code == 200:
            self.confirmed[item_id(family, Role.SOCIAL_WORKER)] += 1
        elif response.status_code not in (401, 404, 503):  # its clock is behind, not there yet, the database is away
            self.wrong.append(f"notifications answered {response.status_code}: {response.text[:200]}")
