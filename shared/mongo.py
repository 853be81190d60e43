"""The only access to MongoDB: by Motor or PyMongo's own asynchronous client, as one setting says (docs/adr/0002)."""

from datetime import datetime
from inspect import isawaitable
from typing import Any, cast

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, ConnectionFailure, ExecutionTimeout, PyMongoError, WriteConcernError

from shared.settings import Settings

Document = dict[str, Any]
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]
Collection = AsyncCollection[Document]

DUPLICATE_KEY = 11000
AWAY = (ConnectionFailure, ExecutionTimeout, WriteConcernError)
"""What the driver raises while MongoDB cannot be reached or cannot confirm: try again later."""

DRIVER_ERRORS = (PyMongoError,)
"""Everything the driver raises because of the server, not because of a document that cannot be stored."""


def connect(settings: Settings, **options: Any) -> Client:
    """A client whose acknowledged writes are on disk on a majority of the members.

    `retryWrites` is off: the fold repeats a write whose reply was lost, which costs a third less. `is_away` relies on
    the heartbeat: it notices a dead server at once, a frozen one after four seconds, a returning one within one.
    `options` are further options of the driver.
    """
    client = _driver(settings.mongo_driver)(
        settings.mongo_url.get_secret_value(),
        tz_aware=True,
        retryWrites=False,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=3000,
        connectTimeoutMS=3000,
        heartbeatFrequencyMS=1000,
        socketTimeoutMS=30_000,
        appname="ayllu",
        **options,
    )
    return cast(Client, client)


def _driver(name: str) -> Any:
    return AsyncIOMotorClient if name == "motor" else AsyncMongoClient


def is_away(client: Client) -> bool:
    """Whether no member accepts writes, as far as the driver's monitor knows."""
    members = client.topology_description.server_descriptions().values()
    return all(each.error or (each.is_server_type_known and not each.is_writable) for each in members)


async def close(client: Client) -> None:
    """Close a client; Motor closes at once, PyMongo's client is awaited."""
    closing = cast(Any, client.close())
    if closing is not None:
        await closing


def acknowledged_by_one(collection: Collection) -> Collection:
    """The collection for writes that may be lost with a server: they do not wait for the disk."""
    return collection.with_options(write_concern=WriteConcern(w=1, j=False))


async def written_last(database: Database) -> datetime:
    """When the primary wrote last, to the second, by the clock that also fills in timestamps. Raises one of AWAY."""
    told = await database.command("hello")
    moment: datetime = told["lastWrite"]["opTime"]["ts"].as_datetime()
    return moment


async def aggregated(collection: Collection, pipeline: list[Document]) -> Any:
    """The cursor of an aggregation: Motor returns it at once, PyMongo's client is awaited."""
    cursor = cast(Any, collection.aggregate(pipeline))
    return await cursor if isawaitable(cursor) else cursor


async def insert_new(collection: Collection, documents: list[Document]) -> set[int]:
    """Insert all at once; returns the positions of those that already existed (same `_id`)."""
    if not documents:
        return set()
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        return duplicates(error)
    return set()


def duplicates(error: BulkWriteError) -> set[int]:
    """Positions whose `_id` was taken. Raises WriteConcernError, or `error` again if anything else went wrong."""
    failures = error.details["writeErrors"]
    if any(each["code"] != DUPLICATE_KEY for each in failures):
        raise error
    if unconfirmed := error.details.get("writeConcernErrors"):  # as from a server that is shutting down
        raise WriteConcernError("the write was not confirmed", unconfirmed[0].get("code")) from None  # it quotes names
    return {each["index"] for each in failures}
