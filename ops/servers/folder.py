"""The folder `ayllu up` works in: one owner at a time, its secrets, and `running.json` for everyone else."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from ops.servers.processes import DidNotStart, private_folder, write_private


class Folder:
    """A data folder that is ours until `close`. Raises DidNotStart if another `ayllu up` runs on it."""

    def __init__(self, path: Path) -> None:
        self.path = private_folder(path.resolve())
        self.secrets = private_folder(self.path / "secrets")
        self.logs = private_folder(self.path / "logs")
        self._running = self.path / "running.json"
        self._lock = _locked(self.path / "lock")
        self._running.unlink(missing_ok=True)  # of one that was killed

    def secret(self, name: str) -> str | None:
        """A secret of this folder, None if it has none of that name."""
        path = self.secrets / name
        return path.read_text().strip() if path.exists() else None

    def keep_secret(self, name: str, value: str) -> str:
        """Keep a secret, replacing an older one of that name; returns it."""
        write_private(self.secrets / name, value)
        return value

    def record(self, running: dict[str, Any]) -> None:
        """Record what runs now, for other commands."""
        write_private(self._running, json.dumps(running, indent=2) + "\n")

    def close(self) -> None:
        """Nothing runs here any more."""
        self._running.unlink(missing_ok=True)
        os.close(self._lock)


def _locked(path: Path) -> int:
    """A lock that ends with our process, however it ends."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        owner = os.read(lock, 20).decode() or "unknown"
        os.close(lock)
        raise DidNotStart(f"Another `ayllu up` (process {owner}) runs on {path.parent}.") from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock
