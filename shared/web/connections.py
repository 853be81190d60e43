"""Uvicorn's HTTP protocol with limits: on the pace of requests, on unfetched answers, on connections.

Uvicorn waits endlessly for a request that never ends, and lets its head grow without limit. Its own limit of
connections refuses the latest, which may be the only honest one; here the slowest is closed.
"""

import asyncio
import math
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

from shared.web.problems import Problem

MOST_CONNECTIONS = 400
"""Of one process. Together with those to the servers they fit into 1,024 open files, a common limit."""

REQUEST_SECONDS = 10
BYTES_A_SECOND = 8 * 1024
"""A request has ten seconds, and one more for each so many bytes received."""

ANSWER_SECONDS = 30
"""How long an answer may lie ready while the client fetches nothing of it."""

MIB = 1024 * 1024
MOST_HEAD_BYTES = 64 * 1024
MOST_BYTES = 20 * MIB
"""Of a whole request: a batch of 16 MiB, and the overhead of its transfer."""

LOOK_SECONDS = 1


class Pipelined(ValueError):
    """A request sent before the last one was answered: thousands would fit into one packet."""


class PatientProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, config: Config, server_state: ServerState, app_state: dict[str, Any], **options: Any) -> None:
        super().__init__(config, server_state, app_state, **options)
        self._since = self.loop.time()
        self._due: float | None = None
        self._came, self._in_head = 0, True
        self._unfetched, self._fetched = 0, self._since
        self._looking: asyncio.TimerHandle | None = None

    @property
    def waiting_since(self) -> float | None:
        """Since when this connection waits for its client; None while a request is being answered."""
        answering = self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete
        return None if answering else self._since

    @property
    def ending(self) -> bool:
        """It was closed, and is gone in a moment."""
        return self.transport.is_closing()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection. If there are too many, close the one that has waited longest for its client."""
        super().connection_made(transport)
        self._begin()
        self._look()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed."""
        if self._looking is not None:
            self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take received bytes of a request, up to its limits."""
        if self._due is None:
            self._begin()
        self._came += len(data)
        if self._came > MOST_BYTES:
            self.refuse(413, f"At most {MOST_BYTES // MIB} MiB are accepted; send less at once.")
            return
        super().data_received(data)
        if self._in_head and self._came > MOST_HEAD_BYTES:
            self.refuse(431, f"At most {MOST_HEAD_BYTES // 1024} KiB of headers are accepted.")

    def on_message_begin(self) -> None:
        """A request begins; if one is being answered, that is an error."""
        if self.cycle is not None and not self.cycle.response_complete:
            raise Pipelined
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is complete: the request goes to the application."""
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is complete: from now on the client waits for us."""
        super().on_message_complete()
        self._due, self._came = None, 0

    def on_response_complete(self) -> None:
        """The answer is complete: from now on we wait for the client again."""
        self._since = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer a request that is not HTTP like every other problem."""
        self.refuse(400, msg)

    def refuse(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        """Answer with the reason and close; only close if there is no request, or an answer has begun."""
        idle = self.cycle is not None and self.cycle.response_complete and not self._came
        answering = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if idle or answering or self._unfetched or self.transport.is_closing():
            self.transport.abort()
            return
        problem = Problem(status, detail, {**(headers or {}), "Connection": "close"}).response()
        head = "".join(f"{name.decode()}: {value.decode()}\r\n" for name, value in problem.raw_headers)
        self.transport.write(STATUS_LINE[status] + f"{head}\r\n".encode() + bytes(problem.body))
        self.transport.close()

    def _make_room(self) -> None:
        kept = [each for each in self.connections if isinstance(each, PatientProtocol) and not each.ending]
        if len(kept) > MOST_CONNECTIONS:
            slowest = min(kept, key=lambda each: each.waiting_since or math.inf)
            slowest.refuse(503, "There are too many connections. Send the same again.", {"Retry-After": "1"})

    def _begin(self) -> None:
        self._since = self.loop.time()
        self._due = self._since + REQUEST_SECONDS
        self._came, self._in_head = 0, True

    def _look(self) -> None:
        """Check the client's pace, every second until the connection is closed."""
        now = self.loop.time()
        self._looking = self.loop.call_later(LOOK_SECONDS, self._look)
        if self._due is not None and self.flow.read_paused:
            self._due += LOOK_SECONDS  # it is we who keep the client waiting
        unfetched = self.transport.get_write_buffer_size()
        if not unfetched or unfetched < self._unfetched:
            self._fetched = now
        self._unfetched = unfetched
        if now > self._fetched + ANSWER_SECONDS:
            self.transport.abort()
        elif self._due is not None and now > self._due + self._came / BYTES_A_SECOND:
            self.refuse(408, "The request came too slowly. Send it again.")
