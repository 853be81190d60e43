"""Signing staff tokens: the operator's, later the desk's. No service may import this, as `pyproject.toml` says."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from shared.events import Role, now, unknown_district
from shared.web.access import EVERYWHERE, Staff
from shared.web.keyset import KeySet, PublicKey
from shared.web.tokens import ALGORITHM, LEEWAY, MOST_HOURS, OURS, Claims, Header


class NoTokenKey(ValueError):
    """AYLLU_TOKEN_KEY, the private key that signs staff tokens, is missing or wrong. `ayllu up` and docker compose make
    it; elsewhere: ayllu token rotate FOLDER. Only who issues tokens has it; no service needs it."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


class NoDistrict(ValueError):
    """A district that does not exist, and what may be meant."""


class TooLong(ValueError):
    """A staff token is valid for twelve hours at most, and for more than none."""

    def __str__(self) -> str:
        return self.__doc__ or ""


class Pair(NamedTuple):
    """What is kept of the keys: the private one, and the set of public ones."""

    key: str
    keys: str


def renewed(key: str | None, keys: str | None) -> Pair:
    """The keys as they should be from now on, each as it is kept; None for what is not there.

    Without a private key a new one is made. Public keys of former ones stay until no token of theirs can hold any more:
    so to forget the private key is to rotate it, and to forget both is to end every token at once.
    """
    kept = key or _new_key()
    signing = Signer(kept).public
    ends = (now() + timedelta(hours=MOST_HOURS) + LEEWAY).timestamp()
    former = [each for each in KeySet.read(keys).keys if each.kid != signing.kid] if keys else []
    ending = [each if each.until else each.model_copy(update={"until": ends}) for each in former]
    return Pair(kept, KeySet(keys=(signing, *(each for each in ending if each.holds()))).written())


def member(staff: str, role: Role, districts: tuple[str, ...]) -> Staff:
    """Whom a token is for. Raises NoDistrict, or ValidationError for an id that is none."""
    for each in districts:
        if each != EVERYWHERE and (why := unknown_district(each)):
            raise NoDistrict(f"{each!r} is not a district: {why}")
    return Staff.model_validate({"id": staff, "role": role, "districts": districts})


def claims(of: Staff, hours: float, at: datetime | None = None) -> Claims:
    """What a new token is to say, from now or `at`. Raises TooLong."""
    if not 0 < hours <= MOST_HOURS:
        raise TooLong
    issued = int((at or now()).timestamp() * 1000) / 1000  # MongoDB keeps milliseconds of a revocation
    ends = int(issued + hours * 3600)  # rounded down: twelve hours are never a little more
    who: dict[str, Any] = {"sub": of.id, "role": of.role, "districts": of.districts}
    return Claims(iss=OURS, aud=OURS, iat=issued, exp=ends, jti=str(uuid4()), **who)


class Signer:
    """Issues tokens with a private key."""

    def __init__(self, key: str) -> None:
        """Raises NoTokenKey."""
        try:
            told: dict[str, Any] = json.loads(key)
            self.public = PublicKey.model_validate({"kid": told["kid"], "x": told["x"]})
            private = OKPAlgorithm.from_jwk(told)
        except (ValueError, TypeError, KeyError, jwt.PyJWTError):
            raise NoTokenKey from None
        if not isinstance(private, Ed25519PrivateKey) or _public(private) != self.public:
            raise NoTokenKey
        self._key = private
        self._signatures = jwt.PyJWS(algorithms=[ALGORITHM])

    def sign(self, claims: Claims) -> str:
        """The token that says this."""
        header = Header(alg=ALGORITHM, typ="JWT", kid=self.public.kid).model_dump()
        return self._signatures.encode(claims.model_dump_json().encode(), self._key, ALGORITHM, header)


def _new_key() -> str:
    fresh = Ed25519PrivateKey.generate()
    return json.dumps({**OKPAlgorithm.to_jwk(fresh, as_dict=True), "kid": _public(fresh).kid})


def _public(key: Ed25519PrivateKey) -> PublicKey:
    """Its id is its thumbprint (RFC 7638), so that no two keys ever have the same."""
    x = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)["x"]
    told = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
    return PublicKey(kid=urlsafe_b64encode(sha256(told.encode()).digest()).rstrip(b"=").decode(), x=x)
