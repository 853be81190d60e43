"""A process whose clock is moved while it runs, and its neighbour whose clock is not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chaos.clock import Clocks

ASKED = """
import sys, time
from datetime import datetime, timezone
for _ in sys.stdin:
    print(datetime.now(timezone.utc).timestamp(), time.monotonic(), flush=True)
"""

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
