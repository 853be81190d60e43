"""Where the services spend their time: a flame graph of each process, drawn by py-spy while a round runs."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ops.servers.processes import tied

SAMPLES_A_SECOND = 200


@contextmanager
def profiled(pids: Mapping[str, int], folder: Path | None) -> Iterator[None]:
    """Watch these processes until the end of the block, `<name>.svg` each; nothing without a folder.

    Watching costs CPU: the figures of such a round are only good for comparing parts with each other. Only who holds
    the interpreter's lock is seen: threads of the driver that wait look busy to py-spy.
    """
    watchers = [_watch(pid, folder / f"{name}.svg") for name, pid in pids.items()] if folder else []
    try:
        yield
    finally:
        for watcher in watchers:
            watcher.send_signal(signal.SIGINT)
        for watcher in watchers:
            watcher.wait(30)


def _watch(pid: int, picture: Path) -> subprocess.Popen[bytes]:
    picture.parent.mkdir(parents=True, exist_ok=True)
    program = str(Path(sys.executable).with_name("py-spy"))
    what = ["--pid", str(pid), "--rate", str(SAMPLES_A_SECOND), "--output", str(picture), "--gil", "--subprocesses"]
    return subprocess.Popen(
        tied([program, "record", *what], signal.SIGINT),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
