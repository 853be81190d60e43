"""The door: passes connections to fixed ports of the host on to a replica that answers.

`door.py 8001=intake:8001 …` listens on each port. A name with several addresses (`--scale care=3`) is tried in
the order the resolver gives, which Docker shuffles; a replica that is down is skipped.
"""

import asyncio
import signal
import sys
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

CHUNK = 64 * 1024
CONNECT_SECONDS = 5


async def carry(reader: StreamReader, writer: StreamWriter) -> None:
    """Copy one direction until it ends, and pass its end on."""
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def close(writer: StreamWriter) -> None:
    """Close a connection, whatever its other end did."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


class Door:
    """One port, and the service behind it."""

    def __init__(self, rule: str) -> None:
        port, _, target = rule.partition("=")
        self.port = int(port)
        self._host, _, behind = target.partition(":")
        self._behind = int(behind)

    async def open(self) -> asyncio.Server:
        """Begin to listen."""
        return await asyncio.start_server(self._pass_on, "0.0.0.0", self.port)  # noqa: S104 (inside its container)

    async def _pass_on(self, caller: StreamReader, answer: StreamWriter) -> None:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await asyncio.open_connection(self._host, self._behind)
        except OSError:  # nobody there, or too slow: TimeoutError is one too
            await close(answer)
            return
        asking = asyncio.create_task(carry(caller, writer))
        try:
            await carry(reader, answer)  # until the service hangs up, be it on a caller who is slow on purpose
        finally:
            asking.cancel()
            await close(writer)
            await close(answer)


async def main(rules: list[str]) -> None:
    """Open every door, until told to stop."""
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    servers = [await Door(rule).open() for rule in rules]
    await stopped.wait()
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
