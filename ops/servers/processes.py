"""Child processes that do not outlive us, and what they need: free ports and files only we can read."""

import os
import pwd
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

LOCALHOST = "127.0.0.1"

# Not `preexec_fn`: that runs the drivers' fork hooks in the child while other threads hold their locks.
_TIE = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, int(sys.argv[1]))
if os.getppid() != int(sys.argv[2]):
    sys.exit("the parent is gone")
os.execv(sys.argv[3], sys.argv[3:])
"""


class DidNotStart(Exception):
    """A process did not start; the message says what it lacks and which log to read."""


def tied(command: Sequence[str], last: signal.Signals) -> list[str]:
    """The command, so that Linux sends it `last` when the thread that starts it ends, even by SIGKILL."""
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _TIE, str(int(last)), str(os.getpid()), *command]


def account() -> str:
    """Whose processes ours are, as the system knows; what the environment says of it anybody can set."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOCALHOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind((LOCALHOST, 0))
        return int(listener.getsockname()[1])


def private_folder(folder: Path) -> Path:
    """The folder, made if missing, readable only by us."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 in one step: readers see the old text or the new."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def keep(path: Path, make: str) -> str:
    """What the file holds; a file that is not there is made with `make`."""
    if not path.exists():
        write_private(path, make)
    return path.read_text().strip()


def open_log(path: Path) -> int:
    """A descriptor to append to a log only we can read."""
    private_folder(path.parent)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
