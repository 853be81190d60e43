"""Whichever primary ends: writes go on within fifteen seconds, and nothing that was acknowledged is lost."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.events import Concern, streams_of
from tests.e2e.reports import a_report, sent
from tests.failover.drill import LISTENERS, PARTITIONS, End, Site, frozen, killed, silent, site

MOST_SECONDS = 15

pytestmark = [pytest.mark.failover, pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with site(tmp_path_factory.mktemp("failover")) as running:
        yield running


@pytest.mark.parametrize("end", [killed, silent])
async def test_the_primary_of_mongodb_ends_and_writes_go_on(place: Site, end: End) -> None:
    primary = place.mongo.primary
    assert primary is not None
    outage = await place.outage("MongoDB's primary", place.mongo, primary, end)
    assert outage.silence < MOST_SECONDS
    assert place.mongo.primary is not primary


@pytest.mark.parametrize("end", [killed, silent])
async def test_a_primary_of_valkey_ends_and_writes_go_on(place: Site, end: End) -> None:
    primary = place.valkey.owner("intake.0")
    outage = await place.outage("a Valkey primary", place.valkey, primary, end)
    assert outage.silence < MOST_SECONDS
    assert place.valkey.owner("intake.0") is not primary


async def test_what_a_primary_had_confirmed_and_not_passed_on_is_said_again(place: Site) -> None:
    primary = place.valkey.owner("intake.0")
    replica = place.valkey.replica_of(primary)
    listeners = [place.ayllu.pids[each] for each in LISTENERS]
    with frozen(*listeners, replica.pid):
        primary.ask("CLIENT KILL", "TYPE", "replica")  # what is in the pipe would still arrive
        answers = await sent(place.ayllu, [a_report(Concern.PHYSICAL_VIOLENCE) for _ in range(60)])
        await place.published()
        primary.kill()
    await place.complete(answers)
    primary.start()
    place.valkey.whole()


def test_the_partitions_are_spread_over_the_primaries(place: Site) -> None:
    owners = {place.valkey.owner(stream).name for stream in streams_of("intake", PARTITIONS)}
    assert len(owners) == 3
