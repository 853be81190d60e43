"""A service that runs inside the test, and a client of it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.settings import Settings
from tests.signing import token

Report = dict[str, Any]

REPORT: Report = {
    "reportId": "r-1",
    "reportedAt": "2026-03-02T08:00:00-05:00",
    "reporter": {"role": "teacher"},
    "district": "060105",
    "family": {"id": "f-1", "caregivers": [{"name": "Rosa Quispe", "relation": "mother"}]},
    "children": [{"id": "c-1", "name": "José", "birthDate": "2016-03-01", "livesWith": "mother", "working": True}],
    "concerns": ["poverty", "child_labour"],
    "consent": {"shareWithPartners": True, "basis": "consent"},
}


@asynccontextmanager
async def served(create: Callable[[], FastAPI], settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A service that runs, and a client of it signed in as a supervisor."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(Settings, "load", classmethod(lambda _: settings))
        app = create()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url="http://ayllu",
            headers={"Authorization": f"Bearer {token()}"},
        )
        yield await stack.enter_async_context(http)
