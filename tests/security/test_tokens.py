"""A staff token that was not issued, or no longer holds, opens nothing and breaks nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization

from services.education import app as education
from shared.settings import Settings
from shared.web.keyset import NoTokenKeys
from shared.web.signing import Signer, renewed
from tests.integration.serving import served
from tests.security.forging import (
    GONE,
    HEADER,
    encoded,
    forged,
    later,
    mutated,
    signed_with_hmac,
    true_claims,
)
from tests.signing import PAIR, SIGNER, token

PUBLIC = jwt.PyJWK(SIGNER.public.model_dump(exclude={"until"})).key
SPELLINGS = [
    SIGNER.public.x.encode(),
    SIGNER.public.model_dump_json().encode(),
    PAIR.keys.encode(),
    PUBLIC.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw),
    PUBLIC.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
    b"",
]
"""The public key, as a careless reader might take it for a secret of HS256."""

HEADERS: list[Any] = [
    {**HEADER, "alg": "none"},
    {**HEADER, "alg": "HS256"},
    {**HEADER, "alg": "eddsa"},
    {**HEADER, "alg": ["EdDSA"]},
    {**HEADER, "kid": "another"},
    {**HEADER, "kid": "../../../dev/null"},
    {**HEADER, "kid": ""},
    {**HEADER, "kid": None},
    {**HEADER, "kid": {"$ne": ""}},
    {**HEADER, "typ": "JWS"},
    {**HEADER, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": SIGNER.public.x}},
    {**HEADER, "jku": "http://127.0.0.1:1/keys.json"},
    {**HEADER, "crit": ["exp"]},
    {**HEADER, "b64": False, "crit": ["b64"]},
    {"alg": "EdDSA", "typ": "JWT"},
    {},
    [],
    "EdDSA",
    None,
    b"",
    b"\xff\xfe",
    b"[" * 20_000,
    b'{"alg":' * 5_000,
]
WRONG: dict[str, list[Any]] = {
    "iss": ["another", "", None, ["ayllu"], 1],
    "aud": ["another", "", None, ["another"], {"ayllu": 1}],
    "sub": ["", " ", "ana torres", "x" * 201, "ana\n", None, 7, ["ana"], {"$gt": ""}],
    "role": ["admin", "", None, 1, ["supervisor"], True],
    "districts": ["*", None, {}, [None], ["6101"], [["*"]], [60101], ["060101", ""], {"$in": []}],
    "iat": [None, "", "now", True, [], -1, 0, 1e300, float("nan"), float("inf"), 10**400],
    "exp": [None, "", "2099-01-01", True, [], -1, 0, 1e300, float("nan"), float("inf"), 10**400],
    "jti": [None, "", 1, [], {}, "x" * 201, True],
}


@pytest_asyncio.fixture(scope="module")
async def door(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of education that is signed in as nobody."""
    async with served(education.create, settings) as http:
        del http.headers["Authorization"]
        yield http


async def status(door: httpx.AsyncClient, carried: str) -> int:
    headers = {"Authorization": f"Bearer {carried}"}
    return (await door.get("/v1/children", headers=headers)).status_code


async def test_the_tokens_that_are_forged_here_would_open_if_nothing_was_wrong_with_them(
    door: httpx.AsyncClient,
) -> None:
    assert await status(door, token()) == 200
    assert await status(door, forged()) == 200


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: str(header)[:60])
async def test_no_other_header_opens_though_it_is_signed_well(door: httpx.AsyncClient, header: Any) -> None:
    assert await status(door, forged(header)) == 401


@pytest.mark.parametrize("key", SPELLINGS, ids=range(len(SPELLINGS)))
async def test_the_public_key_is_no_secret_to_sign_with(door: httpx.AsyncClient, key: bytes) -> None:
    assert await status(door, signed_with_hmac(key)) == 401


async def test_a_token_without_a_signature_opens_nothing(door: httpx.AsyncClient) -> None:
    for header in (HEADER, {**HEADER, "alg": "none"}):
        body = f"{encoded(header)}.{encoded(true_claims())}"
        for carried in (body, f"{body}.", f"{body}.{'A' * 86}", f".{body}", "...", "."):
            assert await status(door, carried) == 401


async def test_a_key_of_somebody_else_opens_nothing_under_its_name_or_ours(door: httpx.AsyncClient) -> None:
    other = Signer(renewed(None, None).key)
    for kid in (other.public.kid, SIGNER.public.kid):
        assert await status(door, forged({**HEADER, "kid": kid}, signer=other)) == 401


