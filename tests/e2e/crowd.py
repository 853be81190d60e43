"""A crowd at intake's door: connections slow on purpose, or too many at once, each opened again when it ends."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

Ways = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[str]]
"""How one of the crowd behaves once it is connected; returns what came of it."""

HUNG_UP = "hung up"


@asynccontextmanager
async def crowd(address: str, size: int, *ways: Ways) -> AsyncIterator[Counter[str]]:
    """So many at once for as long as the block lasts, in turn each way; yields what has come of every connection."""
    found: Counter[str] = Counter()
    tasks = [asyncio.create_task(_one(address, ways[at % len(ways)], found)) for at in range(size)]
    try:
        yield found
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def drips(beginning: bytes) -> Ways:
    """Sends a beginning, and then a byte now and then, and never ends."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(beginning)
        while True:
            writer.write(b"x")
            await writer.drain()
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    return _status(await reader.readline())

    return behave


def sends(request: Callable[[], bytes]) -> Ways:
    """Sends whole requests, and waits for the answer to each."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        writer.write(request())
        await writer.drain()
        return _status(await reader.readline())

    return behave


def post(path: str, key: str, body: bytes, announced: int | None = None) -> bytes:
    """A request as it goes over the wire; `announced` is how long it says its body is."""
    head = [
        f"POST {path} HTTP/1.1",
        "Host: intake",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body) if announced is None else announced}",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


async def _one(address: str, behaves: Ways, found: Counter[str]) -> None:
    place = urlsplit(address)
    while True:
        came = HUNG_UP
        with suppress(OSError):
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
            try:
                came = await behaves(reader, writer)
            finally:
                writer.close()
        found[came] += 1
        await asyncio.sleep(2)  # its pace: it comes again and again, but leaves this test its processor


def _status(line: bytes) -> str:
    return line.split()[1].decode() if line else HUNG_UP
