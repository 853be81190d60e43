"""What a batch has to say reaches the stream, whatever happens between two steps."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError

from ops.servers.processes import free_port
from shared.events import Event
from shared.folds.documents import Documents
from shared.folds.history import Change
from shared.folds.outbox import UNDER_WAY
from shared.folds.relay import Relay
from shared.folds.rules import Fold
from shared.mongo import Database
from shared.streams.reader import cancelled
from shared.telemetry.metrics import Metrics
from tests.factories import event, support_plan_opened
from tests.integration.saying import Slow, on_stream, relay_of, save
from tests.integration.tally import FOLD, Tally
from tests.waiting import eventually


@pytest.fixture
def care(database: Callable[[str], Database]) -> Database:
    return database("care")


@pytest.fixture
def documents(care: Database) -> Documents[Tally]:
    return Documents(care, FOLD, "/care")


@pytest.fixture
def relay(documents: Documents[Tally], redis: Redis) -> Relay:
    return relay_of(documents, redis)


@pytest.fixture
async def unreachable() -> AsyncIterator[Redis]:
    client = Redis(host="127.0.0.1", port=free_port(), retry=Retry(NoBackoff(), 0))
    yield client
    await client.aclose()


async def test_what_is_saved_is_published_and_the_outbox_cleared(
    relay: Relay, documents: Documents[Tally], redis: Redis
) -> None:
    saved = await save(documents, families=3)
    assert await documents.outbox.waiting() == 1
    assert await relay.sweep_once() == 1
    assert {each.id for each in await on_stream(redis)} == {each.id for each in saved.said}
    assert await documents.outbox.waiting() == 0


async def test_a_relay_publishes_what_is_posted_without_waiting_for_the_sweeper(
    documents: Documents[Tally], redis: Redis
) -> None:
    relay = relay_of(documents, redis, sweep_seconds=3600)
    running = asyncio.create_task(relay.run())
    relay.post(await save(documents))
    await eventually(lambda: on_stream(redis))
    await eventually(lambda: is_empty(documents))
    running.cancel()


async def test_a_batch_that_says_nothing_leaves_the_outbox_as_well(
    relay: Relay, documents: Documents[Tally], redis: Redis
) -> None:
    for hour in range(3):
        relay.post(await documents.fold([(event(support_plan_opened("f1"), hours=hour), ["family/f1"])]))
    await relay.flush()
    assert (len(await on_stream(redis)), await documents.outbox.waiting()) == (1, 0)


async def test_the_sweeper_leaves_to_the_relay_what_it_has_in_hand_however_old(
    relay: Relay, documents: Documents[Tally], redis: Redis
) -> None:
    relay.post(await save(documents))
    assert await relay.sweep_once() == 0
    await relay.flush()
    assert (len(await on_stream(redis)), await documents.outbox.waiting()) == (1, 0)


async def test_what_the_relay_could_not_say_is_the_sweepers(documents: Documents[Tally], unreachable: Redis) -> None:
    cut_off = relay_of(documents, unreachable)
    cut_off.post(await save(documents))
    await cut_off.flush()
    with pytest.raises(ConnectionError):
        await cut_off.sweep_once()


async def test_while_redis_is_away_it_waits_and_the_sweeper_says_it_later(
    documents: Documents[Tally], redis: Redis, unreachable: Redis
) -> None:
    cut_off = relay_of(documents, unreachable)
    cut_off.post(await save(documents))
    await cut_off.flush()
    assert await documents.outbox.waiting() == 1
    sweeper = asyncio.create_task(relay_of(documents, redis).sweep())
    await eventually(lambda: on_stream(redis))
    await eventually(lambda: is_empty(documents))
    sweeper.cancel()


async def test_a_crash_between_publishing_and_clearing_says_the_same_event_again(
    relay: Relay, documents: Documents[Tally], care: Database, redis: Redis
) -> None:
    await save(documents)
    left = await care["history"].find_one(UNDER_WAY)
    assert left is not None
    await relay.sweep_once()
    await care["history"].insert_one(left)
    await relay.sweep_once()
    first, second = await on_stream(redis)
    assert first == second


async def test_a_crash_before_the_views_are_written_is_completed_by_the_sweeper(
    relay: Relay, documents: Documents[Tally], care: Database, redis: Redis
) -> None:
    await save(documents, families=2)
    views = await care["views"].find().to_list(None)
    await care["views"].delete_many({})
    await relay.sweep_once()
    assert await care["views"].find().sort("_id", 1).to_list(None) == sorted(views, key=lambda each: str(each["_id"]))
    assert len(await on_stream(redis)) == 2


async def test_a_crash_before_anything_was_changed_leaves_nothing_to_say(
    relay: Relay, documents: Documents[Tally], redis: Redis
) -> None:
    await documents.history.append("b1", [])
    await relay.sweep_once()
    assert (await on_stream(redis), await documents.outbox.waiting()) == ([], 0)


async def test_what_a_writer_inserts_after_the_sweeper_was_there_is_folded_and_said_in_another_batch(
    relay: Relay, documents: Documents[Tally], care: Database, redis: Redis
) -> None:
    heard = event(support_plan_opened("f1"))
    await documents.history.append("slow", [])
    slow = {"$set": {"rows": ["family/f1 00000001"]}}
    await care["history"].update_one(UNDER_WAY, slow)
    assert await relay.sweep_once() == 1
    assert await care["views"].count_documents({}) == 0
    assert await documents.history.append("slow", [Change("family/f1", 1, [heard])]) == {"family/f1"}
    saved = await documents.fold([(heard, ["family/f1"])])
    await relay.sweep_once()
    assert [each.id for each in await on_stream(redis)] == [each.id for each in saved.said]
    assert await documents.outbox.waiting() == 0


async def test_a_batch_of_which_another_writer_has_a_row_is_done_at_once(
    relay: Relay, documents: Documents[Tally], care: Database
) -> None:
    await save(documents, families=2)
    await care["history"].update_one({"_id": "family/f1 00000001"}, {"$set": {"batch": "another"}})
    assert await relay.sweep_once() == 1


async def test_what_a_relay_was_saying_when_it_was_asked_to_end_is_said_to_its_end_and_once(
    documents: Documents[Tally], redis: Redis
) -> None:
    relay = Relay(documents, publisher := Slow(redis, "care"), Metrics(), sweep_seconds=3600)
    running = asyncio.create_task(relay.run())
    relay.post(await save(documents))
    await publisher.began.wait()
    ending = asyncio.create_task(cancelled(running))
    await asyncio.wait((ending,), timeout=0.5)  # longer than until it cancels once more
    publisher.goes_on.set()
    await ending
    await relay.flush()
    assert (len(await on_stream(redis)), await documents.outbox.waiting()) == (1, 0)


async def test_the_sweeper_leaves_to_the_relay_what_is_fresh(
    relay: Relay, documents: Documents[Tally], redis: Redis
) -> None:
    await save(documents)
    assert await relay.sweep_once(older_than=60) == 0
    assert await on_stream(redis) == []


async def test_a_case_whose_rule_fails_holds_up_no_other(
    documents: Documents[Tally], care: Database, redis: Redis
) -> None:
    def fails_on_f0(state: Tally, heard: Event) -> Tally:
        if state.family_id == "f0":
            raise ZeroDivisionError
        return FOLD.evolve(state, heard)

    await save(documents)
    other = await documents.fold([(event(support_plan_opened("f9")), ["family/f9"])])
    changed = Documents(care, Fold(FOLD.state, FOLD.begin, fails_on_f0, FOLD.decide), "/care")
    assert await relay_of(changed, redis).sweep_once() == 1
    assert {each.id for each in other.said} < {each.id for each in await on_stream(redis)}
    assert await documents.outbox.waiting() == 1


async def test_what_another_version_wrote_and_we_cannot_read_holds_up_nothing_else(
    relay: Relay, documents: Documents[Tally], care: Database, redis: Redis
) -> None:
    await save(documents, families=2)
    unreadable = {"$set": {"said": ['{"type": "OfALaterVersion"}']}}
    await care["history"].update_one({"_id": "family/f0 00000001"}, unreadable)
    await relay.sweep_once()
    (said,) = await on_stream(redis)
    assert [each async for each in documents.history.said()] == [said]


async def test_cases_whose_rule_fails_are_passed_over_and_told_once(
    documents: Documents[Tally], care: Database, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(state: Tally, heard: Event) -> Tally:
        if state.family_id != "good":
            raise ZeroDivisionError
        return FOLD.evolve(state, heard)

    for name in ("bad-1", "bad-2", "bad-3", "good"):
        await documents.fold([(event(support_plan_opened(name)), [f"family/{name}"])])
    monkeypatch.setattr("shared.folds.relay.AT_ONCE", 2)
    relay = relay_of(Documents(care, Fold(FOLD.state, FOLD.begin, fails, FOLD.decide), "/care"), redis)
    assert [await relay.sweep_once() for _ in range(3)] == [1, 0, 0]
    assert (len(await on_stream(redis)), await documents.outbox.waiting()) == (4, 3)


async def is_empty(documents: Documents[Tally]) -> bool:
    return await documents.outbox.waiting() == 0
