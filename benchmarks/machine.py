"""The machine the figures were made on, and the versions of what ran."""

import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from ops.servers.binaries import mongo_program, redis_program

PACKAGES = ("faststream", "redis", "hiredis", "motor", "pymongo", "pydantic", "fastapi", "uvicorn", "celery")


def machine() -> dict[str, str]:
    """What it ran on."""
    return {
        "processor": _processor(),
        "cores": str(psutil.cpu_count()),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "redis server": _said(redis_program(), "--version"),
        "mongod": _said(mongo_program(), "--version"),
        **{"redis-py" if name == "redis" else name: version(name) for name in PACKAGES},
        "on": datetime.now(UTC).strftime("%Y-%m-%d"),
    }


def _processor() -> str:
    told = (line.partition(":") for line in Path("/proc/cpuinfo").read_text().splitlines())
    return next((value.strip() for name, _, value in told if name.strip() == "model name"), platform.machine())


def _said(program: Path, *arguments: str) -> str:
    said = subprocess.run([program, *arguments], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split("\n", 1)[0].split()[:4])
