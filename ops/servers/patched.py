"""Whether a MongoDB that others started tells strangers what is in its memory (CVE-2025-14847), by its version.

It does so through the compressor zlib, and asks for no password. A server that we start offers no zlib, whatever its
version.
"""

from collections.abc import Sequence

from shared.mongo import Client

PATCHED = {(8, 2): 3, (8, 0): 17, (7, 0): 28, (6, 0): 27, (5, 0): 32, (4, 4): 30}
"""Of each line of versions that was mended, the first one that is; other lines as old never were."""


def is_patched(version: Sequence[int]) -> bool:
    """Whether a version, such as 8.0.17, no longer tells."""
    line, (patch, *_) = (version[0], version[1]), (*version[2:], 0)
    return line > max(PATCHED) or (line in PATCHED and patch >= PATCHED[line])


def floor() -> str:
    """The versions that are patched, in words."""
    return ", ".join(f"{major}.{minor}.{patch}" for (major, minor), patch in PATCHED.items())


async def warning(client: Client) -> str | None:
    """What is to be said of the server a client talks to; None if all is well. Raises PyMongoError."""
    about = await client["admin"].command("buildInfo")
    if is_patched(about["versionArray"]):
        return None
    hello = await client["admin"].command("hello", compression=["zlib"])
    if "zlib" not in hello.get("compression", []):
        return None
    return (
        f"MongoDB {about['version']} lets anybody who reaches its port read of its memory, without a password "
        f"(CVE-2025-14847): take {floor()} or newer, or start it with --networkMessageCompressors snappy,zstd."
    )
