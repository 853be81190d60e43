"""Reading staff tokens: a JWT signed with Ed25519, checked with public keys. Nothing here can sign one."""

import base64
from datetime import datetime, timedelta
from typing import Literal

import jwt
from pydantic import BaseModel, ConfigDict, ValidationError

from shared.events import District, Id, Role, now
from shared.web.keyset import KeySet, Moment, NoTokenKeys

ALGORITHM: Literal["EdDSA"] = "EdDSA"
OURS: Literal["ayllu"] = "ayllu"
MOST_HOURS = 12
LEEWAY = timedelta(seconds=5)
"""By how much the clock of who issued a token may be ahead of ours."""


class NotValid(Exception):
    """Not a staff token, or none of ours, or none that holds now."""


class Header(BaseModel):
    """The only header there is: whatever else can be said there leads a reader astray."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    alg: Literal["EdDSA"]
    typ: Literal["JWT"]
    kid: Id


class Claims(BaseModel):
    """What a token says: who, in which role and districts, from when until when, and the id to revoke it by."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    iss: Literal["ayllu"]
    aud: Literal["ayllu"]
    sub: Id
    role: Role
    districts: tuple[District | Literal["*"], ...]
    iat: Moment
    exp: Moment
    jti: Id

    def hold(self, moment: datetime) -> bool:
        """Whether it was issued before this moment and has not ended, and was never to last longer than one may."""
        begun, ended = self.iat <= (moment + LEEWAY).timestamp(), self.exp <= moment.timestamp()
        return begun and not ended and 0 < self.exp - self.iat <= MOST_HOURS * 3600


class Reader:
    """Checks tokens against the public keys of a deployment."""

    def __init__(self, keys: str) -> None:
        """Raises NoTokenKeys."""
        found = KeySet.read(keys).keys
        if not found:
            raise NoTokenKeys("It is empty.")
        self._keys = {each.kid: (each, each.usable()) for each in found}
        self._signatures = jwt.PyJWS(algorithms=[ALGORITHM])

    def read(self, token: str) -> Claims:
        """What a token says. Raises NotValid."""
        try:
            known, key = self._keys[_header(token).kid]
            claims = Claims.model_validate_json(self._signatures.decode(token, key, [ALGORITHM]))
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise NotValid from error
        if not (known.holds() and claims.hold(now())):
            raise NotValid
        return claims


def _header(token: str) -> Header:
    """Raises ValueError, as for a token that is spelt otherwise than it was signed: base64 would read that too."""
    parts = token.split(".")
    if len(parts) != 3 or any(_spelt(_decoded(each)) != each for each in parts):
        raise ValueError("not spelt as a token is")
    try:
        return Header.model_validate_json(_decoded(parts[0]))
    except ValidationError:
        raise ValueError("not the header of a staff token") from None


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _spelt(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
