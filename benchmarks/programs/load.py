"""Puts load on a service: so many connections, each sending its next request when the last is answered.

Its own HTTP/1.1, over asyncio's bare transports: what it uses must be little beside what the service uses. Run with
port, path, connections, a file with the bodies (a JSON list) and a file for the answers; the key is in the environment.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import cast

LENGTH = b"content-length:"
END = b"\r\n\r\n"


class Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], statuses: Counter[str], waits: list[float]) -> None:
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._statuses = statuses
        self._waits = waits
        self._received = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The first request."""
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Part of an answer, perhaps the last."""
        self._received += data
        head, found, body = self._received.partition(END)
        if found and len(body) >= _length(head):
            self._waits.append(time.perf_counter() - self._sent)
            self._statuses[head[9:12].decode()] += 1
            self._received = b""
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        """At the end, or because the service closed it."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


async def call(port: int, connections: int, requests: list[bytes]) -> dict[str, object]:
    """Send them all; returns seconds, how often each status came, and each wait."""
    statuses, waits, left = Counter[str](), list[float](), iter(requests)
    loop, began = asyncio.get_running_loop(), time.perf_counter()
    callers = await asyncio.gather(
        *(loop.create_connection(lambda: Caller(left, statuses, waits), "127.0.0.1", port) for _ in range(connections))
    )
    await asyncio.gather(*(caller.ended for _, caller in callers))
    return {"seconds": time.perf_counter() - began, "statuses": statuses, "waits": waits}


def request(path: str, key: str, body: str) -> bytes:
    """A POST, complete."""
    content = body.encode()
    about = ("Content-Type: application/json", f"Content-Length: {len(content)}")
    lines = (f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", *about, "", "")
    return "\r\n".join(lines).encode() + content


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.index(LENGTH) + len(LENGTH)
    return int(lowered[at:].split(b"\r\n", 1)[0])


def main(port: str, path: str, connections: str, bodies: str, answers: str) -> None:
    """Send, and write down what came."""
    key = os.environ.get("BENCHMARK_KEY", "")
    requests = [request(path, key, body) for body in json.loads(Path(bodies).read_text())]
    Path(answers).write_text(json.dumps(asyncio.run(call(int(port), int(connections), requests))))


if __name__ == "__main__":
    main(*sys.argv[1:])
