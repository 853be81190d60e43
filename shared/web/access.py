"""Who may read: staff tokens, signed, with the role and the districts inside, unless they have been revoked."""

from typing import Annotated, Any, Literal

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared.events import District, Frozen, Id, Role
from shared.mongo import Database
from shared.web.problems import Problem
from shared.web.revoked import Revoked
from shared.web.tokens import NotValid, Reader

EVERYWHERE = "*"

bearer = HTTPBearer(auto_error=False, description="A staff token, from `ayllu token issue`")


class Staff(Frozen):
    """A signed-in member of staff: `id` names the person in the record, `districts` are UBIGEO codes or `*`."""

    id: Id
    role: Role
    districts: tuple[District | Literal["*"], ...]

    def scope(self) -> dict[str, Any]:
        """The cases they may see, as a filter on views."""
        return {} if EVERYWHERE in self.districts else {"state.districts": {"$in": list(self.districts)}}


class Access:
    """The door of one service: whose token it is, by the public keys, and what has been revoked there."""

    def __init__(self, reader: Reader, database: Database) -> None:
        self._reader = reader
        self._revoked = Revoked(database)

    async def who(self, token: str) -> Staff:
        """Who carries this token. Raises Problem 401, which does not say what is wrong with it."""
        try:
            claims = self._reader.read(token)
        except NotValid as error:
            raise _invalid() from error
        if await self._revoked.has(claims):
            raise _invalid()
        return Staff(id=claims.sub, role=claims.role, districts=claims.districts)


def _invalid() -> Problem:
    return _unknown("The staff token is not valid, has expired or was revoked; get a new one.")


def _unknown(detail: str) -> Problem:
    return Problem(401, detail, {"WWW-Authenticate": "Bearer"})


async def signed_in(request: Request, token: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Staff:
    """The signed-in member of staff. Raises Problem 401."""
    if token is None:
        raise _unknown("Send a staff token: Authorization: Bearer <token>.")
    access: Access = request.app.state.service.access
    return await access.who(token.credentials)


SignedIn = Annotated[Staff, Depends(signed_in)]
