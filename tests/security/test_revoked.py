"""What is revoked, or signed with a key that was taken away, opens nothing within seconds, in every service."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from pymongo.errors import AutoReconnect

from ops.servers.place import SERVICES
from ops.servers.tokens import issue, revoke_person, revoke_token
from services.care import app as care
from services.education import app as education
from services.intake.store.issued import list_issued
from shared.events import Role, now
from shared.mongo import Client, Database
from shared.settings import Settings
from shared.web.revoked import KEPT, LOOK_SECONDS, REVOKED, Revoked
from shared.web.signing import Pair, Signer, claims, member, renewed
from tests.integration.serving import served
from tests.signing import PAIR, SIGNER
from tests.waiting import eventually

Databases = Callable[[str], Database]
ANA, LUZ = (member(name, Role.SUPERVISOR, ("*",)) for name in ("ana", "luz"))
WITHIN = LOOK_SECONDS + 1


@pytest.fixture
async def doors(settings: Settings, database: Databases) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Clients of education and care; nobody is revoked yet."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(served(each.create, settings)) for each in (education, care)]


async def opened(doors: list[httpx.AsyncClient], token: str) -> set[int]:
    headers = {"Authorization": f"Bearer {token}"}
    return {(await each.get("/v1/children", headers=headers)).status_code for each in doors}


async def only(doors: list[httpx.AsyncClient], token: str, status: int) -> bool:
    return await opened(doors, token) == {status}


async def jtis(mongo: Client, staff: str) -> list[str]:
    """The ids of the tokens of a person that hold, the newest first."""
    found = await list_issued(mongo["intake"], ended=False, limit=10)
    return [each["_id"] for each in found if each["staff"] == staff]


async def test_a_person_who_is_revoked_is_refused_in_two_services_and_others_are_not(
    doors: list[httpx.AsyncClient], mongo: Client
) -> None:
    first, second, of_luz = [await issue(mongo, SIGNER, each, 12, "root") for each in (ANA, ANA, LUZ)]
    assert [await opened(doors, each) for each in (first, second, of_luz)] == [{200}] * 3
    assert await revoke_person(mongo, "ana", "root") == 2
    await eventually(lambda: only(doors, first, 401), within=WITHIN)
    assert [await opened(doors, each) for each in (first, second, of_luz)] == [{401}, {401}, {200}]


async def test_a_person_who_was_revoked_may_be_given_a_new_token_at_once(
    doors: list[httpx.AsyncClient], mongo: Client
) -> None:
    before = await issue(mongo, SIGNER, ANA, 12, "root")
    await revoke_person(mongo, "ana", "root")
    after = await issue(mongo, SIGNER, ANA, 12, "root")
    await eventually(lambda: only(doors, before, 401), within=WITHIN)
    assert await opened(doors, after) == {200}


async def test_a_token_that_is_revoked_is_refused_and_others_of_the_person_are_not(
    doors: list[httpx.AsyncClient], mongo: Client
) -> None:
    lost, kept = [await issue(mongo, SIGNER, ANA, 12, "root") for _ in range(2)]
    newest, oldest = await jtis(mongo, "ana")
    assert await revoke_token(mongo, oldest, "root") == 1
    await eventually(lambda: only(doors, lost, 401), within=WITHIN)
    assert await opened(doors, kept) == {200}
    assert await jtis(mongo, "ana") == [newest]


async def test_who_has_no_token_can_be_revoked_and_twice_is_as_once(mongo: Client, database: Databases) -> None:
    assert [await revoke_person(mongo, "nobody", "root") for _ in range(2)] == [0, 0]
    assert [await revoke_token(mongo, "no-such", "root") for _ in range(2)] == [0, 0]
    for service in SERVICES:
        assert await database(service)[REVOKED].count_documents({}) == 2


async def test_a_revocation_is_forgotten_when_what_it_revoked_has_ended(mongo: Client, database: Databases) -> None:
    await revoke_person(mongo, "ana", "root")
    indexes = await database("care")[REVOKED].index_information()
    assert [each["expireAfterSeconds"] for each in indexes.values() if each["key"] == [("until", 1)]] == [0]
    (kept,) = await database("care")[REVOKED].find().to_list(None)
    assert kept["until"] - kept["before"] == KEPT


async def test_while_what_is_revoked_cannot_be_read_nobody_is_let_in(
    doors: list[httpx.AsyncClient], mongo: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(self: Revoked) -> None:
        raise AutoReconnect("gone")

    token = await issue(mongo, SIGNER, ANA, 12, "root")
    with monkeypatch.context() as broken:
        broken.setattr(Revoked, "_read", away)
        assert await opened(doors, token) == {503}
    assert await opened(doors, token) == {200}


async def test_however_many_ask_at_once_there_is_one_query_and_who_goes_away_takes_it_from_nobody(
    mongo: Client, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, read = [], Revoked._read

    async def counted(self: Revoked) -> None:
        queries.append(1)
        await read(self)

    monkeypatch.setattr(Revoked, "_read", counted)
    revoked, token = Revoked(database("care")), claims(ANA, hours=1)
    await revoke_person(mongo, "ana", "root")
    asking = [asyncio.create_task(revoked.has(token)) for _ in range(50)]
    await asyncio.wait(asking, timeout=0)
    asking[0].cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(answers[0], asyncio.CancelledError)
    assert (answers[1:], len(queries)) == ([True] * 49, 1)


async def test_that_a_token_was_issued_is_on_record_with_who_asked_and_the_token_is_not(
    mongo: Client, database: Databases
) -> None:
    began = now()
    token = await issue(mongo, SIGNER, member("ana", Role.SOCIAL_WORKER, ("060101",)), 2, "rosa")
    (kept,) = await database("intake")["issued"].find().to_list(None)
    assert (kept["staff"], kept["role"], kept["districts"], kept["by"]) == ("ana", "social_worker", ["060101"], "rosa")
    assert 7199 <= (kept["until"] - kept["at"]).total_seconds() <= 7200
    assert abs((kept["at"] - began).total_seconds()) < 5
    assert token.rpartition(".")[2] not in str(kept)


async def test_who_revoked_is_on_record_too(mongo: Client, database: Databases) -> None:
    await issue(mongo, SIGNER, ANA, 12, "rosa")
    await revoke_person(mongo, "ana", "luis")
    (kept,) = await list_issued(database("intake"), ended=True, limit=10)
    assert (kept["by"], kept["revoked"]["by"]) == ("rosa", "luis")


def holding(settings: Settings, pair: Pair) -> Settings:
    return settings.model_copy(update={"token_keys": pair.keys})


async def test_a_new_key_signs_nobody_out_and_one_made_at_once_ends_everybody(
    settings: Settings, database: Databases
) -> None:
    before = SIGNER.sign(claims(ANA, hours=1))
    rotated = renewed(None, PAIR.keys)
    after = Signer(rotated.key).sign(claims(ANA, hours=1))
    async with served(care.create, holding(settings, rotated)) as http:
        assert [await opened([http], each) for each in (before, after)] == [{200}, {200}]
    async with served(care.create, holding(settings, renewed(None, None))) as http:
        assert [await opened([http], each) for each in (before, after)] == [{401}, {401}]


async def test_a_key_that_was_replaced_ends_with_its_last_token(
    settings: Settings, database: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    rotated = renewed(None, PAIR.keys)
    twice = renewed(None, rotated.keys)
    old = SIGNER.sign(claims(ANA, hours=12, at=now() + KEPT / 2))
    async with served(care.create, holding(settings, twice)) as http:
        monkeypatch.setattr("shared.web.tokens.now", lambda: now() + KEPT * 0.9)
        assert await opened([http], old) == {200}
        monkeypatch.setattr("shared.web.keyset.now", lambda: now() + KEPT)
        assert await opened([http], old) == {401}
    monkeypatch.setattr("shared.web.signing.now", lambda: now() + KEPT)
    assert SIGNER.public.kid not in renewed(twice.key, twice.keys).keys


def test_the_keys_of_a_deployment_stay_as_they_are_until_somebody_rotates_them() -> None:
    rotated = renewed(None, PAIR.keys)
    assert renewed(*rotated) == rotated
    assert renewed(*PAIR) == PAIR
