"""Who may read: staff tokens, signed, with the role and the districts inside."""

from datetime import timedelta
from typing import Annotated, Any, Literal

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import TypeAdapter, ValidationError

from shared.events import District, Frozen, Id, Role, now, unknown_district
from shared.web.problems import Problem

ALGORITHM = "HS256"
EVERYWHERE = "*"
WEAKEST_SECRET = 32

bearer = HTTPBearer(auto_error=False, description="A staff token, from `ayllu token`")


class WeakSecret(ValueError):
    """The secret that signs staff tokens is missing or too short."""


class NoDistrict(ValueError):
    """A district that does not exist, and what may be meant."""


class Staff(Frozen):
    """A signed-in member of staff: `id` names the person in the record, `districts` are UBIGEO codes or `*`."""

    id: Id
    role: Role
    districts: tuple[District | Literal["*"], ...]

    def scope(self) -> dict[str, Any]:
        """The cases they may see, as a filter on views."""
        return {} if EVERYWHERE in self.districts else {"state.districts": {"$in": list(self.districts)}}


STAFF = TypeAdapter(Staff)


def issue_token(secret: str, *, staff: str, role: Role, districts: tuple[str, ...], hours: float) -> str:
    """A token for `hours`. Raises WeakSecret, NoDistrict, or ValidationError for a malformed staff id."""
    for each in districts:
        if each != EVERYWHERE and (why := unknown_district(each)):
            raise NoDistrict(f"{each!r} is not a district: {why}")
    STAFF.validate_python({"id": staff, "role": role, "districts": districts})
    check_secret(secret)
    claims = {
        "sub": staff,
        "role": role.value,
        "districts": list(districts),
        "exp": now() + timedelta(hours=hours),
    }
    return jwt.encode(claims, secret, ALGORITHM)


def check_secret(secret: str) -> None:
    """Raises WeakSecret for less than 32 bytes: such a secret could be guessed."""
    if len(secret.encode()) < WEAKEST_SECRET:
        raise WeakSecret("AYLLU_TOKEN_SECRET is missing or shorter than 32 bytes; make one: openssl rand -hex 32")


def read_token(secret: str, token: str) -> Staff:
    """The holder of this token. Raises Problem 401 if it was not signed here or has expired."""
    try:
        claims = jwt.decode(token, secret, [ALGORITHM], options={"require": ["exp", "sub"]})
        return STAFF.validate_python({**claims, "id": claims["sub"]})
    except (jwt.PyJWTError, ValidationError) as error:
        raise _unknown("The staff token is not valid or has expired; get a new one.") from error


def _unknown(detail: str) -> Problem:
    return Problem(401, detail, {"WWW-Authenticate": "Bearer"})


def signed_in(request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Staff:
    """The signed-in member of staff. Raises Problem 401."""
    if token is None:
        raise _unknown("Send a staff token: Authorization: Bearer <token>.")
    return read_token(request.app.state.service.settings.token_secret.get_secret_value(), token.credentials)


SignedIn = Annotated[Staff, Depends(signed_in)]
