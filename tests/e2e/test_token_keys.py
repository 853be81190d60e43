"""Staff tokens as operators handle them: issued on record, revoked, keys rotated; and who can sign one."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from ops.servers import up as servers
from ops.servers.place import SERVICES, running
from ops.servers.processes import account
from shared.web.revoked import LOOK_SECONDS
from tests.clusters.outside import command, free_port_base
from tests.e2e.instance import Ayllu, up
from tests.signing import PAIR
from tests.waiting import eventually

READS = {
    "intake": "/v1/timeline/family/nobody",
    "education": "/v1/children",
    "care": "/v1/families",
    "notifications": "/v1/inbox",
}
WITHIN = LOOK_SECONDS + 2
ISSUE = ("token", "issue", "--role", "supervisor", "--district", "*")


async def refusing(ayllu: Ayllu, token: str) -> set[str]:
    """The services that do not know this token."""
    return {name for name, path in READS.items() if (await ayllu.get(name, path, token)).status_code == 401}


async def refused_everywhere(ayllu: Ayllu, token: str) -> bool:
    return await refusing(ayllu, token) == set(SERVICES)


def private_of(folder: Path) -> bytes:
    key = json.loads((folder / "secrets" / "ayllu_token_key").read_text())["d"]
    return str(key).encode()


def told(pid: int, what: str) -> bytes:
    return Path(f"/proc/{pid}/{what}").read_bytes()


def holders(ayllu: Ayllu, private: bytes) -> set[str]:
    """The processes that have a private key in their environment, their command line or their secrets."""
    found = {name for name, pid in ayllu.pids.items() for what in ("environ", "cmdline") if private in told(pid, what)}
    handed = (ayllu.folder / "secrets" / "services").iterdir()
    return found | {each.name for each in handed if private in each.read_bytes() or b'"d"' in each.read_bytes()}


async def test_a_service_does_not_hold_the_key_that_signs(ayllu: Ayllu) -> None:
    assert holders(ayllu, private_of(ayllu.folder)) == set()
    place = f"AYLLU_SECRETS_DIR={ayllu.folder}/secrets/services".encode()
    assert [name for name in SERVICES if place not in told(ayllu.pids[name], "environ").split(b"\0")] == []
    handed = {each.name for each in (ayllu.folder / "secrets" / "services").iterdir()}
    assert handed == {"ayllu_redis_url", "ayllu_mongo_url", "ayllu_token_keys", "ayllu_partitions"}


async def test_a_person_is_revoked_in_every_service_within_seconds(ayllu: Ayllu) -> None:
    issued = (await ayllu.command(*ISSUE, "--staff", "eva")).output.strip()
    assert await refusing(ayllu, issued) == set()
    done = await ayllu.command("token", "revoke", "--staff", "eva")
    assert (done.code, f"within {LOOK_SECONDS} seconds" in done.output) == (0, True), done.output
    await eventually(lambda: refused_everywhere(ayllu, issued), within=WITHIN)
    again = (await ayllu.command(*ISSUE, "--staff", "eva")).output.strip()
    assert await refusing(ayllu, again) == set()


async def test_one_token_is_revoked_by_the_id_that_the_list_shows(ayllu: Ayllu) -> None:
    issued = (await ayllu.command(*ISSUE, "--for", "flor", "--by", "rosa")).output.strip()
    listed = (await ayllu.command("token", "list")).output
    (line,) = [each for each in listed.splitlines() if " flor " in each]
    assert f"rosa ({account()})" in line
    assert issued not in listed
    await ayllu.command("token", "revoke", "--jti", line.split()[0], "--by", "luis")
    await eventually(lambda: refused_everywhere(ayllu, issued), within=WITHIN)
    assert " flor " not in (await ayllu.command("token", "list")).output
    (line,) = [each for each in (await ayllu.command("token", "list", "--all")).output.splitlines() if " flor " in each]
    assert line.rstrip().endswith(", luis")


async def test_the_token_that_is_made_for_the_operator_is_on_record(ayllu: Ayllu) -> None:
    listed = (await ayllu.command("token", "list")).output
    assert [each.split()[1] for each in listed.splitlines() if each.split()[1:3] == ["operator", "supervisor"]]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("token", "issue", "--role", "supervisor", "--district", "*"), "--staff"),
        ((*ISSUE, "--staff", "ana", "--hours", "12.1"), "12"),
        ((*ISSUE, "--staff", "ana", "--hours", "0"), "0.1"),
        ((*ISSUE, "--staff", "ana", "--by", "two words"), "Not acceptable"),
        (("token", "revoke"), "--staff or --jti"),
        (("token", "revoke", "--staff", "ana", "--jti", "1"), "--staff or --jti"),
        (("token", "revoke", "--staff", "two words"), "Not acceptable"),
    ],
)
async def test_what_is_not_said_or_cannot_be_is_refused(ayllu: Ayllu, words: tuple[str, ...], why: str) -> None:
    done = await ayllu.command(*words)
    assert done.code != 0
    assert why in done.output
    assert "Traceback" not in done.output


async def test_keys_are_rotated_without_signing_anybody_out_and_at_once_with(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with up(folder, AYLLU_TOKEN_KEY=PAIR.key) as ayllu:
        assert holders(ayllu, private_of(folder)) == {"ayllu"}  # who was told it, and told nobody
        first = ayllu.place["staffToken"]
    assert (await command("token", "rotate", "--data", folder)).code == 0
    async with up(folder) as ayllu:
        second = ayllu.place["staffToken"]
        assert [await refusing(ayllu, each) for each in (first, second)] == [set(), set()]
    assert (await command("token", "rotate", "--now", "--data", folder)).code == 0
    async with up(folder) as ayllu:
        assert [await refusing(ayllu, each) for each in (first, second)] == [set(SERVICES)] * 2
        assert await refusing(ayllu, ayllu.place["staffToken"]) == set()


async def test_the_token_of_running_json_is_renewed_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "RENEW_SECONDS", 0.5)
    ready, folder = asyncio.Event(), tmp_path / "data"
    house = asyncio.create_task(servers.up(folder, port_base=free_port_base(), on_ready=ready.set, say=str))
    try:
        await asyncio.wait_for(ready.wait(), 60)
        first = running(folder)["staffToken"]
        renewed = await eventually(lambda: running(folder)["staffToken"] != first and running(folder)["staffToken"])
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {renewed}"}) as http:
            assert (await http.get(f"{running(folder)['care']}/v1/families")).status_code == 200
    finally:
        house.cancel()
        await asyncio.wait((house,))


async def test_a_folder_without_a_key_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    done = await command(*ISSUE, "--staff", "ana", "--data", tmp_path)
    assert done.code == 1
    assert done.output.startswith("AYLLU_TOKEN_KEY, the private key that signs staff tokens, is missing or wrong.")