@pytest.mark.parametrize(("claim", "value"), [(claim, value) for claim, values in WRONG.items() for value in values])
async def test_a_claim_of_another_kind_opens_nothing(door: httpx.AsyncClient, claim: str, value: Any) -> None:
    assert await status(door, forged(said=true_claims(**{claim: value}))) == 401


@pytest.mark.parametrize("claim", WRONG)
async def test_a_claim_that_is_missing_opens_nothing(door: httpx.AsyncClient, claim: str) -> None:
    assert await status(door, forged(said=true_claims(**{claim: GONE}))) == 401


@pytest.mark.parametrize(
    "said", [b"null", [], "ana", 1, b"", b"{", b"\xff", b"[" * 20_000], ids=lambda said: str(said)[:9]
)
async def test_claims_that_are_none_open_nothing(door: httpx.AsyncClient, said: Any) -> None:
    assert await status(door, forged(said=said)) == 401


@pytest.mark.parametrize(
    ("issued", "ends"),
    [
        (-2, -0.001),  # has ended
        (-0.1, 12),  # lasts for more than twelve hours
        (-24 * 365, 24 * 365),
        (0.01, 1),  # is of the future
        (0.5, 0.4),  # ends before it begins
        (-1, -2),
    ],
)
async def test_a_token_holds_for_twelve_hours_at_most_from_when_it_was_issued(
    door: httpx.AsyncClient, issued: float, ends: float
) -> None:
    assert await status(door, forged(said=true_claims(iat=later(issued), exp=later(ends)))) == 401


async def test_a_token_of_a_clock_that_is_two_seconds_ahead_opens(door: httpx.AsyncClient) -> None:
    assert await status(door, forged(said=true_claims(iat=later(2 / 3600), exp=later(1)))) == 200


async def test_no_other_spelling_of_a_token_opens_or_breaks_anything(door: httpx.AsyncClient) -> None:
    found = {await status(door, each) for each in mutated(token(), count=200, seed=7)}
    assert found == {401}


async def test_signatures_with_bits_that_base64_overlooks_open_nothing(door: httpx.AsyncClient) -> None:
    body, _, signature = token().rpartition(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(signature[-1])
    near = [alphabet[last ^ bits] for bits in range(1, 16)]
    assert {await status(door, f"{body}.{signature[:-1]}{each}") for each in near} == {401}


@pytest.mark.parametrize("carried", ["", " ", "\xe9.\xe9.\xe9", "a.b.c", "....", "=.=.=", "x" * 30_000, "%00.%00.%00"])
async def test_what_is_no_token_at_all_opens_nothing(door: httpx.AsyncClient, carried: str) -> None:
    headers = {"Authorization": f"Bearer {carried}".encode("latin-1")}
    assert (await door.get("/v1/children", headers=headers)).status_code == 401


async def test_an_answer_does_not_tell_what_is_wrong_with_a_token(door: httpx.AsyncClient) -> None:
    carried = [forged({**HEADER, "kid": "another"}), forged(said=true_claims(exp=later(-1), iat=later(-2))), "nonsense"]
    headers = [{"Authorization": f"Bearer {each}"} for each in carried]
    answers = await asyncio.gather(*(door.get("/v1/children", headers=each) for each in headers))
    assert len({each.text for each in answers}) == 1
    assert "get a new one" in answers[0].text


@pytest.mark.parametrize("keys", ["", "short", '{"keys": []}', '{"keys": [{"kid": "a", "x": "AAAA"}]}'])
async def test_a_service_without_public_keys_does_not_start_and_says_how_to_make_them(
    settings: Settings, keys: str
) -> None:
    with pytest.raises(NoTokenKeys, match=r"AYLLU_TOKEN_KEYS.* ayllu token rotate"):
        async with served(education.create, settings.model_copy(update={"token_keys": keys})):
            pass


async def test_a_service_that_is_given_the_private_key_does_not_start_and_does_not_say_it(settings: Settings) -> None:
    private = f'{{"keys": [{PAIR.key}]}}'
    with pytest.raises(NoTokenKeys, match=r"Wrong in it: keys\.0\.d") as refused:
        async with served(education.create, settings.model_copy(update={"token_keys": private})):
            pass
    assert json.loads(PAIR.key)["d"] not in str(refused.value)
