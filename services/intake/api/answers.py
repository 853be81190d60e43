"""The answer to a batch, a line for each of its lines: encoded as it comes, no larger than it must be, sent in parts.

What is wrong with a line takes many times the room of the line itself. So it is told of the first lines that are
refused, up to a fixed size; of the others the status is told, and how many they are.
"""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.responses import StreamingResponse

NDJSON = "application/x-ndjson"
MOST_REFUSAL_BYTES = 1024 * 1024
"""Of all refusals in an answer: 2 KiB for each of the 500 lines that `ayllu send` sends at once."""

LINES_A_PART = 500
REFUSED = 400


class BatchAnswer:
    """The lines of one answer."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._left = MOST_REFUSAL_BYTES
        self._untold: dict[int, int] = {}
        """The status of each line of which nothing else is told."""

    def add(self, documents: Iterable[dict[str, Any]]) -> None:
        """Answer the next lines of the batch; each document has a `status`."""
        for each in documents:
            self._add(each)

    def response(self) -> StreamingResponse:
        """All lines, sent one part after the other, each forgotten as soon as it is sent."""
        self._say_what_is_untold()
        size = sum(map(len, self._lines))
        return StreamingResponse(self._parts(), media_type=NDJSON, headers={"Content-Length": str(size)})

    def _add(self, document: dict[str, Any]) -> None:
        number, status = len(self._lines) + 1, document["status"]
        line = _encoded({"line": number, **document})
        if status >= REFUSED:
            self._left = self._left - len(line) if len(line) <= self._left else 0
            if not self._left:
                self._untold[number] = status
                line = _encoded({"line": number, "status": status})
        self._lines.append(line)

    def _say_what_is_untold(self) -> None:
        if not self._untold:
            return
        (number, status), *others = self._untold.items()
        more = f" and {len(others):,} more" if others else ""
        told = f"What is wrong with this line{more} is not told: it is told of those before. Mend them, and send again."
        self._lines[number - 1] = _encoded({"line": number, "status": status, "detail": told})

    async def _parts(self) -> AsyncIterator[bytes]:
        while self._lines:
            part, self._lines = self._lines[:LINES_A_PART], self._lines[LINES_A_PART:]
            yield b"".join(part)


def _encoded(line: dict[str, Any]) -> bytes:
    return f"{json.dumps(line)}\n".encode()
