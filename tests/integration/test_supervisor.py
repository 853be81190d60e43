"""The supervisor: children are kept running, said so, and ended in order with nothing left behind."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ops.servers.processes import DidNotStart
from ops.servers.supervisor import Child, Supervisor
from tests.waiting import eventually

SLEEPS = "import signal; signal.pause()"
OBSTINATE = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"
SAYS_WHEN_IT_ENDS = """
import signal, sys, time
def end(*_):
    print(sys.argv[1], time.monotonic(), flush=True)
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
signal.pause()
"""


class Family:
    """A supervisor over small Python programs, and what it said about them."""

    def __init__(self, folder: Path, grace_seconds: float = 10) -> None:
        self.said: list[str] = []
        self.folder = folder
        self.supervisor = Supervisor(self.said.append, grace_seconds)

    def child(self, name: str, program: str, *, ready_after: str = "") -> Child:
        log = self.folder / f"{name}.log"

        async def missing() -> str | None:
            return None if ready_after in (log.read_text() if log.exists() else "") else f"has not said {ready_after}"

        return Child(name, [sys.executable, "-c", program, name], log, missing)

    def pid(self, name: str) -> int | None:
        return self.supervisor.pids.get(name)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Family]:
    family = Family(tmp_path)
    yield family
    await family.supervisor.stop()


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_a_killed_child_is_started_again_and_said_so(kept: Family) -> None:
    await kept.supervisor.start(kept.child("care", SLEEPS))
    first = kept.pid("care")
    os.kill(first, signal.SIGKILL)
    await eventually(lambda: kept.said[-1:] == ["care is ready again"])
    assert kept.pid("care") not in (None, first)
    assert kept.said == [
        "care was ended by SIGKILL; starting it again in 0.2 s",
        f"care is running again, pid {kept.pid('care')}",
        "care is ready again",
    ]


async def test_a_child_that_ends_cleanly_unasked_is_started_again(kept: Family) -> None:
    await kept.supervisor.start(kept.child("care", "pass"))
    await eventually(lambda: "care ended with code 0; starting it again in 0.2 s" in kept.said)
    await eventually(lambda: any("running again" in each for each in kept.said))


async def test_a_child_that_keeps_ending_is_started_less_and_less_often(kept: Family) -> None:
    await kept.supervisor.start(kept.child("care", "raise SystemExit(3)"))
    await eventually(lambda: "care ended with code 3; starting it again in 0.8 s" in kept.said)
    pauses = [each.split("again in ")[1] for each in kept.said if "again in " in each]
    assert pauses == ["0.2 s", "0.4 s", "0.8 s"]


async def test_the_others_run_on_while_one_is_started_again(kept: Family) -> None:
    await kept.supervisor.start(kept.child("care", SLEEPS), kept.child("intake", SLEEPS))
    intake = kept.pid("intake")
    os.kill(kept.pid("care"), signal.SIGKILL)
    await eventually(lambda: "care is ready again" in kept.said)
    assert kept.pid("intake") == intake


async def test_start_waits_until_every_child_is_ready(kept: Family) -> None:
    slow = "import time; time.sleep(0.3); print('open', flush=True); time.sleep(60)"
    await kept.supervisor.start(kept.child("care", slow, ready_after="open"))
    assert "open" in (kept.folder / "care.log").read_text()


async def test_a_child_that_is_never_ready_is_named_with_its_answer_and_its_log(kept: Family) -> None:
    children = kept.child("care", SLEEPS, ready_after="open"), kept.child("intake", SLEEPS)
    with pytest.raises(DidNotStart) as refused:
        await kept.supervisor.start(*children, within=0.5)
    assert str(refused.value) == f"care: has not said open. Read {kept.folder / 'care.log'}"


async def test_the_last_started_is_ended_first(kept: Family) -> None:
    for name in ("mongo", "intake"):
        await kept.supervisor.start(kept.child(name, SAYS_WHEN_IT_ENDS, ready_after="up"))
    await kept.supervisor.stop()
    ends = {name: float((kept.folder / f"{name}.log").read_text().split()[-1]) for name in ("mongo", "intake")}
    assert ends["intake"] < ends["mongo"]
    assert kept.said == []


async def test_a_child_that_does_not_listen_is_killed_after_the_grace_period(tmp_path: Path) -> None:
    family = Family(tmp_path, grace_seconds=0.3)
    await family.supervisor.start(family.child("care", OBSTINATE, ready_after="up"))
    pid = family.pid("care")
    await family.supervisor.stop()
    assert not alive(pid)
    assert family.said == ["care did not end within 0.3 s and was killed"]


async def test_nothing_is_left_behind_or_started_again_after_a_stop(kept: Family) -> None:
    await kept.supervisor.start(*(kept.child(name, SLEEPS) for name in ("care", "intake")))
    pids = kept.supervisor.pids.values()
    await kept.supervisor.stop()
    assert not any(map(alive, pids))
    assert kept.supervisor.pids == {}
    assert kept.said == []


async def test_a_stop_does_not_wait_for_the_next_try(kept: Family) -> None:
    await kept.supervisor.start(kept.child("care", "raise SystemExit(3)"))
    await eventually(lambda: "care ended with code 3; starting it again in 1.6 s" in kept.said)
    began = time.monotonic()
    await kept.supervisor.stop()
    assert time.monotonic() - began < 1


async def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = f"""
import asyncio, signal, sys
from pathlib import Path
from ops.servers.supervisor import Child, Supervisor
async def ready(): return None
async def main():
    supervisor = Supervisor(print)
    await supervisor.start(Child("care", [sys.executable, "-c", "{SLEEPS}"], Path("{tmp_path}/care.log"), ready))
    print(supervisor.pids["care"], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.communicate()
    await eventually(lambda: not alive(pid))
