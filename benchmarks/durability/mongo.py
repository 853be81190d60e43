"""Views of care through `Documents.fold`, with each way in which MongoDB confirms a write."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pymongo.write_concern import WriteConcern

from benchmarks.durability.measure import Cell, Write, cell
from benchmarks.durability.ways import MONGO, MongoWay
from benchmarks.views import RULES
from shared.events import Event, FamilyAtRisk
from shared.folds.documents import Documents
from shared.mongo import Client, close, connect
from shared.settings import Settings
from tests.clusters.replica_set import ReplicaSet

DATABASE = "care"


class MongoRuns:
    """Replica sets of one and of three members, and a client of each."""

    def __init__(self, sets: dict[int, ReplicaSet], clients: dict[int, Client]) -> None:
        self._sets = sets
        self._clients = clients

    async def run(self, way: MongoWay, size: int, events: Sequence[Event], budget: float) -> Cell:
        """One setting with one size of batch, on an empty database."""
        client, members = self._clients[way.members], self._sets[way.members].members
        await client.drop_database(DATABASE)
        documents = self._documents(way)
        await documents.prepare()

        async def settle() -> None:
            everywhere = WriteConcern(way.members, j=False)
            settled = client[DATABASE].get_collection("settled", write_concern=everywhere)
            await settled.insert_one({})

        await settle()
        pids = [each.pid for each in members]
        return await cell(way.title, size, events, budget, _fold(documents), settle, pids)

    def _documents(self, way: MongoWay) -> Documents[Any]:
        rules = RULES[DATABASE]
        database = self._clients[way.members].get_database(DATABASE, write_concern=way.concern)
        return Documents(database, rules.fold, f"/{DATABASE}", rules.indexes)


@asynccontextmanager
async def mongo_runs(folder: Path) -> AsyncIterator[MongoRuns]:
    """The servers, ended with the block."""
    with ReplicaSet(folder / "one", 1) as one, ReplicaSet(folder / "three", 3) as three:
        sets = {1: one, 3: three}
        assert {each.members for each in MONGO} == set(sets)  # noqa: S101
        clients = {count: connect(Settings(mongo_url=SecretStr(each.url))) for count, each in sets.items()}
        try:
            yield MongoRuns(sets, clients)
        finally:
            for client in clients.values():
                await close(client)


def _fold(documents: Documents[Any]) -> Write:
    concerns: Callable[[FamilyAtRisk], Sequence[str]] = RULES[DATABASE].concerns

    async def write(batch: Sequence[Event]) -> object:
        told = [(event, concerns(event.data)) for event in batch if isinstance(event.data, FamilyAtRisk)]
        return await documents.fold(told)

    return write
