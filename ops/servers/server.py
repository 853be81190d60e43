"""A server process on this machine only, over a folder that keeps its data, its password and its port."""

import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Self

from ops.servers.processes import (
    DidNotStart,
    free_port,
    is_free,
    keep,
    open_log,
    private_folder,
    tied,
    write_private,
)

START_SECONDS = 30
STOP_SECONDS = 20


class Server(ABC):
    """A server process over a folder: the same data, passwords and, if it can be had, port at every start."""

    name: str

    def __init__(self, folder: Path, port: int | None = None, name: str | None = None) -> None:
        """Servers of one kind over one folder have a `name` each, and share their password."""
        kind, self.name = self.name, name or self.name
        self.folder = private_folder(private_folder(folder.resolve()) / self.name)
        self.secrets = private_folder(folder.resolve() / "secrets")
        self.log = private_folder(folder.resolve() / "logs") / f"{self.name}.log"
        self.config = self.secrets / f"{self.name}.conf"
        self.password = keep(self.secrets / f"{kind}_password", secrets.token_hex(24))
        self.port = port or self._usual_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, password included."""

    @property
    @abstractmethod
    def command(self) -> list[str]:
        """How to start it; no secret inside. Raises NoServer."""

    @abstractmethod
    def prepare(self) -> None:
        """Write what the process reads when it starts."""

    @abstractmethod
    def missing(self) -> str | None:
        """What keeps it from working, None if it works; a first start is completed on the way."""

    @property
    def pid(self) -> int:
        """The process. Raises RuntimeError unless started here."""
        if self._process is None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process.pid

    def start(self) -> None:
        """Start and wait until it works. Raises DidNotStart."""
        self.prepare()
        log = open_log(self.log)
        with open(log, "ab") as output:
            self._process = subprocess.Popen(
                tied(self.command, signal.SIGTERM),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while (missing := self.missing()) is not None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise DidNotStart(f"{self.name} did not start: {missing}. Read {self.log}")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a crash or the loss of power does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def stop(self) -> None:
        """Ask it to end, wait, and if need be end it. Stopping twice is harmless."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _usual_port(self) -> int:
        """The port of last time if it is free, so that addresses people noted stay right."""
        noted = self.folder / "port"
        port = int(noted.read_text()) if noted.exists() else free_port()
        port = port if is_free(port) else free_port()
        write_private(noted, str(port))
        return port
