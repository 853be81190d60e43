"""`ayllu demo`: start everything, send sample reports, show the results on one screen."""

import asyncio
import re
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from rich.box import SIMPLE_HEAD
from rich.table import Table

from ops.commands import status as telling
from ops.commands.audit import Audit, audit
from ops.commands.screen import Incomplete, bar, cell, console, tell
from ops.commands.send import Sent, send
from ops.samples.reports import sample_reports
from ops.servers.place import SERVICES, http_client, running, servers
from ops.servers.up import up
from shared.events import now
from shared.mongo import Client
from shared.telemetry.metrics import TO_VIEW

PATIENCE_SECONDS = 60
STORIES = 3


async def demo(data: Path | None, *, port_base: int, reports: int, seed: int, leave: bool) -> None:
    """Run the demonstration. Raises Incomplete if a view does not get there in a minute."""
    with tempfile.TemporaryDirectory(prefix="ayllu-demo-") as scratch:
        folder = data or Path(scratch)
        async with _up(folder, port_base) as task:
            place = running(folder)
            lines = [
                each.model_dump_json(exclude_none=True) for each in sample_reports(reports, seed=seed, until=now())
            ]
            began = time.monotonic()
            with bar(f"sending sample reports, seed {seed}", len(lines)) as done:
                sent = await send(lines, place["intake"], place["senderKey"], done, keep_answers=True)
            async with servers(folder) as (client, redis):
                checked = await _complete(client)
                console.print(f"Every view has everything after {time.monotonic() - began:.1f} s.")
                _tell(sent, checked, await telling.status(client, redis), await _mean_waits(place))
                await _stories(place, sent)
            _addresses(place, folder)
            if not leave:
                console.print("\nRunning until Ctrl-C.")
                await task


@asynccontextmanager
async def _up(folder: Path, port_base: int) -> AsyncIterator["asyncio.Task[None]"]:
    """Everything running inside the block; stopped cleanly at its end."""
    ready = asyncio.Event()
    task = asyncio.create_task(up(folder, port_base=port_base, on_ready=ready.set, say=tell))
    waiting = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield task
    finally:
        waiting.cancel()
        if not task.done():
            task.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)


async def _complete(client: Client) -> Audit:
    """Wait until every view has every published event. Raises Incomplete."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await audit(client)
        if found.complete:
            return found
        if time.monotonic() > deadline:
            raise Incomplete({name: len(lost) for name, lost in found.missing.items() if lost})
        await asyncio.sleep(0.1)  # an audit reads everything: not more often than a person would notice


async def _mean_waits(place: dict[str, Any]) -> dict[str, float]:
    """Seconds from a report recorded to a view of it in each service, as its metrics tell."""
    waits = {}
    async with http_client() as http:
        for name in SERVICES[1:]:
            page = (await http.get(f"{place[name]}/metrics")).text
            total, count = (re.search(rf"^{TO_VIEW}_{part} (\S+)$", page, re.MULTILINE) for part in ("sum", "count"))
            if total and count and float(count[1]):
                waits[name] = float(total[1]) / float(count[1])
    return waits


def _tell(sent: Sent, checked: Audit, found: dict[str, Any], waits: dict[str, float]) -> None:
    console.print(f"\n{sent.accepted} reports accepted, {sent.known} known already, {len(sent.refused)} refused")
    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("service", "heard", "views", "changes", "dead", "mean from report to view"):
        made.add_column(name, justify="left" if name == "service" else "right")
    for name in SERVICES:
        heard = checked.expected[name] + (sent.accepted if name == "intake" else 0)
        wait = f"{waits[name]:.2f} s" if name in waits else ""
        counts = (found[name]["views"], found[name]["changes"], found[name]["dead"])
        made.add_row(name, str(heard), *map(str, counts), wait)
    console.print(made)


async def _stories(place: dict[str, Any], sent: Sent) -> None:
    """Three cases, from the timelines of all services."""
    told = [each for each in sent.answers if len({event["type"] for event in each.get("events", [])}) > 1]
    told += [each for each in sent.answers if each.get("events") and each not in told]
    families = {each["familyId"]: each for each in reversed(told)}  # the first report of each
    headers = {"Authorization": f"Bearer {place['staffToken']}"}
    async with http_client(headers=headers) as http:
        for answer in list(families.values())[: -STORIES - 1 : -1]:
            console.print(cell(f"family {answer['familyId']}, risk {answer['riskLevel']}"), style="bold")
            reasons = "; ".join(f"{each['rule']} {each['en']}" for each in answer["reasons"])
            tell(f"  because: {reasons}")
            entries = [each for name in SERVICES for each in await _timeline(http, place[name], name, answer)]
            steps = Counter(_step(each) for each in sorted(entries, key=lambda each: each["time"]))
            for (service, what), times in steps.items():
                often = f" × {times}" if times > 1 else ""
                tell(f"  {service:<13} {what}{often}"[: console.width])


async def _timeline(
    http: httpx.AsyncClient, address: str, service: str, answer: dict[str, Any]
) -> list[dict[str, Any]]:
    response = await http.get(f"{address}/v1/timeline/family/{answer['familyId']}")
    if response.status_code != 200:
        return []
    entries = [each for each in response.json() if each["way"] == "said" or each["type"] == "ReportSubmitted"]
    return [{**each, "service": service} for each in entries]


def _step(entry: dict[str, Any]) -> tuple[str, str]:
    """Which service did what, in a few words: no ids."""
    shown = ("riskLevel", "role", "reason", "urgency", "concerns", "services", "level", "checks")
    words = " · ".join(_words(entry["data"][name]) for name in shown if entry["data"].get(name))
    return entry["service"], f"{entry['type']:<25}{words}"


def _words(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _addresses(place: dict[str, Any], folder: Path) -> None:
    console.print("\n[bold]To open[/bold]")
    for name in SERVICES:
        tell(f"  {name:<13} {place[name]}/docs")
    tell(f"  sender key, staff token and process ids: {folder / 'running.json'}")
