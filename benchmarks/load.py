"""Puts load on a service: so many connections, each sending its next request when the last is answered.

Its own HTTP/1.1 over bare streams: what it uses must be little beside what the service uses.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
ACCEPTED = {"200", "202"}


class NotAccepted(Exception):
    """A service answered something else than that it accepted."""


def load(port: int, path: str, key: str, bodies: Sequence[str], connections: int) -> tuple[float, list[float]]:
    """Post them all; returns seconds, and the wait for each answer, the shortest first. Raises NotAccepted."""
    return asyncio.run(_load(port, [_request(path, key, body) for body in bodies], connections))


async def _load(port: int, requests: Sequence[bytes], connections: int) -> tuple[float, list[float]]:
    statuses, waits, left = Counter[str](), list[float](), iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_connection(port, left, statuses, waits) for _ in range(connections)))
    if set(statuses) - ACCEPTED or statuses.total() != len(requests):
        raise NotAccepted(f"{dict(statuses)} for {len(requests)} requests")
    return time.perf_counter() - began, sorted(waits)


async def _connection(port: int, requests: Iterator[bytes], statuses: Counter[str], waits: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        sent = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if length := LENGTH.search(head):
            await reader.readexactly(int(length[1]))
        waits.append(time.perf_counter() - sent)
        statuses[head[9:12].decode()] += 1
    writer.close()


def _request(path: str, key: str, body: str) -> bytes:
    content = body.encode()
    about = ("Content-Type: application/json", f"Content-Length: {len(content)}")
    lines = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", *about, "", "")
    return "\r\n".join(lines).encode() + content
