"""A mistake in the file of rules stops intake at its start, and is told where an operator looks."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from pathlib import Path

import pytest

from ops.servers.processes import free_port
from services.intake.app import RULES
from tests.clusters.outside import command

WRONG = "points = 20"


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """The line of the mistake in the file of rules that the environment names."""
    path = tmp_path / "own.toml"
    path.write_text(RULES.read_text().replace("points = 2", WRONG, 1))
    monkeypatch.setenv("AYLLU_TRIAGE_FILE", str(path))
    return path.read_text().splitlines().index(WRONG) + 1


async def test_ayllu_up_tells_the_mistake_and_starts_nothing(broken: int, tmp_path: Path) -> None:
    done = await command("up", "--data", tmp_path / "data", within=30)
    assert done.code == 1
    assert f"own.toml, line {broken}: rule.points:" in done.output
    assert "Traceback" not in done.output
    assert not list((tmp_path / "data").glob("logs/*"))


async def test_the_log_of_intake_tells_the_mistake_before_anything_else(broken: int) -> None:
    words = ("-m", "uvicorn", "--factory", "services.intake.app:create", "--port", str(free_port()))
    process = await asyncio.create_subprocess_exec(sys.executable, *words, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT)
    printed, _ = await asyncio.wait_for(process.communicate(), 30)
    told = printed.decode()
    assert process.returncode != 0
    assert f"own.toml, line {broken}: rule.points:" in told.partition("Traceback")[0]
