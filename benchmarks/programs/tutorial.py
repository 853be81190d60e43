"""The program of (b): FastStream calls a handler with each message, the handler awaits an upsert with Motor."""

import asyncio
import os
import sys
from typing import Any

from faststream import FastStream
from faststream.redis import RedisBroker, StreamSub
from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.programs.upserts import upserts
from shared.events import Event


def application(service: str) -> FastStream:
    """FastStream and Motor with their defaults."""
    views: Any = AsyncIOMotorClient(os.environ["AYLLU_MONGO_URL"])[service]["views"]
    broker = RedisBroker(os.environ["AYLLU_REDIS_URL"])

    @broker.subscriber(stream=StreamSub("intake", group=service, consumer="1"))
    async def family_at_risk(event: Event) -> None:
        for document, update in upserts(service, event):
            await views.update_one({"_id": document}, update, upsert=True)

    return FastStream(broker)


if __name__ == "__main__":
    asyncio.run(application(sys.argv[1]).run())
