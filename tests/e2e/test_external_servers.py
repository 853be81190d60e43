"""`ayllu up` with servers of somebody else's, and the commands around a replay."""

import json
from pathlib import Path

import pytest

from ops.servers.embedded import MongoServer, RedisServer
from tests.clusters.outside import command
from tests.e2e.instance import up
from tests.e2e.reports import a_report, everywhere_once


@pytest.mark.timeout(120)
async def test_with_servers_given_none_is_started_and_a_replay_from_a_time_says_only_what_came_after(
    tmp_path: Path,
) -> None:
    with RedisServer(tmp_path / "theirs") as redis, MongoServer(tmp_path / "theirs") as mongo:
        theirs = {"AYLLU_REDIS_URL": redis.url, "AYLLU_MONGO_URL": mongo.url}
        async with up(tmp_path / "ours", **theirs) as ayllu:
            assert not {"redis", "mongo"} & set(ayllu.pids)
            answers = [(await ayllu.post(a_report())).json() for _ in range(3)]
            await everywhere_once(ayllu, answers)
            everything = await ayllu.command("replay", "intake")
            nothing = await ayllu.command("replay", "intake", "--from", "2100-01-01T00:00:00")
            said = sum(len(answer["events"]) for answer in answers)
            assert f"intake: {said} events published again" in everything.output
            assert "intake: 0 events published again" in nothing.output
            await everywhere_once(ayllu, answers)
            settled = json.loads((await ayllu.command("status", "--json")).output)
            assert settled["care"]["dead"] == 0


async def test_a_service_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    ended = await command("replay", "kitchen", "--data", tmp_path)
    assert ended.code != 0
    assert "kitchen" in ended.output
    assert "education" in ended.output
