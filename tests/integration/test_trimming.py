"""A stream is trimmed to what every listener has acknowledged, and no further."""

from redis.asyncio import Redis

from shared.events import LISTENERS
from shared.streams.publisher import Publisher
from tests.integration.listening import events


async def test_nothing_is_trimmed_while_one_that_should_listen_never_did(redis: Redis) -> None:
    publisher = Publisher(redis, "intake")
    await publisher.publish(events(300))
    for group in LISTENERS["intake"][1:]:
        await _all_acknowledged(redis, group)
    assert await publisher.trim() == 0
    assert await redis.xlen("intake") == 300


async def test_what_all_have_acknowledged_is_trimmed(redis: Redis) -> None:
    publisher = Publisher(redis, "intake")
    await publisher.publish(events(300))
    for group in LISTENERS["intake"]:
        await _all_acknowledged(redis, group)
    await publisher.trim()
    assert await redis.xlen("intake") < 150


async def test_what_one_has_read_and_not_acknowledged_stays(redis: Redis) -> None:
    publisher = Publisher(redis, "intake")
    await publisher.publish(events(300))
    for group in LISTENERS["intake"][1:]:
        await _all_acknowledged(redis, group)
    await redis.xgroup_create("intake", LISTENERS["intake"][0], id="0")
    await redis.xreadgroup(LISTENERS["intake"][0], "slow", {"intake": ">"}, count=300)
    await publisher.trim()
    assert await redis.xlen("intake") == 300


async def test_a_stream_that_does_not_exist_is_no_fault(redis: Redis) -> None:
    assert await Publisher(redis, "intake").trim() == 0


async def _all_acknowledged(redis: Redis, group: str) -> None:
    await redis.xgroup_create("intake", group, id="0")
    found = await redis.xreadgroup(group, "quick", {"intake": ">"}, count=1000)
    entries = next(iter(found.values())) if isinstance(found, dict) else found[0][1]
    flat = entries[0] if entries and isinstance(entries[0], list) else entries
    await redis.xack("intake", group, *(entry_id for entry_id, _ in flat))
