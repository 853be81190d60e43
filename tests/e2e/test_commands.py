"""The `ayllu` command as people use it: a file sent, sent again, refused in parts; a demonstration."""

import asyncio
import csv
import io
import json
import os
import pty
import signal
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ops.servers.place import SERVICES
from ops.servers.processes import free_port
from tests.clusters.outside import AYLLU, command, ended, free_port_base
from tests.e2e.instance import Ayllu, alive
from tests.e2e.reports import a_report, everywhere_once, lines

INTERRUPTED = 130
HEARS_INTERRUPTS = ("env", "--default-signal=INT")
"""What a shell starts in the background, these tests for instance, ignores them, and so does all that it starts."""

CSV = {
    "reportId": "csv-1",
    "reportedAt": "2026-03-02T08:00:00Z",
    "reporter.role": "teacher",
    "district": "060101",
    "family.id": "H-csv",
    "family.caregivers.0.name": "Rosa Quispe",
    "family.caregivers.0.relation": "mother",
    "children.0.livesWith": "mother",
    "children.0.birthYear": "2017",
    "children.0.working": "true",
    "concerns": "child_labour;poverty",
    "consent.shareWithPartners": "true",
    "consent.basis": "legal_duty",
}


@pytest.mark.parametrize("ending", ["ndjson", "json", "csv"])
async def test_a_file_of_reports_is_sent_and_sending_it_again_is_safe(
    ayllu: Ayllu, tmp_path: Path, ending: str
) -> None:
    reports = [a_report() for _ in range(3)]
    path = tmp_path / f"reports.{ending}"
    path.write_text({"ndjson": lines(reports), "json": json.dumps(reports), "csv": _table(3)}[ending])
    first, again = await ayllu.command("send", path), await ayllu.command("send", path)
    assert (first.code, again.code) == (0, 0), first.output
    assert "3 accepted, 0 known already, 0 refused" in first.output
    assert "0 accepted, 3 known already, 0 refused" in again.output
    assert _beside(path) == [path.name]
    if ending != "csv":
        known = [(await ayllu.post(each)).json() for each in reports]
        await everywhere_once(ayllu, known)


