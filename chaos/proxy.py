"""A TCP proxy between Ayllu and a server: connections through it can be cut at any moment, also before a reply."""

import asyncio
import random
from asyncio import StreamReader, StreamWriter
from contextlib import suppress

from ops.servers.processes import LOCALHOST

CHUNK = 1 << 16


class Proxy:
    """Passes connections on to a port of this machine, for as long as it is left alone."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._writers: set[StreamWriter] = set()
        self._refusing = False
        self._share_lost = 0.0
        self._drawn = random.Random()
        self.lost = 0

    async def start(self) -> None:
        """Listen on a port of its own."""
        self._server = await asyncio.start_server(self._serve, LOCALHOST, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and cut what is left."""
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every connection, whatever is under way."""
        for writer in list(self._writers):
            writer.transport.abort()

    def refuse(self, refusing: bool) -> None:
        """Let no new connection through, or let them through again."""
        self._refusing = refusing

    def lose_replies(self, share: float, seed: int = 0) -> None:
        """Lose this share of the replies: the request has arrived, and in place of the answer the connection is cut."""
        self._share_lost = share
        self._drawn = random.Random(seed)

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._writers.add(writer)
        try:
            if not self._refusing:
                await self._through(reader, writer)
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    async def _through(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(LOCALHOST, self._target)
        except OSError:
            return
        try:
            ways = (
                asyncio.create_task(self._requests(reader, back)),
                asyncio.create_task(self._replies(there, writer)),
            )
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            back.transport.abort()

    async def _requests(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                writer.write(chunk)
                await writer.drain()

    async def _replies(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self._share_lost and self._drawn.random() < self._share_lost:
                    self.lost += 1
                    return
                writer.write(chunk)
                await writer.drain()
