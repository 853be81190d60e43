"""What operators run, from a copied `.env.example` to nothing left: run by `make test-compose`."""

import json
from collections.abc import AsyncIterator
from functools import partial

import httpx
import pytest
import pytest_asyncio

from shared.settings import Periods, Settings
from tests.compose.reports import Access, drawn, in_every_view_once, send
from tests.compose.stack import LASTING, ROOT, SERVICES, Stack, run
from tests.waiting import eventually

pytestmark = [pytest.mark.compose, pytest.mark.timeout(900)]

SECRET = {"redis_url", "mongo_url", "token_keys", "replica"}
TRY = """
import redis
speaker = redis.from_url(open("/run/secrets/{url}").read())
def may(*command):
    try:
        speaker.execute_command(*command)
    except redis.exceptions.NoPermissionError:
        return False
    except redis.exceptions.ResponseError:
        pass
    return True
print(*(may(*each) for each in {commands}))
"""


@pytest_asyncio.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("compose"))
    try:
        await made.up("--build")
        yield made
    finally:
        await made.down()


@pytest_asyncio.fixture(scope="module")
async def access(stack: Stack) -> Access:
    key = await stack.ops("keys", "add", "demo")
    token = await stack.ops("token", "issue", "--role", "supervisor", "--district", "*", "--staff", "ana")
    return Access(key, token)


async def test_fifty_reports_reach_every_view_though_services_and_redis_are_killed(
    stack: Stack, access: Access
) -> None:
    bodies = drawn(50, seed=1)
    answers = await send(stack, access, bodies[:15])
    await stack.kill("care", "KILL")
    answers += await send(stack, access, bodies[15:30])
    await stack.kill("redis", "KILL")
    answers += await send(stack, access, bodies[30:40])
    await stack.kill("intake", "KILL")
    answers += await send(stack, access, bodies[40:])
    for service in ("care", "redis", "intake"):
        await eventually(partial(stack.back, service, restarts=1), within=90, every=1)
    await in_every_view_once(stack, access, answers)


async def test_nothing_became_a_dead_letter(stack: Stack, access: Access) -> None:
    assert {name: told["dead"] for name, told in (await stack.status()).items()} == dict.fromkeys(SERVICES, 0)


async def test_a_service_that_ends_cleanly_is_started_again(stack: Stack) -> None:
    await stack.kill("education", "TERM")
    await eventually(partial(stack.back, "education", restarts=1), within=90, every=1)


async def test_three_replicas_of_care_share_the_work_behind_one_port(stack: Stack, access: Access) -> None:
    await stack.up("--no-recreate", "--scale", "care=3")
    replicas = await stack.containers("care")
    assert [each["State"]["Health"]["Status"] for each in replicas] == ["healthy"] * 3
    await in_every_view_once(stack, access, await send(stack, access, drawn(20, seed=2)))


async def test_starting_again_changes_no_password(stack: Stack) -> None:
    before = await _vault(stack)
    await stack.up("--no-recreate", "--scale", "care=3")
    assert await _vault(stack) == before


async def test_passwords_are_rotated_while_it_runs(stack: Stack, access: Access) -> None:
    before = await _vault(stack)
    for role in ("root", "root", "care", "token"):
        await stack.compose("run", "--rm", "-T", "secrets", "rotate", role)
    await stack.compose("run", "--rm", "-T", "mongo-users")
    await stack.compose("restart", "redis", *SERVICES)
    await stack.up("--no-recreate", "--scale", "care=3")
    after = await _vault(stack)
    rotated = {"mongo-root", "mongo-care", "redis-care", "token-key", "token-keys"}
    assert {name for name in before if before[name] != after[name]} == rotated
    await in_every_view_once(stack, access, await send(stack, access, drawn(5, seed=3)))


async def test_an_outsider_may_only_adddrawn(stack: Stack) -> None:
    allowed = TRY.format(url="outsider_redis_url", commands=_commands("reports", "intake", "care"))
    assert (await stack.one_off("ops", allowed)).split() == [
        *("True", "False", "False", "False"),  # reports: add, but neither read, hear nor delete
        *["False"] * 8,
    ]


async def test_only_intake_reads_the_stream_with_the_names(stack: Stack) -> None:
    for service in ("education", "care", "notifications"):
        code = TRY.format(url="ayllu_redis_url", commands=_commands("reports"))
        assert (await stack.python(service, code)).split() == ["False"] * 4, service
    operator = await stack.one_off("ops", TRY.format(url="ayllu_redis_url", commands=_commands("reports")))
    assert operator.split() == ["True", "False", "False", "False"]


async def test_a_service_speaks_only_on_its_own_stream(stack: Stack) -> None:
    for service in SERVICES:
        streams = [each for each in (*SERVICES, "reports") if each != service]
        adds = [("XADD", stream, "*", "event", "x") for stream in streams]
        code = TRY.format(url="ayllu_redis_url", commands=adds)
        assert (await stack.python(service, code)).split() == ["False"] * len(streams), service


