"""The folder `ayllu up` works in: one owner at a time, its secrets, and `running.json` for everyone else."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any

from ops.servers.processes import DidNotStart, private_folder, write_private
from shared.settings import Settings
from shared.web.signing import renewed

KEY, KEYS = "ayllu_token_key", "ayllu_token_keys"
"""The files of the private key, and of the set of public ones."""


class Folder:
    """A data folder that is ours until `close`. Raises DidNotStart if another `ayllu up` runs on it."""

    def __init__(self, path: Path) -> None:
        self.path = private_folder(path.resolve())
        self.secrets = private_folder(self.path / "secrets")
        self.for_services = private_folder(self.secrets / "services")
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

    def keep_keys(self) -> str:
        """The keys of staff tokens: those of the environment, else those kept, else new ones. Returns the private one.

        Raises NoTokenKeys for a set of public keys that cannot be read.
        """
        told = os.environ.get(KEY.upper()), os.environ.get(KEYS.upper())
        pair = renewed(told[0] or self.secret(KEY), told[1] or self.secret(KEYS))
        self.keep_secret(KEYS, pair.keys)
        (self.secrets / "ayllu_token_secret").unlink(missing_ok=True)  # of before 0.2
        return self.keep_secret(KEY, pair.key)

    def hand_out(self) -> None:
        """Give the services what they are told, of all that is kept: neither what signs tokens nor a sender's key."""
        for name in Settings.model_fields:
            if (value := self.secret(f"ayllu_{name}")) is not None:
                write_private(self.for_services / f"ayllu_{name}", value)

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
