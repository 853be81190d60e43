"""What operators look at: health, metrics, the documents of each interface, status, and a house left empty."""

import json
import re
import signal
from pathlib import Path

import pytest

from ops.servers.place import SERVICES
from shared.events import LISTENERS, SPOKEN_BY
from shared.folds.outbox import Outbox
from tests.clusters.outside import ended
from tests.e2e.instance import Ayllu, alive, up
from tests.e2e.reports import a_report, everywhere_once

METRICS = {
    "ayllu_heard_total",
    "ayllu_said_total",
    "ayllu_folded_total",
    "ayllu_refolded_total",
    "ayllu_conflicts_total",
    "ayllu_dead_total",
    "ayllu_lag",
    "ayllu_pending",
    "ayllu_outbox_waiting",
    "ayllu_event_to_view_seconds",
}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_tells_that_it_lives_and_works(ayllu: Ayllu, service: str) -> None:
    live = await ayllu.http.get(f"{ayllu.place[service]}/health/live")
    ready = await ayllu.http.get(f"{ayllu.place[service]}/health/ready")
    assert (live.status_code, live.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "missing": [], "outboxWaiting": 0})


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_counts_what_it_does(ayllu: Ayllu, service: str) -> None:
    await everywhere_once(ayllu, [(await ayllu.post(a_report())).json()])
    page = await ayllu.http.get(f"{ayllu.place[service]}/metrics")
    names = set(re.findall(r"^# TYPE (\w+) ", page.text, re.MULTILINE))
    assert names >= METRICS
    folded = re.search(r"^ayllu_folded_total (\S+)", page.text, re.MULTILINE)
    assert folded
    assert float(folded[1]) > 0


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_documents_its_interfaces(ayllu: Ayllu, service: str) -> None:
    address = ayllu.place[service]
    assert "swagger" in (await ayllu.http.get(f"{address}/docs")).text.lower()
    paths = (await ayllu.http.get(f"{address}/openapi.json")).json()["paths"]
    assert {"/health/ready", "/metrics", "/v1/timeline/{subject}"} <= set(paths)
    document = (await ayllu.http.get(f"{address}/asyncapi")).json()
    assert document["asyncapi"].startswith("3.")
    heard = {stream for stream, listeners in LISTENERS.items() if service in listeners}
    assert set(document["channels"]) == heard | {service}
    assert {fact.__name__ for fact in SPOKEN_BY[service]} <= set(document["components"]["messages"])


async def test_status_tells_programs_what_waits_and_what_is_kept(ayllu: Ayllu) -> None:
    await everywhere_once(ayllu, [(await ayllu.post(a_report())).json()])
    told = await ayllu.command("status", "--json")
    assert told.code == 0, told.output
    status = json.loads(told.output)
    assert set(status) == set(SERVICES)
    for service, counts in status.items():
        assert counts["views"] > 0
        assert counts["outboxWaiting"] == 0
        heard = {stream for stream, listeners in LISTENERS.items() if service in listeners}
        assert set(counts["hears"]) == heard
        for backlog in counts["hears"].values():
            assert backlog["pending"] == 0
            assert set(backlog) == {"lag", "pending", "oldestPendingSeconds", "streams"}


async def test_status_tells_people_the_same(ayllu: Ayllu) -> None:
    told = await ayllu.command("status")
    assert told.code == 0
    assert all(service in told.output for service in SERVICES)


async def test_a_refold_says_nothing_new_and_leaves_every_view_as_it_was(ayllu: Ayllu) -> None:
    await everywhere_once(ayllu, [(await ayllu.post(a_report())).json()])
    before, said = await _states(ayllu, "care"), await ayllu.redis.xinfo_stream("care")
    done = await ayllu.command("refold", "care")
    assert done.code == 0, done.output
    assert f"{len(before)} views folded again" in done.output
    assert await _states(ayllu, "care") == before
    assert (await ayllu.redis.xinfo_stream("care"))["entries-added"] == said["entries-added"]
    assert not await Outbox(ayllu.database("care")).waiting()


async def test_nothing_is_left_behind_when_it_is_asked_to_end(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with up(folder) as ayllu:
        assert (folder / "running.json").stat().st_mode & 0o777 == 0o600
        pids = ayllu.pids
        assert {*SERVICES, "redis", "mongo"} <= set(pids)
        assert sorted(alive(pids.values())) == sorted(pids.values())
        assert await ended(ayllu.process, signal.SIGTERM) == 0
    assert alive(pids.values()) == []
    assert not (folder / "running.json").exists()


async def _states(ayllu: Ayllu, service: str) -> dict[str, object]:
    return {each["_id"]: each["state"] async for each in ayllu.database(service)["views"].find()}
