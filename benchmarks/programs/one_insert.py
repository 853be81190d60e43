"""Intake the usual way: FastAPI validates a report, one insert and one XADD are awaited, then it is answered.

As durable as ours (a majority, journaled), and as safe to send again. It does less: no key is asked for, nothing is
scored or folded, no family is recognised.
"""

import os
from typing import Any

from fastapi import FastAPI, Response
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import DuplicateKeyError
from redis.asyncio import Redis

from shared.events import EVENT_FIELD, Report

MOST_CONNECTIONS = 1000
"""At once: the client's default of 100 connections would answer the 101st request with 500."""

app = FastAPI()
redis: Any = Redis.from_url(os.environ.get("AYLLU_REDIS_URL", "redis://127.0.0.1"), max_connections=MOST_CONNECTIONS)
mongo: Any = AsyncIOMotorClient(os.environ.get("AYLLU_MONGO_URL"), w="majority", journal=True)
kept = mongo["intake"]["reports"]


@app.post("/v1/reports", status_code=202)
async def post_report(report: Report, response: Response) -> dict[str, str]:
    """Keep a report and say it."""
    document = report.model_dump(mode="json", exclude_none=True)
    try:
        await kept.insert_one({"_id": report.report_id, **document})
        await redis.xadd("intake", {EVENT_FIELD: report.model_dump_json(exclude_none=True)})
    except DuplicateKeyError:
        response.status_code = 200
    return {"reportId": report.report_id}


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    """It listens."""
    return {"status": "ready"}
