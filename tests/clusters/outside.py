"""Ayllu driven from outside, as its users drive it: the `ayllu` command as a process, asked to end and ended."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from ops.servers.processes import DidNotStart, is_free, tied

AYLLU = Path(sys.executable).with_name("ayllu")
QUICK = {"AYLLU_CLAIM_IDLE_SECONDS": "1", "AYLLU_SWEEP_SECONDS": "0.5"}
"""What a crash leaves is taken over sooner than in earnest, so that nobody need wait for it."""

START_SECONDS = 60
STOP_SECONDS = 40
ASK_AGAIN_SECONDS = 0.02


class Ended(NamedTuple):
    """A command that has ended: its exit code, and all it printed."""

    code: int
    output: str


@asynccontextmanager
async def launched(folder: Path, *options: str, **environment: str) -> AsyncIterator[Process]:
    """`ayllu up` over a folder, ready inside the block, asked to end at its end. Raises DidNotStart."""
    words = ("up", "--data", str(folder), "--port-base", str(free_port_base()), *options)
    with screen(folder).open("ab") as printed:
        process = await asyncio.create_subprocess_exec(
            *tied([str(AYLLU), *words], signal.SIGTERM),
            env={**os.environ, **QUICK, **environment},
            stdin=DEVNULL,
            stdout=printed,
            stderr=printed,
        )
    try:
        async with asyncio.timeout(START_SECONDS):
            await _ready(process, folder)
        yield process
    finally:
        await ended(process)


async def command(*words: str | Path, within: float = 60, given: str = "") -> Ended:
    """Run `ayllu …` to its end, with what is given on its standard input."""
    process = await asyncio.create_subprocess_exec(
        *tied([str(AYLLU), *map(str, words)], signal.SIGTERM),
        env={**os.environ, "COLUMNS": "300"},
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(given.encode()), within)
    except TimeoutError:
        await ended(process)
        raise
    return Ended(int(process.returncode or 0), printed.decode())


async def ended(process: Process, how: signal.Signals = signal.SIGTERM) -> int:
    """Ask a process to end and wait; what does not listen is ended by force."""
    if process.returncode is None:
        process.send_signal(how)
    try:
        return await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        return await process.wait()


async def _ready(process: Process, folder: Path) -> None:
    while not (folder / "running.json").exists():
        if process.returncode is not None:
            raise DidNotStart(f"ayllu up ended: {screen(folder).read_text()[-2000:]}")
        await asyncio.sleep(ASK_AGAIN_SECONDS)  # nothing tells when a process has written its file


def free_port_base(ports: int = 29) -> int:
    """A port base above which the ports of an instance, of three replicas each, are free."""
    bases = random.sample(range(20_000, 30_000, 30), 200)
    return next(base for base in bases if all(is_free(base + number) for number in range(1, ports + 1)))


def screen(folder: Path) -> Path:
    """What `ayllu up` prints is kept beside its folder."""
    return folder.with_suffix(".screen")
