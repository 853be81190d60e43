"""Sample reports sent to a deployment as another system would, and whether they reached every view, once."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import httpx

from ops.commands.status import settled
from ops.samples.reports import sample_reports
from tests.compose.stack import Stack
from tests.waiting import eventually

AUDIT = """
import asyncio
from ops.commands.audit import audit
from shared.mongo import connect
from shared.settings import Settings

async def incomplete():
    found = await audit(connect(Settings.load()))
    return {"missing": dict(found.missing), "doubled": dict(found.doubled)} if not found.complete else "complete"

print(asyncio.run(incomplete()))
"""


HEARD_BY = {
    "FamilyAtRisk": ("care", "notifications"),
    "ChildNeedsCare": ("care", "education", "notifications"),
}
"""Who hears of a risk, whether or not the report names a child."""


class Access(NamedTuple):
    """What the operator hands out."""

    key: str
    token: str


def drawn(count: int, seed: int) -> list[str]:
    """Sample reports as JSON."""
    reports = sample_reports(count, seed=seed, until=datetime.now(UTC))
    return [each.model_dump_json(exclude_none=True) for each in reports]


async def send(stack: Stack, access: Access, bodies: Sequence[str]) -> list[dict[str, Any]]:
    """Send as a sending system does: what got no answer is sent again. Returns the answers."""
    headers = {"Authorization": f"Bearer {access.key}", "Content-Type": "application/json"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as http:

        async def accepted(body: str) -> dict[str, Any]:
            response = await http.post(f"http://127.0.0.1:{stack.ports['intake']}/v1/reports", content=body)
            assert response.status_code in (200, 202), response.text
            answer: dict[str, Any] = response.json()
            return answer

        return [await eventually(partial(accepted, body), within=60, every=0.2) for body in bodies]


async def in_every_view_once(stack: Stack, access: Access, answers: Sequence[dict[str, Any]]) -> None:
    """Wait until nothing is under way; then everything promised must be in every view, exactly once."""

    async def quiet() -> bool:
        return settled(await stack.status())

    await eventually(quiet, within=120, every=1)
    assert await stack.one_off("ops", AUDIT) == "complete"
    promised = {each["id"]: each for answer in answers for each in answer["events"] if each["type"] in HEARD_BY}
    assert promised
    in_inbox, earlier = await _causes(stack, access)
    assert max(in_inbox.values()) == 1
    assert len(set(promised) - {event for _, event in in_inbox}) <= earlier
    for event, promise in promised.items():
        subject = promise["subject"]
        kind, _, name = subject.partition("/")
        assert await stack.get("care", f"/v1/{'families' if kind == 'family' else 'children'}/{name}", access.token)
        for service in HEARD_BY[promise["type"]]:
            told = await stack.get(service, f"/v1/timeline/{subject}", access.token)
            assert ("heard", event) in {(each["way"], each["id"]) for each in told}, service


async def _causes(stack: Stack, access: Access) -> tuple[Counter[tuple[str, str]], int]:
    """How often each event is shown as a cause of each item of the inbox; how many items only count."""
    causes: Counter[tuple[str, str]] = Counter()
    earlier = 0
    cursor: str | None = ""
    while cursor is not None:
        after = f"&cursor={cursor}" if cursor else ""
        page = await stack.get("notifications", f"/v1/inbox?limit=500{after}", access.token)
        causes.update((item["id"], cause["eventId"]) for item in page["items"] for cause in item["causes"])
        earlier += sum(item["earlier"]["count"] for item in page["items"] if "earlier" in item)
        cursor = page.get("next")
    return causes, earlier