async def test_a_csv_row_becomes_a_whole_report(ayllu: Ayllu, tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text(_table(1, reportId="csv-whole", **{"family.id": "H-csv-whole"}))
    assert (await ayllu.command("send", path)).code == 0
    report = {
        "reportId": "csv-whole-0",
        "reportedAt": "2026-03-02T08:00:00Z",
        "reporter": {"role": "teacher"},
        "district": "060101",
        "family": {"id": "H-csv-whole-0", "caregivers": [{"name": "Rosa Quispe", "relation": "mother"}]},
        "children": [{"livesWith": "mother", "birthYear": 2017, "working": True}],
        "concerns": ["child_labour", "poverty"],
        "consent": {"shareWithPartners": True, "basis": "legal_duty"},
    }
    assert (await ayllu.post(report)).status_code == 200


async def test_reports_are_sent_from_standard_input(ayllu: Ayllu) -> None:
    done = await ayllu.command("send", "-", given=lines(a_report() for _ in range(3)))
    assert (done.code, "3 accepted, 0 known already, 0 refused" in done.output) == (0, True), done.output


async def test_a_watched_status_is_told_again_until_it_is_interrupted(ayllu: Ayllu) -> None:
    terminal, theirs = pty.openpty()
    words = (*HEARS_INTERRUPTS, AYLLU, "status", "--watch", "--data", str(ayllu.folder))
    process = await asyncio.create_subprocess_exec(*words, stdin=DEVNULL, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        await asyncio.wait_for(asyncio.to_thread(_read_until_told, terminal, 3), 30)
        assert await ended(process, signal.SIGINT) == INTERRUPTED
    finally:
        await ended(process)
        os.close(terminal)


async def test_what_is_refused_is_written_beside_the_file_with_the_reason(ayllu: Ayllu, tmp_path: Path) -> None:
    good = a_report()
    await ayllu.post(good)
    wrong = [{**a_report(), "district": "Cajamarca"}, {**good, "urgency": "low"}]
    path = tmp_path / "mixed.ndjson"
    path.write_text(lines([a_report(), *wrong]) + "no report at all\n")
    done = await ayllu.command("send", path)
    assert done.code == 1
    assert "1 accepted, 0 known already, 3 refused" in done.output
    assert 'district: "Cajamarca" in line 2.' in done.output
    assert "reportId: sent before with another urgency in line 3. Give a report that changed a new" in done.output
    assert "the line: expected value at column 1 in line 4." in done.output
    refused = path.with_name("mixed.ndjson.refused.ndjson")
    assert refused.stat().st_mode & 0o777 == 0o600
    told = [json.loads(line) for line in refused.read_text().splitlines()[:2]]
    assert [each["_row"] for each in told] == [2, 3]
    assert {name: value for name, value in told[0].items() if name[0] != "_"} == wrong[0]


async def test_of_a_table_with_a_wrong_header_nothing_is_sent_until_it_is_mended(ayllu: Ayllu, tmp_path: Path) -> None:
    path = tmp_path / "kobo.csv"
    path.write_text(_table(2).replace("children.0.livesWith", "children/0/livesWith"))
    for words in ([], ["--check"]):
        done = await ayllu.command("send", path, *words)
        assert (done.code, "accepted" in done.output, "Nothing was sent" in done.output) == (1, False, True)
        assert "The nearest is children.0.livesWith: rename it" in done.output
        assert _beside(path) == [path.name]
    path.write_text(path.read_text().replace("children/0/livesWith", "children.0.livesWith"))
    done = await ayllu.command("send", path, "--check")
    assert (done.code, "2 can be sent, 0 would be refused; nothing was sent" in done.output) == (0, True), done.output


async def test_refused_rows_are_mended_in_their_own_file_which_goes_when_all_are_taken(
    ayllu: Ayllu, tmp_path: Path
) -> None:
    path, refused = tmp_path / "mixed.csv", tmp_path / "mixed.csv.refused.csv"
    family = f"H-{uuid4()}"
    given = {"family.id": family, "reportId": family, "urgency": ""}
    rows = list(csv.DictReader(io.StringIO(_table(5, **given))))
    rows[2]["urgency"] = "urgentísimo"
    path.write_bytes(_written(rows, ";").encode("cp1252"))
    first = await ayllu.command("send", path)
    assert (first.code, "4 accepted, 0 known already, 1 refused" in first.output) == (1, True), first.output
    assert 'urgency: "urgentísimo" in row 4. Write one of low (Bajo), medium (Medio) or high (Alto).' in first.output
    assert refused.stat().st_mode & 0o777 == 0o600
    again = await ayllu.command("send", refused)
    assert (again.code, 'urgency: "urgentísimo" in row 4.' in again.output) == (1, True), again.output
    assert _beside(path) == [path.name, refused.name]
    refused.write_text(refused.read_text("utf-8-sig").replace(";urgentísimo", ";alto"))
    mended = await ayllu.command("send", refused)
    assert (mended.code, "1 accepted, 0 known already, 0 refused" in mended.output) == (0, True), mended.output
    assert _beside(path) == [path.name]


async def test_a_token_for_a_district_that_is_none_is_refused(ayllu: Ayllu) -> None:
    made = await ayllu.command("token", "issue", "--role", "social_worker", "--district", "6101", "--staff", "ana")
    assert (made.code, "six digits as text" in made.output) == (1, True), made.output


async def test_a_key_may_be_in_the_header_that_curl_reads_and_an_empty_file_says_so(
    ayllu: Ayllu, tmp_path: Path
) -> None:
    path, key = tmp_path / "reports.ndjson", tmp_path / "sender.header"
    path.write_text(lines([a_report()]))
    key.write_text(f"Authorization: Bearer {ayllu.place['senderKey']}\n")
    assert (await ayllu.command("send", path, "--key-file", key)).code == 0
    key.write_text("\n")
    done = await ayllu.command("send", path, "--key-file", key)
    assert (done.code, "is empty" in done.output) == (1, True), done.output


async def test_a_file_sent_with_a_wrong_key_says_so(ayllu: Ayllu, tmp_path: Path) -> None:
    path, key = tmp_path / "reports.ndjson", tmp_path / "key"
    path.write_text(lines([a_report()]))
    key.write_text("ayllu_wrong")
    done = await ayllu.command("send", path, "--key-file", key)
    assert done.code == 1
    assert "ayllu keys add" in done.output
    assert "Traceback" not in done.output


async def test_a_command_where_nothing_runs_says_what_to_do(tmp_path: Path) -> None:
    done = await command("status", "--data", tmp_path)
    assert done.code == 1
    assert "ayllu up" in done.output
    assert "Traceback" not in done.output


async def test_the_demonstration_tells_what_happened_and_ends_behind_a_proxy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY")
    data = tmp_path / "demo"
    words = ("demo", "--exit", "--reports", "30", "--seed", "1", "--port-base", str(free_port_base()))
    done = await command(*words, "--data", data, within=100)
    assert done.code == 0, done.output
    assert "30 reports accepted" in done.output
    for word in (
        *SERVICES,
        "heard",
        "views",
        "dead",
        "from report to view",
        "ReportSubmitted",
        "SupportPlanOpened",
        "/docs",
    ):
        assert word in done.output
    assert not (data / "running.json").exists()
    assert alive(_processes_of(data)) == []


def _read_until_told(terminal: int, times: int) -> None:
    told = b""
    while told.count(b"notifications") < times:
        told += os.read(terminal, 4096)


def _table(rows: int, **changed: Any) -> str:
    """A CSV file of so many reports, each on a family of its own."""
    cells = {**CSV, **changed}
    numbered = ({name: f"{cells[name]}-{row}" for name in ("reportId", "family.id")} for row in range(rows))
    return _written([{**cells, **each} for each in numbered], ",")


def _written(rows: list[dict[str, Any]], delimiter: str) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _beside(path: Path) -> list[str]:
    """What lies in the folder of a file."""
    return sorted(each.name for each in path.parent.iterdir())


def _processes_of(folder: Path) -> list[int]:
    """Every process that names the folder on its command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "cmdline").read_bytes():
                found.append(int(process.name))
        except OSError:  # gone in the meantime
            continue
    return found
