"""A process whose clock is moved while it runs, and its neighbour whose clock is not."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from chaos.clock import Clocks
from shared.events import now
from shared.folds.history import History
from shared.mongo import Database
from shared.settings import Settings

ASKED = """
import sys, time
from datetime import datetime, timezone
for _ in sys.stdin:
    print(datetime.now(timezone.utc).timestamp(), time.monotonic(), flush=True)
"""

SAYS = """
import asyncio
from shared.folds.history import Change, History
from shared.mongo import close, connect
from shared.settings import Settings
from tests.factories import event, family_at_risk

async def say():
    client = connect(Settings.load())
    await History(client["care"]).append("batch", [Change("family/f1", 1, said=[event(family_at_risk())])])
    await close(client)

asyncio.run(say())
"""
ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="the clock is built with gcc")


@contextmanager
def running(clocks: Clocks, name: str) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, **clocks.environment, "AYLLU_REPLICA": name}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", ASKED], env=environment, stdin=pipe, stdout=pipe, text=True) as asked:
        yield asked


def clock(asked: "subprocess.Popen[str]") -> tuple[float, float]:
    """The wall clock and the monotonic one, as the process reads them."""
    asked.stdin.write("?\n")
    asked.stdin.flush()
    wall, monotonic = asked.stdout.readline().split()
    return float(wall), float(monotonic)


@pytest.mark.parametrize("hour", [3600, -3600])
def test_the_wall_clock_of_one_process_moves_while_it_runs(tmp_path: Path, hour: int) -> None:
    clocks = Clocks(tmp_path, ["care", "intake"])
    with running(clocks, "care") as care, running(clocks, "intake") as intake:
        before, began = clock(care)
        clocks.move("care", hour)
        after, ended = clock(care)
        assert after - before == pytest.approx(hour + (ended - began), abs=1)
        assert clock(intake)[0] == pytest.approx(after - hour, abs=5)
        clocks.move("care", 0)
        assert clock(care)[0] == pytest.approx(clock(intake)[0], abs=5)


def test_a_process_without_a_clock_of_its_own_has_the_right_time(tmp_path: Path) -> None:
    clocks = Clocks(tmp_path, ["care"])
    clocks.move("care", 3600)
    with running(clocks, "intake") as intake, running(clocks, "care") as care:
        assert clock(care)[0] - clock(intake)[0] == pytest.approx(3600, abs=5)


@pytest.mark.parametrize("hour", [3600, -3600])
async def test_what_a_process_with_a_wrong_clock_says_is_found_by_the_right_time(
    tmp_path: Path, settings: Settings, database: Callable[[str], Database], hour: int
) -> None:
    history, clocks = History(database("care")), Clocks(tmp_path, ["care"])
    clocks.move("care", hour)
    told = {
        "AYLLU_REPLICA": "care",
        "AYLLU_MONGO_URL": settings.mongo_url.get_secret_value(),
        "AYLLU_MONGO_DRIVER": settings.mongo_driver,
    }
    environment = {**os.environ, **clocks.environment, **told}
    saying = await asyncio.create_subprocess_exec(sys.executable, "-c", SAYS, env=environment, cwd=ROOT)
    assert await saying.wait() == 0
    assert [await history.count_said(now() + apart) for apart in (-MINUTE, MINUTE)] == [1, 0]
