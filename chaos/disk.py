"""A small file system of its own for a server's data, which a ballast file can fill to the last byte."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.servers.processes import private_folder

CLONE_NEWNS = 0x00020000
BALLAST = "ballast"
PAGE = 4096


class MayNotMount(Exception):
    """A disk cannot be made full here: mounting a small file system is not allowed. It is for root."""

    def __init__(self) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()))


def enter_own_mounts() -> None:
    """From now on, mounts of this process and its children are theirs alone, and end with them.

    Call it before there is a second thread: existing threads keep the old mounts. Raises MayNotMount.
    """
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        raise MayNotMount
    _mount("--make-rprivate", "/")


class Disk:
    """A small disk at a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ballast = folder / BALLAST

    def fill(self) -> None:
        """Leave no room."""
        descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            most = self._room()
            while most >= PAGE:
                try:
                    os.posix_fallocate(descriptor, os.fstat(descriptor).st_size, most)
                except OSError:  # somebody was quicker, or the room told is not exact: then less
                    most //= 2
        finally:
            os.close(descriptor)

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    def _room(self) -> int:
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of this size at the folder, until the end of the block. Raises MayNotMount."""
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(private_folder(folder)))
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)


def _mount(*words: str) -> None:
    try:
        subprocess.run(["mount", *words], check=True, capture_output=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as error:
        raise MayNotMount from error
