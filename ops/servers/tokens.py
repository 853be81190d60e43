"""Staff tokens as operators handle them: on record before anybody has one, revoked in every service."""

from datetime import UTC, datetime

from ops.servers.place import SERVICES
from ops.servers.processes import account
from services.intake.store.issued import record_issued, record_revoked
from shared.events import now
from shared.mongo import Client
from shared.web.access import Staff
from shared.web.revoked import of_person, of_token, revoke
from shared.web.signing import Signer, claims


async def issue(client: Client, signer: Signer, of: Staff, hours: float, by: str) -> str:
    """A token for a member of staff, asked for by `by`. Raises TooLong, and what the driver raises."""
    told = claims(of, hours)
    at, until = (datetime.fromtimestamp(each, UTC) for each in (told.iat, told.exp))
    who = {"staff": of.id, "role": of.role.value, "districts": list(of.districts)}
    record = {"_id": told.jti, **who, "by": by, "account": account(), "at": at, "until": until}
    await record_issued(client["intake"], record)
    return signer.sign(told)


async def revoke_person(client: Client, staff: str, by: str) -> int:
    """Revoke all that a person was given so far; returns how many tokens that were issued still held."""
    return await _revoke(client, of_person(staff), {"staff": staff}, by)


async def revoke_token(client: Client, jti: str, by: str) -> int:
    """Revoke one token, known or not; returns how many that were issued still held, one or none."""
    return await _revoke(client, of_token(jti), {"_id": jti}, by)


async def _revoke(client: Client, what: str, issued: dict[str, str], by: str) -> int:
    """In every service first, then on record: whoever was interrupted says it again."""
    at = now()
    for service in SERVICES:
        await revoke(client[service], what, at, by)
    return await record_revoked(client["intake"], issued, at, by)
