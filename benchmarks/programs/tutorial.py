"""The program of (b): FastStream calls a handler with each message, the handler awaits an upsert with Motor."""

import asyncio
import os
import sys
from typing import Any

from faststream import FastStream
from faststream.redis import RedisBroker, StreamSub
from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks.core import concerned, upsert
from benchmarks.events import fact_of
from shared.events import Event


def application(service: str) -> FastStream:
    """FastStream and Motor with their defaults."""
    views: Any = AsyncIOMotorClient(os.environ["AYLLU_MONGO_URL"])[service]["views"]
    broker = RedisBroker(os.environ["AYLLU_REDIS_URL"])

    @broker.subscriber(stream=StreamSub("intake", group=service, consumer="1"))
    async def family_at_risk(event: Event) -> None:
        for document_id in concerned(service, fact_of(event)):
            await views.update_one({"_id": document_id}, upsert(event.id, fact_of(event)), upsert=True)

    return FastStream(broker)


if __name__ == "__main__":
    asyncio.run(application(sys.argv[1]).run())
