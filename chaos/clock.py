"""The wall clock of a single service, moved while it runs: a small library in front of libc, and a file it reads."""

import struct
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ops.servers.processes import private_folder

SOURCE = Path(__file__).with_name("clock.c")


class NoCompiler(Exception):
    """The clock of a service cannot be moved here: gcc is needed to build chaos/clock.c."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


class Clocks:
    """A clock for each process that `AYLLU_REPLICA` names; every one is right until it is moved."""

    def __init__(self, folder: Path, names: Iterable[str]) -> None:
        """Build the library. Raises NoCompiler."""
        self._folder = private_folder(folder)
        self._library = folder / "clock.so"
        for name in names:
            self.move(name, 0)
        try:
            command = ["gcc", "-O2", "-shared", "-fPIC", "-o", str(self._library), str(SOURCE), "-ldl"]
            subprocess.run(command, check=True, capture_output=True)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            raise NoCompiler from error

    @property
    def environment(self) -> dict[str, str]:
        """The environment a process needs at its start."""
        return {"LD_PRELOAD": str(self._library), "CHAOS_CLOCKS": str(self._folder)}

    def move(self, name: str, seconds: int) -> None:
        """Set this process's clock so many seconds ahead, or behind."""
        path = self._folder / name
        with open(path, "r+b" if path.exists() else "wb") as file:  # in place: the process has it mapped
            file.write(struct.pack("=q", seconds))
