"""Staff tokens as an attacker would make them: everything may be said, with any key or none."""

import base64
import hashlib
import hmac
import json
import random
import string
from collections.abc import Iterator
from typing import Any

from shared.events import Role, now
from shared.web.signing import Signer, claims, member
from tests.signing import SIGNER

ALPHABET = string.ascii_letters + string.digits + "-_."
HEADER = {"alg": "EdDSA", "kid": SIGNER.public.kid, "typ": "JWT"}
GONE = object()


def encoded(told: Any) -> str:
    """A part of a token, of bytes or of what JSON can say."""
    text = told if isinstance(told, bytes) else json.dumps(told).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def true_claims(**told: Any) -> dict[str, Any]:
    """What a token of a supervisor says, but for what is told; GONE for a claim that is left out."""
    said = claims(member("ana", Role.SUPERVISOR, ("*",)), hours=1).model_dump(mode="json") | told
    return {name: value for name, value in said.items() if value is not GONE}


def forged(header: Any = HEADER, said: Any = None, signer: Signer = SIGNER) -> str:
    """A token with any header and claims, signed well: by us, or by whoever has the key of `signer`."""
    body = f"{encoded(header)}.{encoded(true_claims() if said is None else said)}"
    return f"{body}.{encoded(signer._key.sign(body.encode()))}"


def signed_with_hmac(key: bytes, kid: str = HEADER["kid"]) -> str:
    """A token of the kind of before 0.2, with a public key taken for the secret."""
    body = f"{encoded({'alg': 'HS256', 'kid': kid, 'typ': 'JWT'})}.{encoded(true_claims())}"
    return f"{body}.{encoded(hmac.digest(key, body.encode(), hashlib.sha256))}"


def later(hours: float) -> float:
    """A moment as a claim, so many hours from now."""
    return now().timestamp() + hours * 3600


def mutated(token: str, count: int, seed: int) -> Iterator[str]:
    """A token with one sign changed, left out, doubled or added, so many times."""
    drawn = random.Random(seed)
    made = 0
    while made < count:
        at, sign = drawn.randrange(len(token)), drawn.choice(ALPHABET)
        kept = drawn.choice(("", token[at] * 2, sign, token[at] + sign))
        if (other := token[:at] + kept + token[at + 1 :]) != token:
            made += 1
            yield other