async def test_a_service_sees_only_its_own_database(stack: Stack) -> None:
    code = """
import pymongo
client = pymongo.MongoClient(open("/run/secrets/ayllu_mongo_url").read())
for name in ("intake", "education", "care", "notifications", "admin"):
    try:
        client[name]["views"].find_one()
        print(name)
    except pymongo.errors.OperationFailure as error:
        assert error.code == 13, error
"""
    for service in SERVICES:
        assert (await stack.python(service, code)).split() == [service]


async def test_only_the_operator_holds_the_key_that_signs_staff_tokens(stack: Stack) -> None:
    code = """
import pathlib
print(*(each.name for each in pathlib.Path("/run/secrets").iterdir() if '"d"' in each.read_text()))
"""
    assert [await stack.python(service, code) for service in SERVICES] == [""] * len(SERVICES)
    assert await stack.one_off("ops", code) == "ayllu_token_key"


async def test_a_person_who_is_revoked_is_refused_within_seconds(stack: Stack) -> None:
    token = await stack.ops("token", "issue", "--role", "supervisor", "--district", "*", "--staff", "luz")
    assert (await stack.get("care", "/v1/families", token))["items"]
    await stack.ops("token", "revoke", "--staff", "luz")
    await eventually(partial(refused, stack, token), within=10, every=0.2)


async def test_no_container_runs_as_root_writes_its_root_or_has_a_capability(stack: Stack) -> None:
    for each in await stack.containers():
        host, name = each["HostConfig"], each["Name"]
        assert each["Config"]["User"].partition(":")[0] not in ("", "0", "root"), name
        assert host["ReadonlyRootfs"], name
        assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], None), name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert min(host["Memory"], host["NanoCpus"], host["PidsLimit"] or 0) > 0, name


async def test_what_runs_has_a_health_check_and_is_reachable_only_from_this_machine(stack: Stack) -> None:
    for each in [found for name in LASTING for found in await stack.containers(name)]:
        assert each["Config"]["Healthcheck"]["Test"], each["Name"]
        assert each["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped", each["Name"]
        bound = [door["HostIp"] for doors in (each["HostConfig"]["PortBindings"] or {}).values() for door in doors]
        assert set(bound) <= {"127.0.0.1"}, each["Name"]


async def test_no_password_is_shown_by_docker(stack: Stack) -> None:
    kept = await _vault(stack)
    assert len(set(kept.values())) == len(kept)
    told = json.dumps(await stack.containers())
    told += await stack.compose("logs", "--no-color") + await stack.compose("config")
    told += await run("docker", "history", "--no-trunc", f"ayllu:{stack.project}")
    assert [name for name, password in kept.items() if password in told] == []


async def test_every_setting_can_be_given_in_the_environment_file(stack: Stack) -> None:
    config = (ROOT / "docker-compose.yml").read_text()
    names = (set(Settings.model_fields) | set(Periods.model_fields)) - SECRET
    passed_on = {
        line.split(":")[0].strip(): line.partition(": ")[2] for line in config.splitlines() if "AYLLU_" in line
    }
    told = {name: passed_on.get(f"AYLLU_{name.upper()}") for name in names}
    assert {name: how for name, how in told.items() if how and f"${{AYLLU_{name.upper()}:-" not in how} == {}
    assert [name for name, how in told.items() if how is None] == []


async def test_down_leaves_nothing(stack: Stack) -> None:
    await stack.down()
    mine = f"label=com.docker.compose.project={stack.project}"
    for listing in (("ps", "-aq"), ("volume", "ls", "-q"), ("network", "ls", "-q")):
        assert (await run("docker", *listing, "--filter", mine)).split() == []
    assert await run("docker", "images", "-q", f"ayllu:{stack.project}") == ""


async def refused(stack: Stack, token: str) -> bool:
    try:
        await stack.get("care", "/v1/families", token)
    except httpx.HTTPStatusError as error:
        return error.response.status_code == 401
    return False


async def _vault(stack: Stack) -> dict[str, str]:
    code = """
import json, pathlib
print(json.dumps({each.name: each.read_text() for each in pathlib.Path("/secrets/vault").iterdir()}))
"""
    kept: dict[str, str] = json.loads(await stack.one_off("secrets", code))
    return kept


def _commands(*streams: str) -> list[tuple[str, ...]]:
    """Add, read, hear and delete, on each stream."""
    return [
        command
        for stream in streams
        for command in (
            ("XADD", stream, "*", "event", "not a report"),
            ("XRANGE", stream, "-", "+"),
            ("XREADGROUP", "GROUP", "spy", "me", "STREAMS", stream, ">"),
            ("XDEL", stream, "0-1"),
        )
    ]
