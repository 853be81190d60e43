"""A disk that can be full, which only the process that made it can see."""

import subprocess
import sys
from pathlib import Path

import pytest

FILLED = """
import sys
from pathlib import Path
from chaos.disk import MayNotMount, enter_own_mounts, small_disk

folder = Path(sys.argv[1])
try:
    enter_own_mounts()
except MayNotMount:
    sys.exit("may not mount")

def written(name):
    try:
        (folder / name).write_bytes(b"x" * 100_000)
    except OSError as error:
        return error.strerror
    return "written"

with small_disk(folder, 4) as disk:
    print(written("before"))
    disk.fill()
    print(written("full"))
    disk.free()
    print(written("after"))
"""


def test_a_full_disk_takes_no_more_until_it_is_freed_and_is_nobody_elses(tmp_path: Path) -> None:
    words = [sys.executable, "-c", FILLED, str(tmp_path / "disk")]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    if "may not mount" in ended.stderr:
        pytest.skip("mounting is for root")
    assert ended.stdout.splitlines() == ["written", "No space left on device", "written"], ended.stderr
    assert list((tmp_path / "disk").iterdir()) == []
