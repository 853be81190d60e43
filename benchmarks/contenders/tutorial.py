"""(b) The FastStream tutorial way: a handler is called with each message and awaits an upsert with Motor."""

from typing import Any

from faststream.redis import BinaryMessageFormatV1

from benchmarks.contenders.contender import Contender
from shared.events import Event


class Tutorial(Contender):
    """One process for each service."""

    name = "b"
    title = "FastStream, a handler a message"
    program = "tutorial"
    does = (
        "one process for each service, FastStream and Motor with their defaults: "
        "each message validated, an upsert awaited for each document, acknowledged"
    )

    def encode(self, event: Event) -> dict[str, Any]:
        """As FastStream's own `publish` would, without its cost, which is not the consumers'."""
        encoding = BinaryMessageFormatV1.encode(
            message=event.model_dump(mode="json", exclude_none=True),
            reply_to=None,
            headers=None,
            correlation_id=event.correlationid,
        )
        try:
            encoding.send(None)  # a coroutine that awaits nothing
        except StopIteration as encoded:
            return {"__data__": encoded.value}
        raise RuntimeError("FastStream's encoding waits for something")
