"""Replicas, sweepers and an operator's refold at work on the same cases at once: the views are those of one writer."""

import asyncio
import random
from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from ops.commands.again import refold
from ops.commands.audit import rules
from shared.events import EVENT_FIELD, Event
from shared.folds.documents import Documents
from shared.folds.relay import Relay
from shared.folds.rules import Fold
from shared.mongo import Database, close
from shared.service import Service
from shared.settings import Settings
from shared.streams.publisher import Publisher
from shared.telemetry.metrics import Metrics
from tests.factories import at, event, family_at_risk
from tests.integration.tally import FOLD, Tally, begin, decide, evolve

FAMILIES = [f"family/f{number}" for number in range(5)]


def told(count: int) -> list[tuple[Event, list[str]]]:
    """Events in disorder, each about every family."""
    events = [event(family_at_risk(), hours=hours) for hours in range(count)]
    return [(each, FAMILIES) for each in random.Random(1).sample(events, count)]


@pytest.fixture
def care(database: Callable[[str], Database]) -> Database:
    return database("care")


async def test_a_refold_while_replicas_go_on_hearing_loses_nothing(care: Database) -> None:
    twice = Fold(FOLD.state, begin, lambda state, each: evolve(evolve(state, each), each), decide)
    replicas = [Documents(care, twice, "/care") for _ in range(3)]
    await Documents(care, FOLD, "/care").fold(told(30)[:10])
    hearing = [replicas[at % 3].fold([each]) for at, each in enumerate(told(30)[10:])]
    refolding = [Documents(care, twice, "/care").refold(FAMILIES) for _ in range(3)]
    await asyncio.gather(*hearing, *refolding)
    kept, folded = await replicas[0].kept(FAMILIES), await replicas[0].from_history(FAMILIES)
    assert {each: view.state for each, view in kept.items()} == {each: view.state for each, view in folded.items()}
    assert {view.state.count for view in kept.values()} == {60}


async def test_batches_that_wait_at_once_are_folded_as_one_and_a_rule_that_fails_fails_its_own(
    care: Database, settings: Settings
) -> None:
    def fails_at_seven(state: Tally, each: Event) -> Tally:
        if each.time == at(7):
            raise ZeroDivisionError
        return evolve(state, each)

    service = Service("care", Fold(FOLD.state, begin, fails_at_seven, decide), {}, (), settings)
    try:
        await asyncio.gather(*(service.fold([each]) for each in told(7)))
        assert await service.documents.outbox.waiting() == 1
        then = await asyncio.gather(*(service.fold([each]) for each in told(10)), return_exceptions=True)
        assert [type(each) for each in then].count(ZeroDivisionError) == 1
        kept = await service.documents.kept(FAMILIES)
    finally:
        await service.redis.aclose()
        await close(service.client)
    assert {view.state.count for view in kept.values()} == {9}


async def test_two_sweepers_at_once_complete_what_a_crash_left(care: Database, redis: Redis) -> None:
    documents = [Documents(care, FOLD, "/care") for _ in range(2)]
    saved = [await documents[0].fold([each]) for each in told(12)]
    await care["views"].delete_many({})
    relays: list[Relay] = [Relay(each, Publisher(redis, "care"), Metrics(), sweep_seconds=1) for each in documents]
    await asyncio.gather(*(relay.sweep_once() for relay in relays))
    views: dict[str, Tally] = {each: view.state for each, view in (await documents[0].kept(FAMILIES)).items()}
    assert {view.count for view in views.values()} == {12}
    said = {Event.parse(fields[EVENT_FIELD.encode()]).id for _, fields in await redis.xrange("care")}
    assert said == {each.id for one in saved for each in one.said}
    assert await documents[0].outbox.waiting() == 0


@pytest.mark.parametrize("service", ["intake", "education", "care", "notifications"])
async def test_views_that_were_lost_are_made_again_by_a_refold(
    database: Callable[[str], Database], service: str
) -> None:
    documents = Documents(database(service), rules(service), f"/{service}")
    names = {"education": "child/c1", "notifications": "family/f1/social_worker"}
    document = names.get(service, "family/f1")
    await documents.fold([(event(family_at_risk(), hours=hours), [document]) for hours in range(3)])
    before = await database(service)["views"].find().to_list(None)
    await database(service)["views"].delete_many({})
    assert await refold(database(service), service, lambda _: None) == 1
    assert await database(service)["views"].find().to_list(None) == before
