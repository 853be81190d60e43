"""The public keys that staff tokens are checked with: a JWK set (RFC 7517), in which a former key has an end."""

from typing import Annotated, Literal, Self

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.events import Id, now

Moment = Annotated[float, Field(gt=0, lt=253402300800, allow_inf_nan=False)]
"""Seconds since 1970, with fractions: what was issued after a revocation differs from what was issued before."""


class NoTokenKeys(ValueError):
    """AYLLU_TOKEN_KEYS, the public keys that staff tokens are checked with, is missing or wrong. `ayllu up` makes it;
    with compose: docker compose run --rm secrets; elsewhere: ayllu token rotate FOLDER. (AYLLU_TOKEN_SECRET, of before
    0.2, is used no more.)"""

    def __init__(self, why: str = "") -> None:
        super().__init__(" ".join(f"{self.__doc__} {why}".split()))


class PublicKey(BaseModel):
    """A key of the set. `until`, of a former key, is when it ends; nothing private can be said here."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    kid: Id
    x: str
    until: Moment | None = None

    def holds(self) -> bool:
        """Whether tokens may still be checked with it."""
        return self.until is None or now().timestamp() < self.until

    def usable(self) -> jwt.PyJWK:
        """Raises NoTokenKeys if it is no key."""
        try:
            return jwt.PyJWK(self.model_dump(exclude={"until"}))
        except (jwt.PyJWTError, ValueError):
            raise NoTokenKeys(f"Wrong in it: the key {self.kid}.") from None


class KeySet(BaseModel):
    """The keys of a deployment: the one that signs now, and those before it that still hold."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    keys: tuple[PublicKey, ...]

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises NoTokenKeys: also for a set that a private key is in."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            found = error.errors(include_input=False, include_url=False)
            fields = sorted({".".join(map(str, each["loc"])) for each in found} - {""})
            raise NoTokenKeys(f"Wrong in it: {', '.join(fields)}." if fields else "") from None

    def written(self) -> str:
        """As it is kept, in one line."""
        return self.model_dump_json(exclude_none=True)
